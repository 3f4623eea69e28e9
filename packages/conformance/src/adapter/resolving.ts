import assert from "node:assert/strict";
import type { JsonObject } from "@unclash/core/json";
import { type Answer, assertHeaders, assertStatus, bodyOf, etagOf, memberOf } from "./answer.js";
import { conflictOf, recordedId, resolve } from "./conflict-records.js";
import { itemsOf } from "./lists.js";
import { assertInvalid, assertProblem } from "./problems.js";
import { assertUntouched, createChanged, type Resource, remove, replace } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

const token = "bob";
const before = { title: "A", text: "t" };
const after = { title: "B", text: "t" };

/** An open conflict of `bob`'s, and the resource as it is. */
export interface Parked {
  readonly conflict: string;
  readonly second: Resource;
}

export async function park(trial: Trial, json: JsonObject, id?: string): Promise<Parked> {
  const { first, second } = await createChanged(trial, "notes", [before, after], id === undefined ? {} : { id });
  const late = await trial.send("PUT", first.path, { json, ifMatch: first.etag, token });
  return { conflict: recordedId(late), second };
}

export const mine = { title: "M", text: "t" };
const clean = { title: "A", text: "m" };

/** Checks that a conflict is as open as it was, and its resource untouched. */
export async function assertOpen(trial: Trial, { conflict, second }: Parked): Promise<void> {
  assert.equal((await conflictOf(trial, conflict, token))["state"], "open");
  await assertUntouched(trial, second, token);
}

export async function assertResolved(
  trial: Trial,
  answer: Answer,
  resource: Resource,
  left: JsonObject,
): Promise<void> {
  const current = await trial.send("GET", resource.path, { token });
  assertStatus(current, 200);
  assert.deepEqual(bodyOf(current), { id: resource.id, ...left });
  assertStatus(answer, 200);
  assertHeaders(answer, { "cache-control": "no-store" });
  const { message, ...body } = bodyOf(answer);
  assert(typeof message === "string" && message !== "");
  const { version } = left;
  assert.deepEqual(body, { status: "resolved", resource: resource.key, version, etag: etagOf(current) });
}

