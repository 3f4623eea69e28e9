const pauseMs = 60_000;

/**
 * Makes a warning for what may happen with each request: it is emitted once a minute, and says how often that was.
 *
 * @param code the warning's code, such as "UNCLASH_STORE_FAILED"
 * @param describe the text, from what happened
 */
export function repeatedWarning(
  code: `UNCLASH_${string}`,
  describe: (error: unknown) => string,
): (error: unknown) => void {
  let warnedAt = Number.NEGATIVE_INFINITY;
  let count = 0;
  return (error) => {
    count += 1;
    const now = performance.now();
    if (now - warnedAt < pauseMs) return;
    const times = count === 1 ? "" : ` (${count} times since the last warning)`;
    warnedAt = now;
    count = 0;
    const detail = error instanceof Error ? error.stack : undefined;
    const text = `${describe(error)}${times}`;
    process.emitWarning(text, { type: "UnclashWarning", code, ...(detail !== undefined && { detail }) });
  };
}
