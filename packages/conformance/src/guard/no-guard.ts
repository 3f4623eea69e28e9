import type { PlainGuard } from "./app.js";

/** What a handler of the form `none` has in place of a guard: it knows nothing, and stops nothing. */
export const noGuard: PlainGuard = {
  current: undefined,
  expected: undefined,
  etag: undefined,
  actor: undefined,
  idempotencyKey: undefined,
  settled: undefined,
  prefers: () => false,
  applyChange: () => unguarded(),
  readId: () => undefined,
  readPage: () => unguarded(),
  outcome: {
    notApplied: () => {},
    updated: () => "",
    conflict: () => unguarded(),
    expectRow: async (changed: unknown) => (Array.isArray(changed) ? changed[0] : changed),
    expectAffected: async () => {},
    refuse: () => unguarded(),
  },
};

function unguarded(): never {
  throw new TypeError("Nothing guards this route.");
}
