/** The codes of warnings stand in `docs/guide/errors.md`. */
type Code = `UNCLASH_${string}`;

/** Emits a warning of the process. */
export function warn(code: Code, text: string, error?: unknown): void {
  const detail = error instanceof Error ? error.stack : undefined;
  process.emitWarning(text, { type: "UnclashWarning", code, ...(detail !== undefined && { detail }) });
}

const warnedObjects = new WeakMap<object, Set<Code>>();
const warnedNames = new Set<string>();

/** However many names there are, a process warns of so many and no more. */
const namesMax = 100;

/**
 * Emits a warning once for each subject.
 *
 * @param subject the object that it is about, or its name: `PUT /articles/…`
 */
export function warnOnce(code: Code, subject: object | string, text: string): void {
  if (typeof subject === "string") {
    const name = `${code} ${subject}`;
    if (warnedNames.has(name) || warnedNames.size >= namesMax) return;
    warnedNames.add(name);
  } else {
    const codes = warnedObjects.get(subject) ?? new Set();
    if (codes.has(code)) return;
    warnedObjects.set(subject, codes.add(code));
  }
  warn(code, text);
}

const pauseMs = 60_000;

/**
 * Makes a warning for what may happen with each request: it is emitted once a minute, and says how often that was.
 *
 * @param code the warning's code, such as "UNCLASH_STORE_FAILED"
 * @param describe the text, from what happened
 */
export function repeatedWarning(code: Code, describe: (error: unknown) => string): (error: unknown) => void {
  let warnedAt = Number.NEGATIVE_INFINITY;
  let count = 0;
  return (error) => {
    count += 1;
    const now = performance.now();
    if (now - warnedAt < pauseMs) return;
    const times = count === 1 ? "" : ` (${count} times since the last warning)`;
    warnedAt = now;
    count = 0;
    warn(code, `${describe(error)}${times}`, error);
  };
}
