import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { RequestDecision } from "unclash";
import { assertStatus } from "../adapter/answer.js";
import { createTestClock } from "../store/test-clock.js";
import type { GuardForm, PlainRequest } from "./app.js";
import type { Place } from "./place.js";
import { guardForms, type Setup, type SetupOptions, stand } from "./setup.js";
import { setups } from "./setups.js";
import { outcomeHandlers, racingHandlers, settledHandlers } from "./special-handlers.js";
import { placeOf, type Stage } from "./stage.js";
import { changed } from "./steps.js";
import type { GuardCase } from "./trial.js";
import { whoIs } from "./who-is.js";

/** What a guard's observer is called with. */
type Observed = RequestDecision<PlainRequest>;

/** A place whose guard is observed. */
interface ObservedPlace extends Place {
  /** The name of its routes, as its framework gives it. */
  readonly route: string | undefined;
  /** The decisions since they were last looked at: so many are waited for, and more are too many. */
  decisions(count: number): Promise<readonly Observed[]>;
}

interface ObservingCase {
  readonly name: string;
  readonly needs?: GuardCase["needs"];
  /** @default all three */
  readonly forms?: readonly GuardForm[];
  readonly setup?: Setup;
  /** Besides those of the setup. */
  readonly options?: (stage: Stage) => SetupOptions | Promise<SetupOptions>;
  readonly run: (place: ObservedPlace) => Promise<void>;
}

const json = { title: "C" };

/** Compares some members of the only decision that there is. */
async function assertDecided(place: ObservedPlace, members: Partial<Observed>): Promise<void> {
  const [decision] = await place.decisions(1);
  for (const [name, value] of Object.entries(members)) {
    const found: unknown = Reflect.get(Object(decision), name);
    assert(isDeepStrictEqual(found, value), `${name} is ${String(value)}, not ${JSON.stringify(found)}`);
  }
}

