import assert from "node:assert/strict";
import { isGuardError } from "unclash";
import { assertHeaders, assertStatus } from "../adapter/answer.js";
import type { GuardedApp, PlainAnswer } from "./app.js";
import type { Place } from "./place.js";
import { guardForms, type Setup, stand } from "./setup.js";
import { outcomeHandlers } from "./special-handlers.js";
import { placeOf } from "./stage.js";
import { changed, written } from "./steps.js";
import type { FormCase, GuardCase } from "./trial.js";

/** An app with an error handler of its own, to which all problems go. */
const setup: Setup = { options: () => ({ onError: "next" }), handlers: outcomeHandlers };

function onError(error: unknown): PlainAnswer | undefined {
  if (isGuardError(error)) {
    const type = error.problem?.type ?? null;
    return { status: error.status, headers: { "x-own": "yes" }, body: { own: true, type } };
  }
  const isOurs = error instanceof Error && error.message === "The handler has failed.";
  return isOurs ? { status: 418, headers: { "x-own": "yes" }, body: { own: true, type: null } } : undefined;
}

const cases: readonly FormCase[] = [
  {
    name: "onError \"next\": problems of the guard are the app's own error handler's to answer",
    async run(place) {
      const row = changed(place, place.row());
      const json = { title: "C" };
      for (const [message, path, status, slug] of [
        [{ json }, `/${row.id}`, 428, "precondition-required"],
        [{ json, ifMatch: '"1"' }, `/${row.id}`, 409, "version-conflict"],
        [{ json, ifMatch: "x" }, `/${row.id}`, 400, "malformed-request"],
        [{ json, ifMatch: "*" }, "/never", 404, "not-found"],
        [{ json: { do: "conflict" }, ifMatch: '"2"' }, `/${row.id}`, 409, "version-conflict"],
        [{ json: { do: "refuse" }, ifMatch: '"2"' }, `/${row.id}`, 409, "duplicate"],
        [{ json: { do: "vanish" }, ifMatch: '"2"' }, `/${row.id}`, 404, "not-found"],
      ] as const) {
        const answer = await place.send("PUT", path, { ...message, foreign: true });
        assertStatus(answer, status);
        assertHeaders(answer, { "x-own": "yes" });
        assert.deepEqual(answer.json, { own: true, type: place.typePrefix + slug });
      }
    },
  },
  {
    name: 'onError "next": what is no problem is answered as ever',
    async run(place) {
      const { id } = place.row();
      await written(place, "PUT", `/${id}`, { json: { title: "B" }, ifMatch: '"1"' });
      assertHeaders(await place.send("GET", `/${id}`), { etag: '"2"' });
    },
  },
  {
    name: "an error of the handler's own reaches the app's error handler, and takes no entity-tag along",
    async run(place) {
      const { id } = place.row();
      const message = { json: { do: "fail" }, ifMatch: '"1"', foreign: true } as const;
      const answer = await place.send("PUT", `/${id}`, message);
      assertStatus(answer, 418);
      assertHeaders(answer, { "x-own": "yes", etag: undefined });
    },
  },
];

/** An app whose guards and whose `problems()` have one format. */
const format: NonNullable<GuardedApp["problem"]> = ({ status, instance }, { method }) => ({
  error: { status, instance, method },
});

const formatted: GuardCase = {
  name: "guarded: what body parsers refuse has the app's own format, as the problems of guards do",
  async run(stage) {
    const standing = stand("formatted", { options: () => ({ problem: format }) }, "guarded");
    const trial = await stage.serve({ resources: [standing.resource], problem: format });
    const place = placeOf(trial, "guarded", standing);
    const { id } = place.row();
    for (const [message, status] of [
      [{ content: "{", ifMatch: '"1"' }, 400],
      [{ json: {} }, 428],
    ] as const) {
      const answer = await place.send("PUT", `/${id}`, { ...message, foreign: true });
      assertStatus(answer, status);
      assertHeaders(answer, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
      assert.deepEqual(answer.json, { error: { status, instance: `${place.prefix}/${id}`, method: "PUT" } });
    }
  },
};

const handedCases: readonly GuardCase[] = cases.flatMap(({ name, run }) =>
  guardForms.map((form) => ({
    name: `${form}: ${name}`,
    async run(stage) {
      const standing = stand("handed", setup, form);
      const trial = await stage.serve({ resources: [standing.resource], onError });
      const place: Place = placeOf(trial, form, standing);
      await run(place);
    },
  })),
);

export const errorHandlerCases: readonly GuardCase[] = [...handedCases, formatted];
