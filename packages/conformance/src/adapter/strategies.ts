import assert from "node:assert/strict";
import { isJsonObject } from "@unclash/core/json";
import { assertHeaders, assertStatus, bodyOf, memberOf } from "./answer.js";
import { assertProblem } from "./problems.js";
import { assertUntouched, create, type Resource, read, replace } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

/** A resource at version 2, and its state at version 1. */
async function changed(
  trial: Trial,
  collection: string,
): Promise<{ readonly first: Resource; readonly second: Resource }> {
  const title = collection === "articles" ? { title: "A" } : { name: "A" };
  const first = await create(trial, collection, title);
  return { first, second: await replace(trial, first, collection === "articles" ? { title: "B" } : { name: "B" }) };
}

export const strategyCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "last-write-wins applies a stale PUT, PATCH or DELETE over the current state, and says so",
    async run(trial) {
      const settled = {
        "unclash-conflict": "status=resolved, strategy=last-write-wins",
        "preference-applied": undefined,
      };
      const { first } = await changed(trial, "drafts");
      const { id, path, etag: ifMatch } = first;
      const put = await trial.send("PUT", path, { json: { name: "C", a: 1 }, ifMatch });
      assertStatus(put, 200);
      assertHeaders(put, settled);
      const merged = await trial.send("PATCH", path, { mergePatch: { b: 2 }, ifMatch });
      assertHeaders(merged, settled);
      const patched = await trial.send("PATCH", path, { jsonPatch: [{ op: "add", path: "/c", value: 3 }], ifMatch });
      assertHeaders(patched, settled);
      assert.deepEqual(bodyOf(patched), { id, version: 5, name: "C", a: 1, b: 2, c: 3 });
      const versioned = await trial.send("PUT", path, { json: { name: "D", version: 3 } });
      assertHeaders(versioned, settled);
      const deleted = await trial.send("DELETE", path, { ifMatch });
      assertStatus(deleted, 204);
      assertHeaders(deleted, settled);
      assertStatus(await trial.send("GET", path), 410);
    },
  },
  {
    name: "a write that is not stale is settled by no strategy",
    async run(trial) {
      const { second } = await changed(trial, "drafts");
      const answer = await trial.send("PUT", second.path, {
        json: { name: "C" },
        ifMatch: second.etag,
        prefer: "on-conflict=reject",
      });
      assertStatus(answer, 200);
      assertHeaders(answer, { "unclash-conflict": undefined, "preference-applied": undefined });
    },
  },
  {
    name: "a strategy has no say where the client named no state that the resource had",
    async run(trial) {
      const { first, second } = await changed(trial, "drafts");
      const { path } = first;
      for (const message of [
        { ifMatch: '"1-aaaaaaaaaaaaaaaa"' },
        { ifMatch: '"x"' },
        { ifMatch: `W/${first.etag}` },
        { ifNoneMatch: "*" },
      ]) {
        assertStatus(await trial.send("PUT", path, { json: { name: "C" }, ...message }), 409);
      }
      assertStatus(await trial.send("PUT", path, { json: { name: "C", version: 9 } }), 409);
      assertStatus(await trial.send("PUT", "/drafts/never", { json: { name: "C" }, ifMatch: first.etag }), 409);
      await assertUntouched(trial, second);
    },
  },
  {
    name: "a state from before a deletion is one that the resource had",
    async run(trial) {
      const first = await create(trial, "drafts", { name: "A" });
      assertStatus(await trial.send("DELETE", first.path, { ifMatch: "*" }), 204);
      assertStatus(await trial.send("PUT", first.path, { json: { name: "B" }, ifNoneMatch: "*" }), 201);
      const answer = await trial.send("PUT", first.path, { json: { name: "C" }, ifMatch: first.etag });
      assertHeaders(answer, { "unclash-conflict": "status=resolved, strategy=last-write-wins" });
    },
  },
  {
    name: "first-write-wins refuses a stale write and shows the current state",
    async run(trial) {
      const { first, second } = await changed(trial, "first");
      for (const method of ["PUT", "PATCH", "DELETE"] as const) {
        const content = { PUT: { json: { name: "C" } }, PATCH: { mergePatch: { name: "C" } }, DELETE: {} }[method];
        const conflict = await trial.send(method, first.path, { ...content, ifMatch: first.etag });
        assertStatus(conflict, 409);
        const { current } = bodyOf(conflict);
        assert(isJsonObject(current));
        assert.deepEqual(current["representation"], second.body);
      }
      await assertUntouched(trial, second);
    },
  },
  {
    name: "a function that accepts lets a stale write through as it was meant, or with a value of its own",
    async run(trial) {
      const { first } = await changed(trial, "decided");
      const { id, path, etag: ifMatch } = first;
      const settled = { "unclash-conflict": "status=resolved, strategy=function" };
      const accepted = await trial.send("PUT", path, { json: { name: "C", decide: "accept" }, ifMatch });
      assertHeaders(accepted, settled);
      assert.deepEqual(bodyOf(accepted), { id, version: 3, name: "C", decide: "accept" });
      const combined = await trial.send("PATCH", path, { mergePatch: { name: "D", decide: "combine" }, ifMatch });
      assertHeaders(combined, settled);
      assert.deepEqual(bodyOf(combined), { id, version: 4, base: "A", current: "C", proposed: "D" });
    },
  },
  {
    name: "a function that rejects makes it a conflict",
    async run(trial) {
      const { first, second } = await changed(trial, "decided");
      const conflict = await trial.send("PUT", first.path, { json: { name: "C" }, ifMatch: first.etag });
      assertStatus(conflict, 409);
      assert.equal(memberOf(conflict, "type"), `${trial.typePrefix}version-conflict`);
      assertStatus(await trial.send("DELETE", first.path, { ifMatch: first.etag }), 409);
      await assertUntouched(trial, second);
    },
  },
  {
    name: "a request may ask for a strategy that the collection allows",
    async run(trial) {
      const { first } = await changed(trial, "articles");
      const prefer = "foo, ON-CONFLICT=last-write-wins; a=b";
      const answer = await trial.send("PUT", first.path, { json: { title: "C" }, ifMatch: first.etag, prefer });
      assertStatus(answer, 200);
      assertHeaders(answer, {
        "unclash-conflict": "status=resolved, strategy=last-write-wins",
        "preference-applied": "on-conflict=last-write-wins",
      });
      assert.equal(memberOf(await read(trial, first), "title"), "C");
    },
  },
  {
    name: "a strategy that is unknown or not allowed is as if it had not been asked for",
    async run(trial) {
      const { first, second } = await changed(trial, "disclosed");
      for (const prefer of [
        "on-conflict=last-write-wins",
        "on-conflict=nonsense",
        'on-conflict="LAST-WRITE-WINS"',
        "on-conflict",
      ]) {
        const answer = await trial.send("PUT", first.path, { json: { name: "C" }, ifMatch: first.etag, prefer });
        assertStatus(answer, 409);
        assertHeaders(answer, { "preference-applied": undefined, "unclash-conflict": undefined });
      }
      await assertUntouched(trial, second);
    },
  },
  {
    name: "an allowed first-write-wins shows the current state where the collection would not",
    async run(trial) {
      const { first, second } = await changed(trial, "articles");
      const message = { json: { title: "C" }, ifMatch: first.etag };
      const plain = memberOf(await trial.send("PUT", first.path, message), "current");
      const shown = memberOf(
        await trial.send("PUT", first.path, { ...message, prefer: "on-conflict=first-write-wins" }),
        "current",
      );
      assert(typeof plain === "object" && plain !== null);
      assert.deepEqual(shown, { ...plain, representation: second.body });
    },
  },
  {
    name: "what a strategy lets through still has to satisfy schema, unique fields and states",
    async run(trial) {
      const { first, second } = await changed(trial, "articles");
      const message = { ifMatch: first.etag, prefer: "on-conflict=last-write-wins" };
      assertProblem(
        trial,
        await trial.send("PUT", first.path, { ...message, json: { title: 1 } }),
        "validation-failed",
        {
          members: { errors: [{ pointer: "/title" }] },
        },
      );
      await assertUntouched(trial, second);
    },
  },
]);
