import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { type Answer, assertHeaders, assertStatus, headerOf } from "../adapter/answer.js";
import { assertReplayed, freshKey } from "../adapter/keyed.js";
import type { Message } from "../adapter/message.js";
import { assertProblem } from "../adapter/problems.js";
import { sendAndGo } from "./cut.js";
import { keyedCasesOf } from "./keyed-cases.js";
import type { KeyedPlace } from "./keyed-stage.js";
import type { Place } from "./place.js";
import type { GuardCase } from "./trial.js";

/** A POST whose handler waits at the gate; the first of its kind, that is. */
const waiting = (place: Place, more: Message = {}): Message => ({
  key: freshKey(place),
  json: { do: "wait" },
  ...more,
});

function assertRunning(place: Place, answer: Answer): void {
  assertProblem(place, answer, "idempotency-in-progress");
  assert.match(headerOf(answer, "retry-after"), /^[1-9]\d*$/);
}

/** Begins a request that waits, and gives its answer to come. */
async function begin(place: KeyedPlace, path: string, message: Message): Promise<Promise<Answer>[]> {
  const answer = place.send("POST", path, message);
  // It may come to nothing, when the servers end before it does.
  answer.catch(() => {});
  await place.gates.reached(path.slice(1));
  return [answer];
}

/** The process that serves `place` is gone while it runs a request, and its lease has lapsed. */
async function vanish(place: KeyedPlace, path: string, message: Message): Promise<Promise<Answer>[]> {
  const begun = await begin(place, path, message);
  place.store.set("gone");
  place.clock.advance(place.leaseMs + 1);
  return begun;
}

/** Repeats a request until it is no longer taken for running. */
async function repeat(place: Place, path: string, message: Message): Promise<Answer> {
  const until = performance.now() + place.patienceMs;
  for (;;) {
    const answer = await place.send("POST", path, message);
    if (answer.status !== 409 || performance.now() > until) return answer;
    await turn();
  }
}

