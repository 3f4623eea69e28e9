import assert from "node:assert/strict";
import { type Answer, assertHeaders, assertStatus, bodyOf, etagOf, memberOf } from "./answer.js";
import { conflictOf, conflictsOf, recordedId, settledId } from "./conflict-records.js";
import type { Message } from "./message.js";
import { assertProblem } from "./problems.js";
import { assertUntouched, create, createChanged, modifiedAtOf, type Resource, read, replace } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

const token = "bob";
const base = { title: "A", body: "1\n2\n3\n", tags: ["a", "b"], stock: 10 };
const theirs = { title: "A", body: "1\n2\n3 theirs\n", tags: ["b", "c"], stock: 7 };
const mine = { title: "M", body: "1 mine\n2\n3\n", tags: ["a", "b", "d"], stock: 12 };
const merged = { title: "M", body: "1 mine\n2\n3 theirs\n", tags: ["b", "c", "d"], stock: 9 };

/** The three ways to say what `mine` has changed. */
const lateWrites: readonly (readonly [string, Message])[] = [
  ["PUT", { json: mine }],
  ["PATCH", { mergePatch: mine }],
  [
    "PATCH",
    {
      jsonPatch: [
        { op: "test", path: "/stock", value: 10 },
        { op: "replace", path: "/title", value: "M" },
        { op: "replace", path: "/body", value: mine.body },
        { op: "add", path: "/tags/-", value: "d" },
        { op: "replace", path: "/stock", value: 12 },
      ],
    },
  ],
];

/** Checks that a late write was merged, and that what it was answered with is what is there. */
async function assertMerged(trial: Trial, { id, path }: Resource, answer: Answer): Promise<void> {
  assertStatus(answer, 200);
  assert.deepEqual(bodyOf(answer), { id, version: 3, ...merged });
  const current = await trial.send("GET", path, { token });
  assert.deepEqual([current.text, etagOf(current)], [answer.text, etagOf(answer)]);
}

/** Checks that a late write is a conflict that shows the current state, and names these fields. */
async function assertUnmerged(trial: Trial, answer: Answer, second: Resource, ...fields: string[]): Promise<void> {
  assertStatus(answer, 409);
  assertHeaders(answer, { etag: undefined, "unclash-conflict": undefined });
  const { type, current, conflictingFields } = bodyOf(answer);
  assert.equal(type, `${trial.typePrefix}version-conflict`);
  assert.deepEqual(conflictingFields, fields);
  const modifiedAt = await modifiedAtOf(trial, second, "admin");
  const by = "alice";
  assert.deepEqual(current, { version: 2, etag: second.etag, modifiedAt, by, representation: second.body });
  await assertUntouched(trial, second, "admin");
}

