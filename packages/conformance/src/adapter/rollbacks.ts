import assert from "node:assert/strict";
import type { JsonObject } from "@unclash/core/json";
import { type Answer, assertHeaders, assertStatus, bodyOf, etagOf, headerOf } from "./answer.js";
import { settledId } from "./conflict-records.js";
import { itemsOf } from "./lists.js";
import type { Message } from "./message.js";
import { assertInvalid, assertMalformed, assertProblem } from "./problems.js";
import { assertUntouched, create, type Resource, read, remove, replace } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

const token = "admin";

function rollBack(trial: Trial, { path }: Resource, version: unknown, message: Message = {}): Promise<Answer> {
  return trial.send("POST", `${path}/rollback`, { token, json: { version }, ...message });
}

/** A resource with a state for each of these. */
async function createAll(trial: Trial, collection: string, ...states: JsonObject[]): Promise<readonly Resource[]> {
  const [first = {}, ...others] = states;
  const made = [await create(trial, collection, first)];
  for (const fields of others) made.push(await replace(trial, lastOf(made), fields));
  return made;
}

function lastOf(resources: readonly Resource[]): Resource {
  const last = resources.at(-1);
  assert(last !== undefined);
  return last;
}

async function historyOf(trial: Trial, { path }: Resource): Promise<readonly JsonObject[]> {
  return itemsOf(await trial.send("GET", `${path}/versions`));
}