const freeCases = keyedCasesOf("free", [
  {
    name: "while the first request runs, repeats are 409, in other processes too; then they get its answer",
    async run(place) {
      const { id } = place.row();
      const message = waiting(place);
      const [first] = await begin(place, `/${id}`, message);
      assertRunning(place, await place.send("POST", `/${id}`, message));
      assertRunning(place.other, await place.other.send("POST", `/${id}`, message));
      const other = await place.send("POST", `/${id}`, { ...message, json: {} });
      assertProblem(place, other, "idempotency-key-reused");
      place.gates.open(id);
      assert(first !== undefined);
      const answer = await first;
      assertStatus(answer, 200);
      assertReplayed(await place.send("POST", `/${id}`, message), answer);
      assertReplayed(await place.other.send("POST", `/${id}`, message), answer);
      assert.equal(place.runs(id), 1);
    },
  },
  {
    name: "of 8 requests with one key at the same time exactly one runs",
    async run(place) {
      const { id } = place.row();
      const message = { key: freshKey(place), json: {} };
      const servers = [place, place.other, place, place.other, place, place.other, place, place.other];
      const answers = await Promise.all(servers.map((each) => each.send("POST", `/${id}`, message)));
      assert.deepEqual([place.runs(id), place.table.find(id)?.version], [1, 2]);
      for (const { status } of answers) assert(status === 200 || status === 409, `an answer of ${status}`);
      assert(answers.some(({ status }) => status === 200));
      assertStatus(await place.send("POST", `/${id}`, message), 200);
    },
  },
  {
    name:
      "a client that goes away while its request runs gets the answer when it repeats it, and nothing happens " +
      "twice",
    async run(place) {
      const { id } = place.row();
      const message = waiting(place);
      await sendAndGo(place, "POST", `/${id}`, message, place.gates.reached(id));
      assertRunning(place, await place.send("POST", `/${id}`, message));
      place.gates.open(id);
      const answer = await repeat(place, `/${id}`, message);
      assertStatus(answer, 200);
      assertHeaders(answer, { "idempotency-replayed": "true", etag: '"2"' });
      assert.deepEqual(answer.json, { id, version: 2, title: "A", touched: true });
      assert.deepEqual([place.runs(id), place.table.find(id)?.version], [1, 2]);
    },
  },
  {
    name: "an answer that breaks off is not given again as if it were whole, and what it told of does not happen twice",
    async run(place) {
      const { id } = place.row();
      const message = { key: freshKey(place), json: { do: "broken" } };
      await assert.rejects(place.send("POST", `/${id}`, message));
      assertProblem(place, await place.send("POST", `/${id}`, message), "idempotency-in-progress");
      place.clock.advance(place.leaseMs + 1);
      const unknown = await place.other.send("POST", `/${id}`, message);
      assertProblem(place, unknown, "idempotency-in-progress", { members: { outcome: "unknown" } });
      assert.equal(place.runs(id), 1);
      assertStatus(await place.send("GET", `/${id}`), 200);
    },
  },
  {
    name: "the lease of a key is renewed for as long as its handler runs",
    async run(place) {
      const { id } = place.row();
      const message = waiting(place);
      const [first] = await begin(place, `/${id}`, message);
      for (let moves = 0; moves < 4; moves++) {
        place.clock.advance(place.leaseMs * 0.8);
        // The first to be done may have begun before the clock was moved.
        await place.store.renewal();
        await place.store.renewal();
        assertRunning(place.other, await place.other.send("POST", `/${id}`, message));
      }
      place.gates.open(id);
      assert(first !== undefined);
      assertReplayed(await place.other.send("POST", `/${id}`, message), await first);
      assert.equal(place.runs(id), 1);
    },
  },
  {
    name: "what a process that is gone has begun is known as unknown, and does not run again by itself",
    async run(place) {
      const { id } = place.row();
      for (const more of [{}, { ifMatch: "*" }]) {
        const row = place.row();
        const message = waiting(place, more);
        place.store.set("working");
        await vanish(place, `/${row.id}`, message);
        for (const _ of [1, 2]) {
          const answer = await place.other.send("POST", `/${row.id}`, message);
          assertProblem(place, answer, "idempotency-in-progress", { members: { outcome: "unknown" } });
          assertHeaders(answer, { "retry-after": undefined });
        }
        assert.equal(place.runs(row.id), 1);
      }
      assertStatus(await place.other.send("POST", `/${id}`, { key: freshKey(place), json: {} }), 200);
    },
  },
  {
    name:
      "what a process that is gone has begun runs again where its If-Match names a state: once at most it has " +
      "an effect",
    async run(place) {
      const { id } = place.row();
      const message = waiting(place, { ifMatch: '"1"' });
      const [first] = await vanish(place, `/${id}`, message);
      const answer = await place.other.send("POST", `/${id}`, message);
      assertStatus(answer, 200);
      assert.equal(place.runs(id), 2);
      // The first wakes up again, and its write finds another state; the answer of the second stands.
      place.store.set("working");
      place.gates.open(id);
      assert(first !== undefined);
      assertStatus(await first, 409);
      assertReplayed(await place.send("POST", `/${id}`, message), answer);
      assert.equal(place.table.find(id)?.version, 2);
    },
  },
  {
    name: "a process that has slept past its lease, and that nobody has replaced, still leaves its answer",
    async run(place) {
      const { id } = place.row();
      const message = waiting(place);
      const [first] = await begin(place, `/${id}`, message);
      place.store.set("failing");
      place.clock.advance(place.leaseMs + 1);
      place.store.set("working");
      place.gates.open(id);
      assert(first !== undefined);
      const answer = await first;
      assertStatus(answer, 200);
      assertReplayed(await place.other.send("POST", `/${id}`, message), answer);
      assert.equal(place.runs(id), 1);
    },
  },
  {
    name: "where the store of keys is down, a request with a key is 503 and does not run; others are served",
    async run(place) {
      const { id } = place.row();
      place.store.set("failing");
      const message = { key: freshKey(place), json: {} };
      const answer = await place.send("POST", `/${id}`, message);
      assertProblem(place, answer, "store-unavailable", { members: { outcome: "not-applied" } });
      assert.match(headerOf(answer, "retry-after"), /^[1-9]\d*$/);
      assert.equal(place.runs(id), 0);
      assertStatus(await place.send("GET", `/${id}`), 200);
      assertStatus(await place.send("POST", `/${id}`, { json: {} }), 200);
      place.store.set("working");
      assertHeaders(await place.send("POST", `/${id}`, message), { "idempotency-replayed": undefined, etag: '"3"' });
    },
  },
  {
    name: "where the store of keys goes down while a request runs, its client is answered still",
    async run(place) {
      const { id } = place.row();
      const message = waiting(place);
      const [first] = await begin(place, `/${id}`, message);
      place.store.set("failing");
      place.gates.open(id);
      assert(first !== undefined);
      assertStatus(await first, 200);
      place.store.set("working");
      assertRunning(place, await place.send("POST", `/${id}`, message));
      place.clock.advance(place.leaseMs + 1);
      const unknown = await place.send("POST", `/${id}`, message);
      assertProblem(place, unknown, "idempotency-in-progress", { members: { outcome: "unknown" } });
      assert.equal(place.runs(id), 1);
    },
  },
]);

const rerunCases = keyedCasesOf("rerun", [
  {
    name: "with rerun, what has failed runs again",
    async run(place) {
      const { id } = place.row();
      const message = { key: freshKey(place), json: { do: "fail" }, foreign: true } as const;
      for (const runs of [1, 2]) {
        assert((await place.send("POST", `/${id}`, message)).status >= 500);
        assert.equal(place.runs(id), runs);
      }
    },
  },
  {
    name: "with rerun, what a process that is gone has begun runs again: the handler knows a repeat by itself",
    async run(place) {
      const { id } = place.row();
      const message = waiting(place);
      await vanish(place, `/${id}`, message);
      const answer = await place.other.send("POST", `/${id}`, message);
      assertStatus(answer, 200);
      assertReplayed(await place.other.send("POST", `/${id}`, message), answer);
      assert.equal(place.runs(id), 2);
    },
  },
]);

export const runningCases: readonly GuardCase[] = [...freeCases, ...rerunCases];