export const mergingCases: readonly AdapterCase[] = casesOn("recording", [
  {
    name: "a late PUT, merge patch or JSON Patch is merged over the state that it names, and its answer says so",
    async run(trial) {
      for (const [method, message] of lateWrites) {
        const { first } = await createChanged(trial, "articles", [base, theirs]);
        const answer = await trial.send(method, first.path, { ...message, ifMatch: first.etag, token });
        await assertMerged(trial, first, answer);
        const conflict = await conflictOf(trial, settledId(answer, "merge"), token);
        assert.deepEqual([conflict["resource"], conflict["state"], conflict["by"]], [first.key, "resolved", token]);
      }
    },
  },
  {
    name: "the version in the content names the state of a merge as an entity-tag does",
    async run(trial) {
      for (const [method, content] of [
        ["PUT", "json"],
        ["PATCH", "mergePatch"],
      ] as const) {
        const { first } = await createChanged(trial, "articles", [base, theirs]);
        const answer = await trial.send(method, first.path, { [content]: { ...mine, version: 1 }, token });
        await assertMerged(trial, first, answer);
      }
    },
  },
  {
    name: "an anonymous caller's write is merged as any other, and its answer says so without an id",
    async run(trial) {
      const { first } = await createChanged(trial, "articles", [base, theirs]);
      const answer = await trial.send("PUT", first.path, { json: mine, ifMatch: first.etag });
      await assertMerged(trial, first, answer);
      assertHeaders(answer, { "unclash-conflict": "status=resolved, strategy=merge" });
      const [conflict] = await conflictsOf(trial, first.key, "admin");
      assert.deepEqual([conflict?.["by"], conflict?.["strategy"]], [null, "merge"]);
    },
  },
  {
    name: "what both have changed is a conflict that names the fields and shows the current state",
    async run(trial) {
      const { first, second } = await createChanged(trial, "articles", [base, { ...theirs, title: "T" }]);
      for (const [method, message] of lateWrites) {
        const answer = await trial.send(method, first.path, { ...message, ifMatch: first.etag, token });
        await assertUnmerged(trial, answer, second, "/title");
      }
      assert.deepEqual(await conflictsOf(trial, first.key, "admin"), [], "a plain refusal leaves no record");
    },
  },
  {
    name: "a merge that would break the schema or a rule is a conflict that names the field",
    async run(trial) {
      const prefer = "on-conflict=merge";
      const [pending, paid] = ["pending", "paid"].map((status) => ({ quantity: 1, price: 1, status }));
      assert(pending !== undefined && paid !== undefined);
      const orders = await createChanged(trial, "orders", [pending, paid]);
      const ordered = { ifMatch: orders.first.etag, prefer, token };
      const many = { ...ordered, json: { ...pending, quantity: 2 } };
      await assertUnmerged(trial, await trial.send("PUT", orders.first.path, many), orders.second, "/quantity");
      const invalid = { ...ordered, json: { ...pending, price: "much" } };
      await assertUnmerged(trial, await trial.send("PUT", orders.first.path, invalid), orders.second, "/price");
      const cheap = await trial.send("PUT", orders.first.path, { ...ordered, json: { ...pending, price: 2 } });
      assert.equal(memberOf(cheap, "status"), "paid");
      assertHeaders(cheap, { "preference-applied": prefer });
    },
  },
  {
    name: "a merge that takes another's unique value is a duplicate, and writes nothing",
    async run(trial) {
      const sku = trial.nextName();
      const order = { quantity: 1, price: 1, status: "pending" };
      const holder = await create(trial, "orders", { ...order, sku }, { token });
      const { first, second } = await createChanged(trial, "orders", [order, { ...order, price: 2 }]);
      const message = { json: { ...order, sku }, ifMatch: first.etag, prefer: "on-conflict=merge", token };
      const members = { resource: first.key, field: "/sku", holder: holder.key };
      assertProblem(trial, await trial.send("PUT", first.path, message), "duplicate", { members });
      await assertUntouched(trial, second, token);
      assert.deepEqual(await conflictsOf(trial, first.key, "admin"), []);
    },
  },
  {
    name: "a merge that comes out as the current state writes nothing",
    async run(trial) {
      const { first, second } = await createChanged(trial, "articles", [base, theirs]);
      for (const json of [base, { ...theirs, stock: base.stock }]) {
        const answer = await trial.send("PUT", first.path, { json, ifMatch: first.etag, token });
        assertStatus(answer, 200);
        assert.equal(etagOf(answer), second.etag);
      }
      await assertUntouched(trial, second, token);
      assert.deepEqual(await conflictsOf(trial, first.key, "admin"), []);
    },
  },
  {
    name: "a late DELETE is merged with nothing, and a write over a deletion neither",
    async run(trial) {
      const { first, second } = await createChanged(trial, "articles", [base, theirs]);
      assertStatus(await trial.send("DELETE", first.path, { ifMatch: first.etag, token }), 409);
      await assertUntouched(trial, second, token);
      assertStatus(await trial.send("DELETE", first.path, { ifMatch: second.etag, token }), 204);
      assertStatus(await trial.send("PUT", first.path, { json: mine, ifMatch: first.etag, token }), 409);
      assertProblem(
        trial,
        await trial.send("PATCH", first.path, { mergePatch: mine, ifMatch: first.etag, token }),
        "gone",
        { members: { version: 3, links: { versions: `${first.wholePath}/versions` } } },
      );
    },
  },
  {
    name: "a request may ask for merge or manual where they are allowed, and is not heard where they are not",
    async run(trial) {
      const [before, after] = [{ title: "A" }, { title: "A", stock: 1 }];
      const asked = (prefer: string, first: Resource, method = "PATCH", path = first.path) =>
        trial.send(method, path, { mergePatch: { title: "M" }, ifMatch: first.etag, prefer, token });
      const manual = await createChanged(trial, "articles", [before, after]);
      const parked = await asked("on-conflict=manual", manual.first);
      assertHeaders(parked, { "preference-applied": "on-conflict=manual" });
      assert.equal((await conflictOf(trial, recordedId(parked), token))["state"], "open");
      await assertUntouched(trial, manual.second, token);
      const ignored = await createChanged(trial, "plain", [before, after]);
      for (const prefer of ["on-conflict=merge", "on-conflict=manual"]) {
        const refused = await asked(prefer, ignored.first);
        assertStatus(refused, 409);
        assertHeaders(refused, { "preference-applied": undefined });
        assert.equal(memberOf(refused, "conflict"), undefined);
      }
      await assertUntouched(trial, ignored.second, token);
      const order = { quantity: 1, status: "pending" };
      const orders = await createChanged(trial, "orders", [order, { ...order, price: 1 }]);
      const patch = { mergePatch: { quantity: 2 }, ifMatch: orders.first.etag, token };
      const own = await trial.send("PATCH", orders.first.path, { ...patch, prefer: "on-conflict=last-write-wins" });
      recordedId(own);
      assertHeaders(own, { "preference-applied": undefined });
      const allowed = await trial.send("PATCH", orders.first.path, { ...patch, prefer: "on-conflict=merge" });
      settledId(allowed, "merge");
      assertHeaders(allowed, { "preference-applied": "on-conflict=merge" });
    },
  },
  {
    name: "where the state that was named is no longer kept, nothing is merged or parked, and the answer says so",
    async run(trial) {
      const changed = await createChanged(trial, "brief", [
        { a: 1, b: 1 },
        { a: 2, b: 1 },
      ]);
      const { first } = changed;
      const third = await replace(trial, changed.second, { a: 3, b: 1 }, token);
      for (const strategy of ["merge", "manual"]) {
        const message = { json: { a: 1, b: 2 }, ifMatch: first.etag, prefer: `on-conflict=${strategy}`, token };
        const answer = await trial.send("PUT", first.path, message);
        assertStatus(answer, 409);
        assert.match(String(memberOf(answer, "detail")), /Version 1 is no longer kept/);
        assert.equal(memberOf(answer, "conflict"), undefined);
      }
      await assertUntouched(trial, third, token);
      assert.deepEqual(await conflictsOf(trial, first.key, "admin"), []);
    },
  },
  {
    name: "with a key, a merge is answered again as it was, with its id, and happens once",
    async run(trial) {
      const { first } = await createChanged(trial, "articles", [base, theirs]);
      const message = { json: mine, ifMatch: first.etag, key: `merge-${trial.nextName()}-${Date.now()}`, token };
      const answer = await trial.send("PUT", first.path, message);
      const again = await trial.send("PUT", first.path, message);
      assert.equal(settledId(again, "merge"), settledId(answer, "merge"));
      assert.deepEqual([again.text, etagOf(again)], [answer.text, etagOf(answer)]);
      assertHeaders(again, { "idempotency-replayed": "true" });
      assert.equal((await conflictsOf(trial, first.key, "admin")).length, 1);
    },
  },
  {
    name: "a merge that is tried out is answered as it would be, and leaves neither version nor record",
    async run(trial) {
      const { first, second } = await createChanged(trial, "articles", [base, theirs]);
      const answer = await trial.send("PUT", first.path, {
        json: mine,
        ifMatch: first.etag,
        prefer: "dry-run",
        token,
      });
      assert.deepEqual(bodyOf(answer), { id: first.id, version: 3, ...merged });
      assertHeaders(answer, { "unclash-conflict": "status=resolved, strategy=merge" });
      await assertUntouched(trial, second, token);
      assert.deepEqual(await conflictsOf(trial, first.key, "admin"), []);
    },
  },
  {
    name: "40 merging writers of one resource at once are all applied, and no edit is lost",
    async run(trial) {
      const first = await create(trial, "articles", { ...base, tags: [], stock: 0 }, { token });
      await replace(trial, first, { ...base, tags: [], stock: 1 }, token);
      const writers = Array.from({ length: 40 }, (_, at) => `w${at}`);
      const answers = await Promise.all(
        writers.map((tag) =>
          trial.send("PATCH", first.path, {
            mergePatch: { tags: [tag], stock: 1 },
            ifMatch: first.etag,
            token,
          }),
        ),
      );
      for (const answer of answers) settledId(answer, "merge");
      const left = bodyOf(await read(trial, first, token));
      assert.deepEqual([left["stock"], left["version"]], [41, 42]);
      assert.deepEqual([...Object(left["tags"])].toSorted(), writers.toSorted());
    },
  },
]);
