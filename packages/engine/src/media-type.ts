/** The essence of a media type, in lower case, and its charset where one is named (RFC 9110 §8.3.1). */
export interface MediaType {
  readonly essence: string;
  readonly charset: string | undefined;
}

/** Reads a `Content-Type`; parameters other than `charset` do not matter here. */
export function parseMediaType(field: string): MediaType {
  const [essence = "", ...parameters] = field.split(";", 16);
  const charset = parameters.map(readParameter).find(([name]) => name === "charset")?.[1];
  return { essence: essence.trim().toLowerCase(), charset };
}

function readParameter(parameter: string): readonly [name: string, value: string] {
  const equals = parameter.indexOf("=");
  const value = parameter
    .slice(equals + 1)
    .trim()
    .toLowerCase();
  const unquoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  return [parameter.slice(0, equals).trim().toLowerCase(), unquoted];
}

/** JSON is UTF-8 (RFC 8259 §8.1): no other charset is understood. */
export function isUtf8Charset(charset: string | undefined): boolean {
  return charset === undefined || charset === "utf-8" || charset === "utf8";
}