export const resolvingCases: readonly AdapterCase[] = casesOn("recording", [
  {
    name: "a conflict is resolved with mine, theirs, a merge or a custom value, as a version of its own or as it is",
    async run(trial) {
      const value = { title: "Both", text: "t" };
      for (const [resolution, more, proposed, left] of [
        ["mine", {}, mine, { version: 3, ...mine }],
        ["theirs", {}, mine, { version: 2, ...after }],
        ["merge", {}, clean, { version: 3, title: "B", text: "m" }],
        ["custom", { value }, mine, { version: 3, ...value }],
        ["custom", { value: { id: "other", version: 9, etag: '"x"', ...value } }, mine, { version: 3, ...value }],
        ["custom", { value: after }, mine, { version: 2, ...after }],
      ] as const) {
        const { conflict, second } = await park(trial, proposed);
        const answer = await resolve(trial, { conflict, resolution, ...more }, { token });
        await assertResolved(trial, answer, second, left);
        const shown = await conflictOf(trial, conflict, token);
        const told = [shown["state"], shown["resolution"], shown["resolvedBy"], typeof shown["resolvedAt"]];
        assert.deepEqual(told, ["resolved", resolution, token, "string"]);
        const [newest] = itemsOf(await trial.send("GET", `${second.path}/versions`, { token }));
        const written = left.version === 3 ? ["resolution", token] : ["put", "alice"];
        assert.deepEqual([newest?.["version"], newest?.["author"]], [left.version, written[1]]);
      }
    },
  },
  {
    name: "a parked deletion is carried out by mine",
    async run(trial) {
      const { first, second } = await createChanged(trial, "notes", [before, after]);
      const conflict = recordedId(await trial.send("DELETE", first.path, { ifMatch: first.etag, token }));
      const answer = await resolve(trial, { conflict, resolution: "mine" }, { token });
      assertStatus(answer, 200);
      assert.deepEqual([memberOf(answer, "version"), memberOf(answer, "etag")], [3, undefined]);
      assertStatus(await trial.send("GET", second.path, { token }), 410);
    },
  },
  {
    name: "row 49: to resolve another's conflict, or one that there is not, is 404, and nothing happens",
    async run(trial) {
      const parked = await park(trial, mine);
      for (const resolution of ["mine", "theirs", "merge"])
        assertProblem(
          trial,
          await resolve(trial, { ...parked, second: undefined, resolution }, { token: "alice" }),
          "not-found",
        );
      const { conflict: id } = parked;
      const others = [
        `${id.slice(0, -1)}g`,
        "c_",
        "",
        `../${id}`,
        `${id}/`,
        `_conflict/${id}`,
        parked.second.key,
        "__proto__",
      ];
      for (const conflict of [...others, "x".repeat(10_000), `c_${"0".repeat(36)}`])
        assertProblem(trial, await resolve(trial, { conflict, resolution: "mine" }, { token: "admin" }), "not-found");
      const anonymous = await resolve(trial, { conflict: id, resolution: "mine" });
      assertProblem(trial, anonymous, "unauthenticated");
      await assertOpen(trial, parked);
    },
  },
  {
    name: "row 49: to resolve what is resolved already is 409, whatever the resolution",
    async run(trial) {
      const { conflict, second } = await park(trial, mine);
      assertStatus(await resolve(trial, { conflict, resolution: "theirs" }, { token }), 200);
      for (const more of [{ resolution: "mine" }, { resolution: "theirs" }, { resolution: "custom", value: {} }]) {
        const members = { state: "resolved", resolution: "theirs" };
        const again = await resolve(trial, { conflict, ...more }, { token });
        assertProblem(trial, again, "conflict-closed", { members });
      }
      await assertUntouched(trial, second, token);
    },
  },
  {
    name: "row 49: to resolve a conflict whose resource has moved on is 409, unless the request names what there is",
    async run(trial) {
      const { conflict, second } = await park(trial, mine);
      const third = await replace(trial, second, { title: "C", text: "t" }, token);
      for (const more of [{}, { version: 2 }, { version: 4 }, { version: 1 }]) {
        for (const resolution of ["mine", "theirs", "merge"]) {
          const moved = await resolve(trial, { conflict, resolution, ...more }, { token });
          assertStatus(moved, 409);
          const { type, current, expected } = bodyOf(moved);
          assert.equal(type, `${trial.typePrefix}version-conflict`);
          assert.equal(Object(current).version, 3);
          assert.deepEqual(expected, { version: 2, ...more });
        }
      }
      await assertOpen(trial, { conflict, second: third });
      const answer = await resolve(trial, { conflict, resolution: "mine", version: 3 }, { token });
      await assertResolved(trial, answer, second, { version: 4, ...mine });
    },
  },
  {
    name: "row 49: a custom value that breaks the schema, a state or a unique value is refused as in a PUT",
    async run(trial) {
      const order = { quantity: 1, status: "pending" };
      const sku = trial.nextName();
      const holder = await createChanged(trial, "orders", [
        { ...order, sku },
        { ...order, sku, price: 1 },
      ]);
      const { first, second } = await createChanged(trial, "orders", [order, { ...order, price: 1 }]);
      const late = await trial.send("PUT", first.path, { json: { ...order, price: 2 }, ifMatch: first.etag, token });
      const conflict = recordedId(late);
      const custom = (value: unknown) => resolve(trial, { conflict, resolution: "custom", value }, { token });
      assertInvalid(trial, await custom({ quantity: "many", status: 1 }), "/quantity", "/status");
      for (const value of [null, [], "x", 1]) assertInvalid(trial, await custom(value), "");
      const state = { resource: first.key, field: "/status", from: "pending", to: "shipped" };
      assertProblem(trial, await custom({ ...order, status: "shipped" }), "invalid-state", {
        members: { ...state, allowed: ["paid", "cancelled"] },
      });
      assertProblem(trial, await custom({ ...order, sku }), "duplicate", {
        members: { resource: first.key, field: "/sku", holder: holder.first.key },
      });
      await assertOpen(trial, { conflict, second });
    },
  },
  {
    name: "a merge that leaves something open resolves nothing, and names what it is",
    async run(trial) {
      const parked = await park(trial, mine);
      const { conflict } = parked;
      const unmerged = await resolve(trial, { conflict, resolution: "merge" }, { token });
      assertStatus(unmerged, 409);
      assert.deepEqual(memberOf(unmerged, "conflictingFields"), ["/title"]);
      await assertOpen(trial, parked);
    },
  },
  {
    name: "a deletion that came in between can be agreed to, and is not undone",
    async run(trial) {
      const { conflict, second } = await park(trial, mine);
      await remove(trial, second);
      for (const more of [{}, { version: 3 }]) {
        for (const resolution of ["mine", "merge"])
          assertStatus(await resolve(trial, { conflict, resolution, ...more }, { token }), 409);
      }
      assertStatus(await resolve(trial, { conflict, resolution: "theirs" }, { token }), 409);
      const agreed = await resolve(trial, { conflict, resolution: "theirs", version: 3 }, { token });
      assertStatus(agreed, 200);
      assertStatus(await trial.send("GET", second.path, { token }), 410);
    },
  },
  {
    name: "of several resolutions of one conflict at once exactly one is carried out, and the others are 409",
    async run(trial) {
      const { conflict, second } = await park(trial, mine);
      const values = Array.from({ length: 12 }, (_, n) => ({ title: `${n}` }));
      const answers = await Promise.all(
        values.map((value, n) =>
          resolve(
            trial,
            { conflict, ...(n % 3 === 0 ? { resolution: "theirs" } : { resolution: "custom", value }) },
            { token },
          ),
        ),
      );
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, ...answers.slice(1).map(() => 409)]);
      const at = answers.findIndex(({ status }) => status === 200);
      const current = bodyOf(await trial.send("GET", second.path, { token }));
      assert.deepEqual([current["version"], current["title"]], at % 3 === 0 ? [2, "B"] : [3, `${at}`]);
      const shown = await conflictOf(trial, conflict, token);
      assert.equal(shown["resolution"], at % 3 === 0 ? "theirs" : "custom");
    },
  },
  {
    name: "a resolution and a write at once are one after the other, and neither is lost",
    async run(trial) {
      for (let round = 0; round < 8; round++) {
        const { conflict, second } = await park(trial, mine);
        const put = { json: { title: "P", text: "t" }, ifMatch: second.etag, token };
        const [resolved, written] = await Promise.all([
          resolve(trial, { conflict, resolution: "mine" }, { token }),
          trial.send("PUT", second.path, put),
        ]);
        const current = bodyOf(await trial.send("GET", second.path, { token }));
        assert.deepEqual([resolved.status, written.status].toSorted(), [200, 409]);
        assert.deepEqual([current["version"], current["title"]], [3, resolved.status === 200 ? "M" : "P"]);
        const { state } = await conflictOf(trial, conflict, token);
        assert.equal(state, resolved.status === 200 ? "resolved" : "open");
      }
    },
  },
  {
    name: "with a key, a resolution is answered again as it was; tried out, it changes nothing",
    async run(trial) {
      const parked = await park(trial, mine);
      const { conflict } = parked;
      const tried = await resolve(trial, { conflict, resolution: "mine" }, { token, prefer: "dry-run" });
      assertStatus(tried, 200);
      assertHeaders(tried, { "preference-applied": "dry-run" });
      assert.deepEqual([memberOf(tried, "version"), memberOf(tried, "etag")], [3, undefined]);
      await assertOpen(trial, parked);
      const key = `resolve-${trial.nextName()}-${Date.now()}`;
      const answer = await resolve(trial, { conflict, resolution: "mine" }, { token, key });
      assertStatus(answer, 200);
      const again = await resolve(trial, { conflict, resolution: "mine" }, { token, key });
      assert.deepEqual([again.status, again.text], [200, answer.text]);
      assertHeaders(again, { "idempotency-replayed": "true" });
      const other = await resolve(trial, { conflict, resolution: "theirs" }, { token, key });
      assertProblem(trial, other, "idempotency-key-reused");
    },
  },
]);
