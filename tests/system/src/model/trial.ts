import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { Commit, HistoryPage, Key, Moment, Page, Range, Snapshot, Store } from "@unclash/core/store";
import { ExpectedEvents } from "./event-log.js";
import {
  comparePlaces,
  currentOf,
  inRange,
  isDescending,
  keptVersions,
  type Placed,
  statesOf,
  type World,
} from "./model.js";
import { formatStep } from "./report.js";
import { indexOf, keyOf, resolveCommit, type Setting } from "./resolve.js";
import { Revisions } from "./revisions.js";
import { keyNames, type PlannedRange, type Step } from "./steps.js";
import type { Tally } from "./tally.js";
import { evaluateRequest } from "./verdict.js";

/** A store to be held against the model. */
export interface Subject {
  readonly store: Store;
  /** The clock that the store was handed. Without it, time is the store's own, and really passes. */
  readonly clock?: { now: Moment };
  readonly reopen?: (store: Store) => Promise<Store>;
}

interface Seen {
  readonly snapshot: Snapshot;
  readonly pages: readonly HistoryPage[];
}

/** One run: a store and the model do the same, and all that can be read of the one is compared with the other. */
export class Trial {
  readonly #run: string;
  readonly #subject: Subject;
  readonly #tally: Tally;
  readonly #events: ExpectedEvents;
  readonly #revisions = new Revisions();
  /** What was done and what came of it, to be told where something went wrong. */
  readonly done: string[] = [];
  #store: Store;
  #world: World = new Map();
  #seenAt: Moment = 0;
  #steps = 0;
  #commits = 0;
  #last: Commit | undefined;

  constructor(run: string, subject: Subject, origin: string, tally: Tally) {
    this.#run = run;
    this.#subject = subject;
    this.#store = subject.store;
    this.#tally = tally;
    this.#events = new ExpectedEvents(origin);
  }

