/**
 * Orders texts by code point, which is the order of their bytes in UTF-8: negative where `a` comes first, 0 where both
 * are the same, else positive. The operators of JavaScript order by UTF-16 code unit and so put `😀` before `ﬁ`.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

// Surrogates stand for what is above U+FFFF, but are numbered below U+E000: they change places with what follows them.
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
