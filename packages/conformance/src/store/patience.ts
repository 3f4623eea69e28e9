import assert from "node:assert/strict";

/** Waits for what must happen, and fails with an assertion where it takes too long. */
export async function within<T>(patienceMs: number, expectation: string, result: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new assert.AssertionError({ message: `within ${patienceMs} ms ${expectation}` });
    timer = setTimeout(() => reject(error), patienceMs);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Begins what a test will await later, or never, where it fails before that: then nobody has to hear of this failure.
 */
export function begun<T>(result: Promise<T>): Promise<T> {
  result.catch(() => {});
  return result;
}
