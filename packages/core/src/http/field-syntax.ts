/**
 * The pieces that header fields are made of (RFC 9110 §5.6), as scanners over character codes. Each takes a text and a
 * position and gives the position after what it has read, so that no field is looked at twice however it is written.
 */

const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DELETE = 0x7f;

/** Which of the ASCII characters may stand in a token (RFC 9110 §5.6.2). */
const TOKEN_CHARACTERS: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".includes(String.fromCharCode(code)),
);

/** The position of the first character from `at` on that is no space or tab (OWS and BWS, RFC 9110 §5.6.3). */
export function skipWhitespace(text: string, at: number): number {
  let position = at;
  while (position < text.length) {
    const code = text.charCodeAt(position);
    if (code !== SPACE && code !== TAB) break;
    position += 1;
  }
  return position;
}

/** The end of the token that begins at `at`; `at` itself where none does (RFC 9110 §5.6.2). */
export function endOfToken(text: string, at: number): number {
  let position = at;
  while (position < text.length && TOKEN_CHARACTERS[text.charCodeAt(position)] === true) position += 1;
  return position;
}

/**
 * The end of the quoted string whose opening quote is at `at`, closing quote included (RFC 9110 §5.6.4); -1 where there
 * is no such quote, no closing one, or a control character inside.
 */
export function endOfQuotedString(text: string, at: number): number {
  if (text.charCodeAt(at) !== QUOTE) return -1;
  for (let position = at + 1; position < text.length; position += 1) {
    let code = text.charCodeAt(position);
    if (code === QUOTE) return position + 1;
    if (code === BACKSLASH) {
      position += 1;
      code = text.charCodeAt(position);
    }
    if (!isQuotable(code)) return -1;
  }
  return -1;
}

/** What a quoted string stands for: its text without the quotes, and each `\x` as `x`. */
export function unquoted(quotedString: string): string {
  let text = "";
  let from = 1;
  const end = quotedString.length - 1;
  for (let at = quotedString.indexOf("\\", from); at !== -1; at = quotedString.indexOf("\\", at + 2)) {
    text += quotedString.slice(from, at);
    from = at + 1;
  }
  return text + quotedString.slice(from, end);
}

/** A tab, a space, a visible character or obs-text. Past the end of a text the code is NaN, which is none of these. */
function isQuotable(code: number): boolean {
  return code === TAB || (code >= SPACE && code <= 0xff && code !== DELETE);
}
