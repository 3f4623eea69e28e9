import type { Moment, Retention, Text } from "@unclash/core/store";
import fc from "fast-check";

/** What is expected of a key. Tags are filled in from what is there when the step is carried out. */
export type Hope = "right" | "any" | "absent" | "present" | "tag" | "old tag" | "gone" | "lapsed" | "other tag";

/** An action of a write, with what it needs to know of its key left open. */
export type PlannedAction =
  | {
      readonly put: Text;
      readonly ttlMs?: number;
      readonly keep?: Retention;
      /** Values of an index that others may hold too, and a value of one where they may not. */
      readonly values?: readonly string[];
      readonly sole?: string;
    }
  | { readonly delete: "tombstone" | "forget" }
  | { readonly extendMs: number }
  /** How many versions before the current one. */
  | { readonly redact: Text; readonly back: number };

export type PlannedWrite = { readonly key: string; readonly hope: Hope } & PlannedAction;

export type PlannedReading =
  | { readonly key: string; readonly hope: Hope }
  | {
      readonly prefix: string;
      readonly descending: boolean;
      /** How what was seen differs from what is there. */
      readonly seen: "all" | "first" | "one less" | "one more" | "other tag" | "other order";
      readonly spare: number;
    };

export interface PlannedEvent {
  readonly key: string;
  readonly version?: number;
  readonly data?: Text;
}

export type PlannedRange =
  | { readonly prefix: string; readonly descending: boolean }
  | {
      readonly index: "values" | "sole";
      readonly from: string;
      readonly to: string;
      readonly descending: boolean;
    }
  | { readonly lapsedFromNowMs: number };

/** One command, to be read by itself: a failing run prints these. */
export type Step =
  | {
      readonly do: "commit";
      readonly writes: readonly PlannedWrite[];
      readonly reads: readonly PlannedReading[];
      readonly events: readonly PlannedEvent[];
      /** How far its `at` lies from now. */
      readonly atFromNowMs: number;
    }
  /** The last commit once more, as it was. */
  | { readonly do: "repeat" }
  | { readonly do: "read"; readonly keys: readonly string[] }
  | { readonly do: "list"; readonly range: PlannedRange; readonly limit: number; readonly texts: boolean }
  | {
      readonly do: "history";
      readonly key: string;
      readonly before?: number;
      readonly atFromNowMs?: number;
      readonly limit: number;
      readonly texts: boolean;
    }
  | { readonly do: "clean"; readonly budget: number; readonly toTheEnd: boolean }
  /** After which of the cursors that are known, as a part of their number. */
  | { readonly do: "follow"; readonly from: number }
  | { readonly do: "pass"; readonly ms: number }
  | { readonly do: "reopen" };

/** What a store can be asked to do. */
export interface StepsAllowed {
  /** How often it is closed and opened again: so many of about 160 steps. */
  readonly reopenings: number;
  /** The steps that time can take; all but those of a handed-in clock are really waited for. */
  readonly passMs: readonly Moment[];
}

/** The keys of a run, few enough to meet often. The last two tell the order of bytes from that of UTF-16. */
export const keyNames = ["a/1", "a/2", "b/1", "c", "a/\ufb00", "a/\u{1d4b3}"] as const;

const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("a/1", "a/2") },
  { weight: 2, arbitrary: fc.constantFrom(...keyNames) },
);
const prefix = fc.constantFrom("a/", "a/", "b/", "");
const text = fc.constantFrom('"x"', '{"b": 1, "a": []}', "9007199254740993");
const durationMs = fc.constantFrom(1, 10, 10, 100_000);
const value = fc.constantFrom("", "x", "x\u0001", "\ufb00", "\u{1d4b3}");

const keep: fc.Arbitrary<Retention> = fc.oneof(
  fc.constantFrom("all" as const, "none" as const),
  fc.record({ count: fc.nat(2) }),
  fc.record({ ageMs: fc.constantFrom(0, 10, 100_000) }),
  fc.record({ count: fc.nat(2), ageMs: fc.constantFrom(1, 20) }),
);

