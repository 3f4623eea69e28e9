/** The most that a body may hold where the shop sets nothing: 1 MiB. */
export const bodyBytesMax = 1_048_576;

/** The same piece again and again between two texts, as often as fits into so many bytes, commas between. */
export function filled(head: string, piece: string, tail: string, bytes: number = bodyBytesMax): string {
  const count = Math.floor((bytes - head.length - tail.length + 1) / (piece.length + 1));
  return `${head}${Array(count).fill(piece).join(",")}${tail}`;
}

/** The same, a given number of times. */
export function repeated(head: string, piece: string, count: number, tail: string): string {
  return `${head}${Array(count).fill(piece).join(",")}${tail}`;
}

/** A text between two texts, padded to so many bytes with one character of ASCII. */
export function padded(head: string, character: string, tail: string, bytes: number = bodyBytesMax): string {
  return `${head}${character.repeat(bytes - head.length - tail.length)}${tail}`;
}

/** Members `"k0":0,"k1":0,…`, in an order that is not theirs. */
export function members(count: number, value = "0"): string {
  return Array.from({ length: count }, (_, at) => `"k${(at * 7_919) % count}":${value}`).join(",");
}

/** An article's text with these tags. */
export function article(tags: string, body = "b"): string {
  return `{"title":"t","body":"${body}","status":"draft","tags":${tags}}`;
}

/** A note of 1 MiB. */
export const large: string = padded('{"text":"', "x", '"}');

/** A note with a leaf under many levels of lists, 90 times. */
export const deepLists = (leaf: string): string =>
  `{"lists":[${repeated("[[[[[[[[[[[[[[[[[[[[[[[[[[[[", leaf, 90, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]")}]}`;
