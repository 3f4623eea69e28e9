/**
 * 53 bits that depend on each character of a text: cyrb53, two multiplicative hashes of 32 bits mixed at their end. It
 * names locks: all processes on one schema must come to the same numbers, so it is never changed. Where two texts share
 * a number, those who use them wait for each other, and nothing else happens.
 */
export function hashOf(text: string, seed: number): number {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 2_654_435_761);
    low = Math.imul(low ^ unit, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 0x1_0000_0000 * (low & 0x1f_ffff) + (high >>> 0);
}