const hope: fc.Arbitrary<Hope> = fc.oneof(
  { weight: 14, arbitrary: fc.constant<Hope>("right") },
  { weight: 4, arbitrary: fc.constant<Hope>("any") },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Hope>("absent", "present", "tag", "old tag", "gone", "lapsed", "other tag"),
  },
);

const action: fc.Arbitrary<PlannedAction> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record(
      {
        put: text,
        ttlMs: durationMs,
        keep,
        values: fc.uniqueArray(value, { maxLength: 2 }),
        sole: value,
      },
      { requiredKeys: ["put"] },
    ),
  },
  { weight: 2, arbitrary: fc.record({ delete: fc.constantFrom("tombstone", "tombstone", "forget") }) },
  { weight: 1, arbitrary: fc.record({ extendMs: durationMs }) },
  { weight: 1, arbitrary: fc.record({ redact: fc.constant('"redacted"'), back: fc.constantFrom(0, 1, 1, 2, 100) }) },
);

const plannedWrite: fc.Arbitrary<PlannedWrite> = fc
  .record({ key, hope, action })
  .map(({ action: done, ...write }) => ({ ...write, ...done }));

const reading: fc.Arbitrary<PlannedReading> = fc.oneof(
  fc.record({ key, hope }),
  fc.record({
    prefix,
    descending: fc.boolean(),
    seen: fc.constantFrom("all", "all", "all", "first", "one less", "one more", "other tag", "other order"),
    spare: fc.nat(2),
  }),
);

const event: fc.Arbitrary<PlannedEvent> = fc.record(
  { key, version: fc.integer({ min: 1, max: 3 }), data: text },
  { requiredKeys: ["key"] },
);

const commit: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("commit"),
  writes: fc.oneof(
    {
      weight: 6,
      arbitrary: fc.uniqueArray(plannedWrite, { selector: (write) => write.key, minLength: 1, maxLength: 1 }),
    },
    { weight: 2, arbitrary: fc.uniqueArray(plannedWrite, { selector: (write) => write.key, maxLength: 3 }) },
  ),
  reads: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(reading, { maxLength: 2 }) },
  ),
  events: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(event, { maxLength: 2 }) },
  ),
  atFromNowMs: fc.constantFrom(0, 0, 0, -50, 5),
});

const range: fc.Arbitrary<PlannedRange> = fc.oneof(
  fc.record({ prefix, descending: fc.boolean() }),
  fc.record({
    index: fc.constantFrom("values", "sole"),
    from: fc.constantFrom("", "x", "\ufb00"),
    to: value,
    descending: fc.boolean(),
  }),
  fc.record({ lapsedFromNowMs: fc.constantFrom(-5, 0, 1, 100) }),
);

/** Sequences of steps, 40 on average. */
export function stepSequences({ reopenings, passMs }: StepsAllowed): fc.Arbitrary<readonly Step[]> {
  const limit = fc.constantFrom(1, 2, 3, 100);
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 96, arbitrary: commit },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("repeat") }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("read"), keys: fc.array(key, { maxLength: 4 }) }) },
    { weight: 12, arbitrary: fc.record({ do: fc.constant("list"), range, limit, texts: fc.boolean() }) },
    {
      weight: 8,
      arbitrary: fc.record(
        {
          do: fc.constant("history"),
          key,
          before: fc.integer({ min: 1, max: 5 }),
          atFromNowMs: fc.constantFrom(-20, -1, 0, 5),
          limit,
          texts: fc.boolean(),
        },
        { requiredKeys: ["do", "key", "limit", "texts"] },
      ),
    },
    {
      weight: 8,
      arbitrary: fc.record({ do: fc.constant("clean"), budget: fc.constantFrom(1, 2, 500), toTheEnd: fc.boolean() }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("follow"), from: fc.constantFrom(0, 0.5, 0.9, 1) }) },
    { weight: 20, arbitrary: fc.record({ do: fc.constant("pass"), ms: fc.constantFrom(...passMs) }) },
    { weight: reopenings, arbitrary: fc.record({ do: fc.constant("reopen") }) },
  );
  return fc.array(step, { maxLength: 88, size: "max" });
}
