import { formatHttpDate } from "@unclash/core";
import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask } from "../ask.test-support.js";
import type { CollectionOptions } from "../resources/collection-options.js";
import { createUnclash, type Unclash } from "../unclash.js";

const notes: CollectionOptions = { schema: z.looseObject({}), preconditions: { required: false } };

/** A resource with one state for each of these moments. */
async function setUp(dates: readonly string[], options: CollectionOptions = notes): Promise<Unclash> {
  let now = 0;
  const store = createMemoryStore({ clock: () => now });
  const unclash = createUnclash({ store, collections: { notes: options } });
  for (const [n, date] of dates.entries()) {
    now = Date.parse(date);
    await ask(unclash, "PUT /notes/1", { json: { n } });
  }
  return unclash;
}

/** The Mementos of RFC 7089, figure 28. */
const dates = [
  "Tue, 20 Jun 2000 18:02:59 GMT",
  "Wed, 21 Jun 2000 01:17:31 GMT",
  "Wed, 21 Jun 2000 04:41:56 GMT",
  "Tue, 27 Oct 2009 20:49:54 GMT",
];

test.each([
  ["Wed, 21 Jun 2000 01:17:31 GMT", 1, "the very second"],
  ["Mon, 01 Jan 1990 00:00:00 GMT", 0, "before the first"],
  ["Thu, 01 Jan 1925 00:00:00 GMT", 0, "before all time"],
  ["Thu, 01 Jan 2026 00:00:00 GMT", 3, "after the last"],
  ["Fri, 31 Dec 9999 23:59:59 GMT", 3, "the end of the calendar"],
  ["Wed, 21 Jun 2000 03:00:00 GMT", 1, "between two"],
  ["Wed, 21 Jun 2000 04:41:55 GMT", 1, "a second too early"],
])("%s selects state %i: %s", async (datetime, n) => {
  const unclash = await setUp(dates);
  const answer = await ask(unclash, "GET /notes/1", { headers: { "accept-datetime": datetime } });
  expect(answer).toMatchObject({ status: 200, headers: { "memento-datetime": dates[n], vary: "accept-datetime" } });
  expect(answer.headers["content-location"]).toBe(`/notes/1/versions/${n + 1}`);
  expect(answer.body).toBe(`{"id":"1","version":${n + 1},"n":${n}}`);
});

test("of several states within the second that is asked for, it is the last one", async () => {
  const unclash = await setUp(["2026-01-01T00:00:00.900Z", "2026-01-01T00:00:01.000Z", "2026-01-01T00:00:01.999Z"]);
  const at = async (second: string): Promise<unknown> => {
    const headers = { "accept-datetime": formatHttpDate(Date.parse(second)) };
    return (await ask(unclash, "GET /notes/1", { headers })).headers["content-location"];
  };
  expect(await at("2026-01-01T00:00:00Z")).toBe("/notes/1/versions/1");
  expect(await at("2026-01-01T00:00:01Z")).toBe("/notes/1/versions/3");
});

test("a clock that steps back keeps the order of times, and versions that are times go on growing", async () => {
  const steps = ["2026-01-01T12:00:00Z", "2026-01-01T11:00:00Z", "2026-01-01T13:00:00Z"];
  const unclash = await setUp(steps, { ...notes, versions: "timestamps" });
  const noon = Date.parse("2026-01-01T12:00:00Z");
  const versions = [noon, noon + 1, noon + 3_600_000];
  for (const [n, version] of versions.entries()) {
    const body = `{"id":"1","version":${version},"n":${n}}`;
    expect((await ask(unclash, `GET /notes/1/versions/${version}`)).body).toBe(body);
    expect((await ask(unclash, `GET /notes/1?version=${version}`)).body).toBe(body);
  }
  const headers = { "accept-datetime": "Thu, 01 Jan 2026 11:30:00 GMT" };
  const before = await ask(unclash, "GET /notes/1", { headers });
  expect(before.headers["content-location"]).toBe(`/notes/1/versions/${noon}`);
  const diff = await ask(unclash, `GET /notes/1/diff?from=${versions[0]}&to=${versions[1]}`);
  expect(diff.body).toBe('[{"op":"replace","path":"/n","value":1}]');
});

/** A store that counts the calls and the states that reads of a resource take. */
function counting(store: Store): { readonly store: Store; readonly counts: { calls: number; states: number } } {
  const counts = { calls: 0, states: 0 };
  const counted = <Result extends { readonly records: readonly unknown[] }>(result: Result): Result => {
    counts.calls += 1;
    counts.states += result.records.length;
    return result;
  };
  const watched: Store = {
    ...store,
    read: async (keys) => counted(await store.read(keys)),
    history: async (key, request) => counted(await store.history(key, request)),
  };
  return { store: watched, counts };
}

const long = 10_000;

async function fill(store: Store, keep: "all" | { readonly count: number }): Promise<void> {
  for (let n = 1; n <= long; n += 1) {
    const put = `{"id":"1","version":${n},"n":${n}}`;
    const writes = [{ key: "notes/1", expect: "any", put, keep } as const];
    const [tag, at] = [`${n}`.padStart(16, "t"), n * 1_000];
    await store.commit({ tag, at, reads: [], writes, events: [], by: null, cause: "replace" });
  }
  while ((await store.clean(1_000)).more);
}

test("of 10,000 versions one is read as of one, and the state at a time without going through them", async () => {
  const { store, counts } = counting(createMemoryStore({ clock: () => 0 }));
  const unclash = createUnclash({ store, collections: { notes } });
  await fill(store, "all");
  const costOf = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    [counts.calls, counts.states] = [0, 0];
    expect(await ask(unclash, `GET /notes/1${path}`, { headers })).toMatchObject({ status: 200 });
    return [counts.calls, counts.states];
  };
  expect(await costOf("")).toEqual([1, 1]);
  for (const version of [1, 5_000, long]) expect(await costOf(`/versions/${version}`)).toEqual([1, 1]);
  for (const second of [1, 5_000, long]) {
    expect(await costOf("", { "accept-datetime": formatHttpDate(second * 1_000) })).toEqual([1, 1]);
  }
  expect(await costOf("", { "accept-datetime": formatHttpDate(0) })).toEqual([2, 1]);
  expect(await costOf("/diff?from=1&to=9000")).toEqual([2, 2]);
  expect(await costOf("/versions?limit=20")).toEqual([1, 21]);
});

test("the first state that retention has left is found in as many steps as the logarithm of all", async () => {
  const { store, counts } = counting(createMemoryStore({ clock: () => 0 }));
  const unclash = createUnclash({ store, collections: { notes: { ...notes, retention: { count: 300 } } } });
  await fill(store, { count: 300 });
  [counts.calls, counts.states] = [0, 0];
  const answer = await ask(unclash, "GET /notes/1", { headers: { "accept-datetime": formatHttpDate(1_000) } });
  expect(answer.headers["content-location"]).toBe(`/notes/1/versions/${long - 300}`);
  expect(counts.calls).toBeLessThanOrEqual(Math.ceil(Math.log2(long)) + 4);
});