  /** Carries out one step, and compares. */
  async carryOut(step: Step): Promise<void> {
    this.#tally.count(step.do);
    this.#steps++;
    this.done.push(`${this.#steps}. ${formatStep(step)}`);
    switch (step.do) {
      case "commit":
        return this.#commit(resolveCommit(step, this.#nextTag(), await this.#setting()));
      case "repeat":
        return this.#last && this.#commit(this.#last);
      case "read":
        return this.#compareRead(step.keys.map((name) => keyOf(this.#setup, name)));
      case "list":
        return this.#compareList(this.#rangeOf(step.range, await this.#now()), step.limit, step.texts);
      case "history":
        return this.#compareHistory(step);
      case "clean":
        return this.#clean(step);
      case "follow":
        return this.#follow(step.from);
      case "pass":
        return this.#pass(step.ms);
      case "reopen":
        assert(this.#subject.reopen !== undefined);
        this.#store = await this.#subject.reopen(this.#store);
        return this.#observe(this.#allKeys());
    }
  }

  /** Compares everything that can be read. */
  async compareAll(): Promise<void> {
    await this.#observe(this.#allKeys());
    const now = await this.#now();
    const ranges: PlannedRange[] = [
      ...["a/", "b/", ""].map((prefix) => ({ prefix, descending: false })),
      ...(["values", "sole"] as const).map((index) => ({ index, from: "", to: "\u{10ffff}", descending: true })),
      { lapsedFromNowMs: 1_000_000 },
    ];
    for (const range of ranges) await this.#compareList(this.#rangeOf(range, now), "index" in range ? 2 : 100, true);
    await this.#follow(0);
  }

  /** Leaves nothing of this run in the store, and gives the store as it is now. */
  async end(): Promise<Store> {
    const writes = this.#allKeys().map((key) => ({ key, expect: "any", delete: "forget" }) as const);
    await this.#store.commit({ ...this.#empty(), writes });
    return this.#store;
  }

  get #setup(): Pick<Setting, "run"> {
    return { run: this.#run };
  }

  async #setting(): Promise<Setting> {
    return { run: this.#run, world: this.#world, now: await this.#now() };
  }

  async #now(): Promise<Moment> {
    if (this.#subject.clock !== undefined) return this.#subject.clock.now;
    if (this.#seenAt === 0) this.#seenAt = (await this.#store.read([])).now;
    return this.#seenAt;
  }

  #nextTag(): string {
    this.#commits++;
    return `${this.#run}-${this.#commits}`;
  }

  #allKeys(): readonly Key[] {
    return keyNames.map((name) => keyOf(this.#setup, name));
  }

  #empty(): Commit {
    return { tag: this.#nextTag(), at: 0, reads: [], writes: [], events: [], by: null, cause: "test" };
  }

  // An event that nothing else depends on.
  async #mark(): Promise<Commit> {
    const key = keyOf(this.#setup, "mark");
    const commit = { ...this.#empty(), at: await this.#now(), events: [{ type: "mark", key }] };
    assert.deepEqual(await this.#store.commit(commit), { kind: "committed", records: [] });
    return commit;
  }

  async #follow(from: number): Promise<void> {
    const came = await this.#events.compare(this.#store, from, () => this.#mark());
    this.#tally.count(`${came} followed`);
  }

  async #pass(ms: number): Promise<void> {
    if (this.#subject.clock !== undefined) this.#subject.clock.now += ms;
    else await delay(ms);
  }

  async #commit(commit: Commit): Promise<void> {
    const setting = await this.#setting();
    const result = await this.#store.commit(commit);
    this.#last = commit;
    this.done.push(`   ${JSON.stringify(commit)}`, `   ${JSON.stringify(result)}`);
    this.#tally.countCommit(commit, result, setting);
    const revision = this.#revisions.note(commit, result);
    const keys = commit.writes.map(({ key }) => key);
    const seen = await this.#fetch(keys);
    this.#world = evaluateRequest(setting, seen.snapshot.now, commit, result, revision ?? 0);
    if (result.kind === "committed") this.#events.add(commit, revision);
    this.#compareSeen(keys, seen);
  }

  // The current states of these keys, and all of their past.
  async #fetch(keys: readonly Key[]): Promise<Seen> {
    const histories = keys.map((key) => this.#store.history(key, { limit: 1_000, texts: true }));
    const [snapshot, ...pages] = await Promise.all([this.#store.read(keys), ...histories]);
    this.#seenAt = snapshot.now;
    return { snapshot, pages };
  }

  #compareSeen(keys: readonly Key[], { snapshot, pages }: Seen): void {
    this.#compareSnapshot(keys, snapshot);
    for (const [at, key] of keys.entries()) this.#compareStates(key, pages[at]);
  }

  async #observe(keys: readonly Key[]): Promise<void> {
    this.#compareSeen(keys, await this.#fetch(keys));
  }

  #compareSnapshot(keys: readonly Key[], { now, records }: Snapshot): void {
    const expected = keys.map((key) => currentOf(this.#world, key, now));
    assert.deepEqual(records, expected, "what is read");
  }

  async #compareRead(keys: readonly Key[]): Promise<void> {
    this.#compareSnapshot(keys, await this.#store.read(keys));
  }

  // Past states that no retention asks for may be gone, and then they are gone for good.
  #compareStates(key: Key, page: HistoryPage | undefined): void {
    assert(page !== undefined);
    const entry = this.#world.get(key);
    if (entry === undefined) {
      assert.deepEqual(page.records, [], "the history of what is not there");
      return;
    }
    const there = new Set(page.records.map(({ version }) => version));
    const kept = keptVersions(entry, page.now);
    const states = entry.states.filter(({ version }) => there.has(version) || kept.has(version));
    if (states.length < entry.states.length) this.#tally.count("past states gone");
    this.#world = new Map(this.#world).set(key, { ...entry, states });
    assert.deepEqual(page, { now: page.now, records: statesOf(this.#world, key, page.now) }, "a whole history");
  }

  async #compareHistory({ key: name, before, atFromNowMs, limit, texts }: Extract<Step, { do: "history" }>) {
    const key = keyOf(this.#setup, name);
    const at = atFromNowMs === undefined ? undefined : (await this.#now()) + atFromNowMs;
    const request = { limit, texts, ...(before !== undefined && { before }), ...(at !== undefined && { at }) };
    const page = await this.#store.history(key, request);
    const asked = statesOf(this.#world, key, page.now)
      .filter(({ version, modifiedAt }) => version < (before ?? Infinity) && modifiedAt <= (at ?? Infinity))
      .slice(0, limit)
      .map((state) => (texts ? state : { ...state, text: null }));
    assert.deepEqual(page, { now: page.now, records: asked }, "a history");
  }

  #rangeOf(planned: PlannedRange, now: Moment): Range {
    if ("prefix" in planned) return { ...planned, prefix: keyOf(this.#setup, planned.prefix), limit: 1 };
    if ("index" in planned) return { ...planned, index: indexOf(this.#setup, planned.index), limit: 1 };
    return { lapsedBefore: now + planned.lapsedFromNowMs, limit: 1 };
  }

  // Walks all pages. Each is as its own moment finds it.
  async #compareList(range: Range, limit: number, texts: boolean): Promise<void> {
    let last: Placed | undefined;
    for (let after: string | undefined, pages = 1; pages === 1 || after !== undefined; pages++) {
      const asked = { ...range, limit, texts, ...(after !== undefined && { after }) };
      const { next, ...page }: Page = await this.#store.list(asked);
      const all = inRange(this.#world, range, page.now);
      const rest = all.filter((item) => last === undefined || comparePlaces(range, item, last) > 0);
      const expected = rest.slice(0, limit);
      const records = expected.map(({ record }) => (texts ? record : { ...record, text: null }));
      assert.deepEqual(page, { now: page.now, records }, `page ${pages} of ${JSON.stringify(asked)}`);
      assert.equal(next !== undefined, rest.length > limit, `whether page ${pages} is the last`);
      this.#tally.count(records.length === 0 ? "empty page" : "page");
      if (isDescending(range) && pages > 1) this.#tally.count("later descending page");
      last = expected.at(-1);
      after = next;
    }
  }

  async #clean({ budget, toTheEnd }: Extract<Step, { do: "clean" }>): Promise<void> {
    const now = await this.#now();
    let more = true;
    for (let steps = 0; more && (toTheEnd || steps === 0); steps++) {
      assert(steps < 10_000, "cleaning comes to an end");
      const cleaned = await this.#store.clean(budget);
      more = cleaned.more;
      assert(cleaned.removed <= budget, `${cleaned.removed} were removed with a budget of ${budget}`);
    }
    await this.#observe(this.#allKeys());
    this.#events.noteCleaning(await this.#now());
    if (!more) this.#assertClean(now);
  }

  // What an age asks for may stay until the record has been left alone for that long: a store need not look earlier.
  #assertClean(now: Moment): void {
    for (const [key, entry] of this.#world) {
      const ageMs = typeof entry.keep === "object" ? (entry.keep.ageMs ?? -1) : -1;
      const modifiedAt = entry.states.at(-1)?.modifiedAt ?? now;
      if (ageMs >= 0 && modifiedAt + ageMs >= now) continue;
      const kept = keptVersions(entry, now);
      const left = entry.states.filter(({ version }) => !kept.has(version));
      assert.deepEqual(left, [], `nothing is left to clean of ${key}`);
    }
  }
}
