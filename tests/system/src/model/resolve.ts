import type { Commit, Expectation, IndexValue, Key, Moment, NewEvent, Reading, Tag, Write } from "@unclash/core/store";
import { currentOf, inRange, type World } from "./model.js";
import type { Hope, PlannedEvent, PlannedReading, PlannedWrite, Step } from "./steps.js";

/** What a step is made out in: where its keys lie, and what is there. */
export interface Setting {
  /** What the keys, tags and index names of this run begin with. */
  readonly run: string;
  readonly world: World;
  readonly now: Moment;
}

/** The key of a run that a step calls by its short name. */
export function keyOf({ run }: Pick<Setting, "run">, name: string): Key {
  return `${run}/${name}`;
}

/** The name of an index of a run. */
export function indexOf({ run }: Pick<Setting, "run">, name: string): string {
  return `${run}:${name}`;
}

/** Fills in what a planned commit leaves open. */
export function resolveCommit(step: Extract<Step, { do: "commit" }>, tag: Tag, setting: Setting): Commit {
  return {
    tag,
    at: setting.now + step.atFromNowMs,
    reads: step.reads.map((reading) => resolveReading(reading, setting)),
    writes: step.writes.map((write) => resolveWrite(write, setting)),
    events: step.events.map((event) => resolveEvent(event, setting)),
    by: step.writes.length === 1 ? null : "é\u0001",
    cause: step.atFromNowMs < 0 ? "late" : "test",
  };
}

function resolveWrite(planned: PlannedWrite, setting: Setting): Write {
  const key = keyOf(setting, planned.key);
  const write = { key, expect: resolveHope(planned.hope, key, setting) };
  if ("redact" in planned) {
    const version = (setting.world.get(key)?.states.at(-1)?.version ?? 1) - planned.back;
    // Further back than the first version is one that never was.
    return { ...write, redact: planned.redact, version: version < 1 ? 1_000 : version };
  }
  if ("extendMs" in planned) return { ...write, extendMs: planned.extendMs };
  if ("delete" in planned) return { ...write, delete: planned.delete };
  const { put, ttlMs, keep, values = [], sole } = planned;
  const index: IndexValue[] = values.map((value) => ({ name: indexOf(setting, "values"), value }));
  if (sole !== undefined) index.push({ name: indexOf(setting, "sole"), value: sole, unique: true });
  return {
    ...write,
    put,
    ...(ttlMs !== undefined && { ttlMs }),
    ...(keep !== undefined && { keep }),
    ...(index.length > 0 && { index }),
  };
}

function resolveHope(hope: Hope, key: Key, { world, now, run }: Setting): Expectation {
  const current = currentOf(world, key, now);
  const never = `${run}-never`;
  const tag = current?.tag ?? never;
  switch (hope) {
    case "any":
    case "absent":
    case "present":
      return hope;
    case "tag":
      return { tag };
    case "gone":
      return { gone: tag };
    case "lapsed":
      return { lapsed: tag };
    case "old tag":
      return { tag: world.get(key)?.states.at(-2)?.tag ?? never };
    case "other tag":
      return { tag: never };
    case "right":
      if (current === undefined) return "absent";
      if (current.deleted) return { gone: tag };
      return current.lapsed ? { lapsed: tag } : { tag };
  }
}

function resolveReading(planned: PlannedReading, setting: Setting): Reading {
  if ("key" in planned) {
    const key = keyOf(setting, planned.key);
    return { key, expect: resolveHope(planned.hope, key, setting) };
  }
  const range = { prefix: keyOf(setting, planned.prefix), descending: planned.descending, limit: 1 };
  const there = inRange(setting.world, range, setting.now).map(({ record: { key, tag } }) => ({ key, tag }));
  const seen = distort(there, planned.seen, setting);
  // Who saw but the first ones relies on no more than those: their number is the limit.
  const spare = planned.seen === "first" ? 0 : planned.spare;
  return { range: { ...range, limit: Math.max(seen.length + spare, 1) }, seen };
}

type Seen = Extract<Reading, { seen: unknown }>["seen"];

function distort(there: Seen, how: Extract<PlannedReading, { seen: unknown }>["seen"], setting: Setting): Seen {
  switch (how) {
    case "all":
      return there;
    case "first":
      return there.slice(0, 1);
    case "one less":
      return there.slice(1);
    case "one more":
      return [...there, { key: keyOf(setting, "a/9"), tag: `${setting.run}-never` }];
    case "other tag":
      return there.map((seen, at) => (at === 0 ? { ...seen, tag: `${setting.run}-never` } : seen));
    case "other order":
      return there.toReversed();
  }
}

function resolveEvent({ key, ...rest }: PlannedEvent, setting: Setting): NewEvent {
  return { type: "happened", key: keyOf(setting, key), ...rest };
}
