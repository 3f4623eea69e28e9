/**
 * What something threw, as a framework's `next` can take it. There `undefined` and other empty values mean "go on", and
 * strings such as `"route"` "skip": an error must not become that.
 */
export function errorOf(thrown: unknown): object {
  if (typeof thrown === "object" && thrown !== null) return thrown;
  return new Error(`Something that is no error was thrown: ${String(thrown)}`, { cause: thrown });
}
