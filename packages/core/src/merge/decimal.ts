/**
 * `mine + theirs - base` as decimal numbers, as JSON writes them: 0.1 + 0.2 is 0.3, and the order of the sides makes no
 * difference. Nothing where that is no finite number, or a whole one that a double can't hold.
 */
export function addDifferences(base: number, mine: number, theirs: number): number | undefined {
  const simple = mine + theirs - base;
  if (Number.isSafeInteger(base) && Number.isSafeInteger(mine) && Number.isSafeInteger(theirs)) {
    if (Number.isSafeInteger(mine + theirs)) return Number.isSafeInteger(simple) ? simple : undefined;
  }
  const terms = [mine, theirs, base].map(decimalOf);
  const places = Math.max(...terms.map((term) => term.places));
  const [first = 0n, second = 0n, third = 0n] = terms.map((term) => term.digits * 10n ** BigInt(places - term.places));
  const sum = first + second - third;
  const rounded = Number(`${sum}e-${places}`);
  if (!Number.isFinite(rounded)) return undefined;
  const isWhole = sum % 10n ** BigInt(places) === 0n;
  if (isWhole && BigInt(rounded) !== sum / 10n ** BigInt(places)) return undefined;
  return rounded;
}

/** A number as whole digits, and how many of them stand behind the point. */
function decimalOf(value: number): { readonly digits: bigint; readonly places: number } {
  const [mantissa = "0", exponent = "0"] = String(value).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const places = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return places >= 0 ? { digits, places } : { digits: digits * 10n ** BigInt(-places), places: 0 };
}