const cases: readonly ObservingCase[] = [
  {
    name: "an observer is called once for each request, with its route, its resource, its outcome and itself",
    async run(place) {
      const { id } = place.row();
      const path = `/${id}`;
      const resource = `${place.prefix}/${id}`.slice(1);
      const common = { kind: "request", route: place.route, resource, collection: undefined, attempts: 1 } as const;
      assertStatus(await place.send("GET", path), 200);
      await assertDecided(place, { ...common, method: "GET", status: 200, outcome: "passed", problem: undefined });
      assertStatus(await place.send("GET", path, { ifNoneMatch: '"1"' }), 304);
      await assertDecided(place, { ...common, status: 304, outcome: "not-modified", problem: undefined });
      assertStatus(await place.send("PUT", path, { json }), 428);
      const refusal = { outcome: "precondition-required", problem: "precondition-required" } as const;
      await assertDecided(place, { ...common, method: "PUT", status: 428, ...refusal, conflict: undefined });
      assertStatus(await place.send("PUT", path, { json, ifMatch: "x" }), 400);
      await assertDecided(place, { ...common, status: 400, problem: "malformed-request" });
      assertStatus(await place.send("PUT", path, { json, ifMatch: '"1"' }), 200);
      const [decision] = await place.decisions(1);
      assert.deepEqual([decision?.native.id, decision?.native.method], [id, "PUT"], "the framework's own request");
      assert(decision !== undefined && decision.durationMs > 0, "it took a while");
    },
  },
  {
    name: "an observer is told of a conflict how many versions the write was behind, and which fields it touches",
    setup: { ...setups.outcomes, handlers: outcomeHandlers },
    async run(place) {
      const row = changed(place, changed(place, place.row()));
      assertStatus(await place.send("PUT", `/${row.id}`, { json, ifMatch: '"1"' }), 409);
      const conflict = { result: "refused", strategy: "reject" } as const;
      await assertDecided(place, {
        problem: "version-conflict",
        conflict: { ...conflict, condition: "if-match", versionsBehind: 2, fields: ["/title"] },
      });
      assertStatus(await place.send("PUT", `/${row.id}`, { json: { do: "lose" }, ifMatch: '"3"' }), 409);
      const [lost] = await place.decisions(1);
      assert.deepEqual([lost?.status, lost?.outcome, lost?.conflict?.versionsBehind], [409, "version-conflict", 1]);
      assertStatus(await place.send("PUT", `/${row.id}`, { json: { do: "refuse" }, ifMatch: '"4"' }), 409);
      await assertDecided(place, { status: 409, outcome: "duplicate", problem: "duplicate", conflict: undefined });
      assertStatus(await place.send("PUT", `/${row.id}`, { json: { do: "triedAgain" }, ifMatch: '"4"' }), 200);
      await assertDecided(place, { status: 200, outcome: "passed", problem: undefined, conflict: undefined });
    },
  },
  {
    name: "an observer is told of a stale write that a strategy let through",
    setup: { ...setups.allowing, handlers: settledHandlers },
    async run(place) {
      const row = changed(place, place.row());
      const message = { json, ifMatch: '"1"', prefer: "on-conflict=last-write-wins" };
      assertStatus(await place.send("PUT", `/${row.id}`, message), 200);
      const conflict = { result: "settled", strategy: "last-write-wins", condition: "if-match" } as const;
      await assertDecided(place, {
        outcome: "passed",
        conflict: { ...conflict, versionsBehind: 1, fields: ["/title"] },
      });
    },
  },
  {
    name: "an observer is told how often a handler ran whose write lost races",
    forms: ["guarded"],
    setup: { ...setups.racing, handlers: racingHandlers },
    async run(place) {
      const { id } = place.row();
      assertStatus(await place.send("PUT", `/${id}`, { json: { ...json, lose: 2 } }), 200);
      await assertDecided(place, { status: 200, outcome: "passed", attempts: 3, conflict: undefined });
    },
  },
  {
    name: "an observer is told what a guard that only reports would have answered",
    setup: setups.reporting,
    async run(place) {
      const { id } = place.row();
      assertStatus(await place.send("PUT", `/${id}`, { json }), 200);
      await assertDecided(place, { status: 200, outcome: "passed", reported: "precondition-required" });
    },
  },
  {
    name: "an observer is told of a request once, whichever guard around it decides, and who made it",
    setup: {
      outer: (table) => ({ load: ({ id }) => table.load(id), identify: ({ headers }) => whoIs(headers) }),
    },
    async run(place) {
      const { id } = place.row();
      assertStatus(await place.send("PUT", `/${id}`, { json, ifMatch: '"1"', token: "alice" }), 200);
      await assertDecided(place, { outcome: "passed", route: place.route, actor: "alice" });
      assertStatus(await place.send("PUT", `/${id}`, { json, ifMatch: '"1"', token: "alice" }), 409);
      await assertDecided(place, { outcome: "version-conflict" });
    },
  },
  {
    name: "a guard's own route is the name that observers get",
    options: () => ({ route: ({ method }) => `${method} of a row` }),
    async run(place) {
      assertStatus(await place.send("GET", `/${place.row().id}`), 200);
      await assertDecided(place, { route: "GET of a row" });
    },
  },
  {
    name: "an observer is told of an answer that is given again",
    needs: "store",
    forms: ["guarded", "guard"],
    async options({ options, afterwards }) {
      const store = await options.store?.({ clock: createTestClock() });
      if (store === undefined) throw new TypeError("There is no store for keys.");
      afterwards(() => store.close());
      return { preconditions: { required: false }, idempotency: { store, anonymous: "address" } };
    },
    async run(place) {
      const message = { json, key: "0123456789abcdef" };
      const path = `/${place.row().id}`;
      assertStatus(await place.send("PUT", path, message), 200);
      await assertDecided(place, { outcome: "passed" });
      assertStatus(await place.send("PUT", path, message), 200);
      await assertDecided(place, { status: 200, outcome: "replayed", route: place.route });
    },
  },
];

async function observedPlace(stage: Stage, form: GuardForm, observing: ObservingCase): Promise<ObservedPlace> {
  const { setup = {}, options = () => ({}) } = observing;
  const more = await options(stage);
  const seen: Observed[] = [];
  const observe = (decision: Observed): void => void seen.push(decision);
  const { outer } = setup;
  const standing = stand(
    "observed",
    {
      ...setup,
      options: (table) => ({ ...setup.options?.(table), ...more, observe }),
      ...(outer && { outer: (table) => ({ ...outer(table), observe }) }),
    },
    form,
  );
  const trial = await stage.serve({ resources: [standing.resource] });
  const { routeNames = true } = stage.options;
  return {
    ...placeOf(trial, form, standing),
    route: routeNames ? `${standing.prefix}/:id` : undefined,
    async decisions(count) {
      const until = performance.now() + trial.patienceMs;
      // A response is at its client before its end is known here.
      while (seen.length < count && performance.now() < until) await turn();
      await turn();
      assert.equal(seen.length, count, `there are ${seen.length} decisions in place of ${count}`);
      return seen.splice(0);
    },
  };
}

export const observingCases: readonly GuardCase[] = cases.flatMap((observing) =>
  (observing.forms ?? guardForms).map((form) => ({
    name: `${form}: ${observing.name}`,
    ...(observing.needs && { needs: observing.needs }),
    run: async (stage: Stage) => observing.run(await observedPlace(stage, form, observing)),
  })),
);