export const rollbackCases: readonly AdapterCase[] = casesOn("roles", [
  {
    name: "a rollback makes the fields of a past state a new version, and says so in the history",
    async run(trial) {
      for (const collection of ["articles", "hashed", "latest"]) {
        const [one, two] = await createAll(trial, collection, { title: "1", tags: ["a"] }, { title: "2" });
        assert(one !== undefined && two !== undefined);
        const answer = await rollBack(trial, one, 1, { ifMatch: two.etag });
        assertStatus(answer, 200);
        assert.deepEqual(bodyOf(answer), { id: one.id, version: 3, title: "1", tags: ["a"] });
        assertHeaders(answer, { "content-location": one.wholePath, location: undefined });
        headerOf(answer, "last-modified");
        const current = await read(trial, one);
        assert.deepEqual([current.text, etagOf(current)], [answer.text, etagOf(answer)]);
        assert.equal((await trial.send("GET", `${one.path}/versions/1`)).text, one.text);
        const told = (await historyOf(trial, one)).map(({ version, cause, author }) => [version, cause, author]);
        assert.deepEqual(told, [
          [3, "rollback", "admin"],
          [2, "replace", undefined],
          [1, "create", undefined],
        ]);
      }
    },
  },
  {
    name: "a rollback is for admins where the app sets no rules: 401 for anonymous callers, 403 for others",
    async run(trial) {
      const [one, two] = await createAll(trial, "articles", { n: 1 }, { n: 2 });
      assert(one !== undefined && two !== undefined);
      const message = { json: { version: 1 }, ifMatch: two.etag };
      const anonymous = await trial.send("POST", `${one.path}/rollback`, message);
      assertProblem(trial, anonymous, "unauthenticated");
      headerOf(anonymous, "www-authenticate");
      for (const path of [one.path, "/articles/never"]) {
        const refused = await trial.send("POST", `${path}/rollback`, { ...message, token: "alice" });
        assertProblem(trial, refused, "forbidden");
      }
      await assertUntouched(trial, two);
    },
  },
  {
    name: "a rollback needs the precondition of its collection, and conflicts as a PUT of that state would",
    async run(trial) {
      const [one, two, three] = await createAll(trial, "articles", { n: 1 }, { n: 2 }, { n: 3 });
      assert(one !== undefined && two !== undefined && three !== undefined);
      const required = await rollBack(trial, one, 1);
      assertProblem(trial, required, "precondition-required", { members: { links: { resource: one.wholePath } } });
      const stale = await rollBack(trial, one, 1, { ifMatch: two.etag });
      assertStatus(stale, 409);
      const { expected, changes, conflictingFields, identical } = bodyOf(stale);
      assert.deepEqual(
        { expected, changes, conflictingFields, identical },
        {
          expected: { etag: [two.etag] },
          changes: [{ op: "replace", path: "/n", value: 3 }],
          conflictingFields: ["/n"],
          identical: false,
        },
      );
      assertStatus(await rollBack(trial, one, 1, { ifNoneMatch: "*" }), 409);
      assertMalformed(trial, await rollBack(trial, one, 1, { ifMatch: "x" }), {
        code: "malformed-etag",
        header: "If-Match",
      });
      await assertUntouched(trial, three);
      assertStatus(await rollBack(trial, one, 1, { ifMatch: "*" }), 200);
      const [early, late] = await createAll(trial, "latest", { n: 1 }, { n: 2 }, { n: 3 });
      assert(early !== undefined && late !== undefined);
      const settled = await rollBack(trial, early, 1, { ifMatch: late.etag });
      assertStatus(settled, 200);
      settledId(settled, "last-write-wins");
    },
  },
  {
    name: "a version that never was is 404, whatever the precondition; content that names none is 400, or 415",
    async run(trial) {
      const one = await create(trial, "articles", { n: 1 });
      for (const message of [{}, { ifMatch: one.etag }, { ifMatch: '"x"' }]) {
        for (const version of [0, 2, 9_007_199_254_740_991])
          assertProblem(trial, await rollBack(trial, one, version, message), "not-found");
      }
      const never = await trial.send("POST", "/articles/never/rollback", { token, json: { version: 1 } });
      assertProblem(trial, never, "not-found");
      for (const json of [{ version: "1" }, { version: 1.5 }, { version: -1 }, {}, [], "x", null]) {
        const answer = await rollBack(trial, one, 0, { json, ifMatch: one.etag });
        assertMalformed(trial, answer, { code: "malformed-version", pointer: "/version" });
      }
      const path = `${one.path}/rollback`;
      const large = await trial.send("POST", path, { token, content: '{"version":9007199254740993}' });
      assertMalformed(trial, large, { code: "malformed-version", pointer: "/version" });
      const more = await rollBack(trial, one, 0, { json: { version: 1, "a/b": 1 }, ifMatch: one.etag });
      assertMalformed(trial, more, { code: "unknown-member", pointer: "/a~1b" });
      assertProblem(trial, await trial.send("POST", path, { token, mergePatch: {} }), "unsupported-media-type");
      assertProblem(trial, await trial.send("GET", path, { token }), "method-not-allowed");
      await assertUntouched(trial, one);
    },
  },
  {
    name: "what was deleted is made again from a past state with If-None-Match: *, and a deletion is no target",
    async run(trial) {
      const [one, two] = await createAll(trial, "articles", { n: 1 }, { n: 2 });
      assert(one !== undefined && two !== undefined);
      await remove(trial, two);
      assertProblem(trial, await rollBack(trial, one, 2), "precondition-required", {
        members: { links: { resource: one.wholePath } },
      });
      assertStatus(await rollBack(trial, one, 2, { ifMatch: two.etag }), 409);
      const target = await rollBack(trial, one, 3, { ifNoneMatch: "*" });
      assertProblem(trial, target, "invalid-state", { members: { resource: one.key } });
      const made = await rollBack(trial, one, 2, { ifNoneMatch: "*" });
      assertStatus(made, 201);
      assert.deepEqual(bodyOf(made), { id: one.id, version: 4, n: 2 });
      assertHeaders(made, { location: one.wholePath, "content-location": one.wholePath });
      assert.equal((await read(trial, one)).text, made.text);
      assertProblem(trial, await rollBack(trial, one, 3, { ifMatch: etagOf(made) }), "invalid-state", {
        members: { resource: one.key },
      });
      const causes = (await historyOf(trial, one)).map(({ cause, deleted }) => [cause, deleted]);
      assert.deepEqual(causes.slice(0, 2), [
        ["rollback", undefined],
        ["delete", true],
      ]);
      const free = await create(trial, "notes", { n: 1 });
      await remove(trial, free);
      assertStatus(await rollBack(trial, free, 1), 201);
    },
  },
  {
    name: "a rollback is held to references, unique values and states as a PUT is",
    async run(trial) {
      const [sku, other, tea] = [trial.nextName(), trial.nextName(), trial.nextName()];
      const product = await create(trial, "products", { sku });
      await replace(trial, product, { sku: other });
      const holder = await create(trial, "products", { sku });
      const taken = { resource: product.key, field: "/sku", holder: holder.key };
      assertProblem(trial, await rollBack(trial, product, 1), "duplicate", { members: taken });
      const bought = await create(trial, "products", { sku: tea });
      const order = await create(trial, "orders", { product: bought.id, status: "pending" });
      const paid = await replace(trial, order, { status: "paid" });
      const fault = { resource: order.key, field: "/status", from: "paid", to: "pending", allowed: [] };
      assertProblem(trial, await rollBack(trial, order, 1), "invalid-state", { members: fault });
      await assertUntouched(trial, paid);
      const second = await create(trial, "orders", { product: bought.id, status: "pending" });
      const loose = await replace(trial, second, { status: "pending" });
      await remove(trial, bought);
      assertInvalid(trial, await rollBack(trial, second, 1), "/product");
      await assertUntouched(trial, loose);
      const again = await rollBack(trial, bought, 1);
      assertStatus(again, 201);
      assertStatus(await rollBack(trial, second, 1), 200);
      const referred = await trial.send("DELETE", bought.path, { ifMatch: "*" });
      assertProblem(trial, referred, "invalid-state", {
        members: { resource: bought.key, field: "/product" },
      });
    },
  },
  {
    name: "a rollback to what is there already changes nothing, nor does one that is tried out; 204 is for who prefers",
    async run(trial) {
      const [one, two, three] = await createAll(trial, "articles", { n: 1 }, { n: 2 }, { n: 1 });
      assert(one !== undefined && two !== undefined && three !== undefined);
      for (const version of [1, 3]) {
        const same = await rollBack(trial, one, version, { ifMatch: three.etag });
        assertStatus(same, 200);
        assert.deepEqual([same.text, etagOf(same)], [three.text, three.etag]);
      }
      const tried = await rollBack(trial, one, 2, { ifMatch: three.etag, prefer: "dry-run" });
      assertStatus(tried, 200);
      assert.deepEqual(bodyOf(tried), { id: one.id, version: 4, n: 2 });
      assertHeaders(tried, { etag: undefined, "preference-applied": "dry-run" });
      await assertUntouched(trial, three);
      const minimal = await rollBack(trial, one, 2, { ifMatch: three.etag, prefer: "return=minimal" });
      assertStatus(minimal, 204);
      assertHeaders(minimal, { "preference-applied": "return=minimal" });
      assert.equal(etagOf(await read(trial, one)), etagOf(minimal));
    },
  },
  {
    name: "a rollback with a key that is repeated has one effect and one answer",
    async run(trial) {
      const [one, two] = await createAll(trial, "articles", { n: 1 }, { n: 2 });
      assert(one !== undefined && two !== undefined);
      const message = { ifMatch: two.etag, key: `"a-key-of-a-rollback-${trial.nextName()}"` };
      const first = await rollBack(trial, one, 1, message);
      assertStatus(first, 200);
      const again = await rollBack(trial, one, 1, message);
      assert.deepEqual([again.status, again.text, etagOf(again)], [200, first.text, etagOf(first)]);
      assertHeaders(again, { "idempotency-replayed": "true" });
      assertProblem(trial, await rollBack(trial, one, 2, message), "idempotency-key-reused");
      assert.equal((await historyOf(trial, one)).length, 3);
    },
  },
  {
    name: "where versions are timestamps a rollback names the time of a state, and makes a later one",
    async run(trial) {
      const [one, two] = await createAll(trial, "stamped", { n: 1 }, { n: 2 });
      assert(one !== undefined && two !== undefined);
      assertProblem(trial, await rollBack(trial, one, 1), "not-found");
      const answer = await rollBack(trial, one, one.body["version"]);
      assertStatus(answer, 200);
      assert.equal(bodyOf(answer)["n"], 1);
      assert(Number(bodyOf(answer)["version"]) > Number(two.body["version"]));
    },
  },
]);
