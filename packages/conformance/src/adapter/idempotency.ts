import assert from "node:assert/strict";
import { type Answer, assertHeaders, assertStatus, etagOf, headerOf, memberOf } from "./answer.js";
import { assertReplayed, freshKey, sendTwice, versionsOf } from "./keyed.js";
import { assertProblem } from "./problems.js";
import { assertUntouched, create, read } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const replayCases = casesOn("open", [
  {
    name:
      "with a key, a write is answered again as it was, though its If-Match is stale by then, and nothing " +
      "happens twice",
    async run(trial) {
      const id = trial.nextName();
      const path = `/articles/${id}`;
      const created = await sendTwice(trial, "POST", "/articles", {
        key: freshKey(trial),
        json: { id, title: "A" },
      });
      assertStatus(created, 201);
      const json = { title: "B" };
      const changed = await sendTwice(trial, "PUT", path, { key: freshKey(trial), json, ifMatch: etagOf(created) });
      assertStatus(changed, 200);
      const mergePatch = { body: "b" };
      const patch = { key: freshKey(trial), mergePatch, ifMatch: etagOf(changed) };
      const patched = await sendTwice(trial, "PATCH", path, patch);
      assertStatus(patched, 200);
      const jsonPatch = [{ op: "add", path: "/tags", value: ["a"] }];
      const tagged = await sendTwice(trial, "PATCH", path, {
        key: freshKey(trial),
        jsonPatch,
        ifMatch: etagOf(patched),
      });
      assert.equal(memberOf(tagged, "version"), 4);
      assertReplayed(await trial.send("PATCH", path, patch), patched);
      const deleted = await sendTwice(trial, "DELETE", path, { key: freshKey(trial), ifMatch: etagOf(tagged) });
      assertStatus(deleted, 204);
      assertStatus(await trial.send("DELETE", path, { ifMatch: etagOf(tagged) }), 410);
      assert.equal(await versionsOf(trial, path), 5);
    },
  },
  {
    name: "with a key, a POST without an id that is repeated makes one resource, and gives its id each time",
    async run(trial) {
      const message = { key: freshKey(trial), json: { name: trial.nextName() } };
      const first = await sendTwice(trial, "POST", "/products", message);
      assertStatus(first, 201);
      const path = headerOf(first, "location").slice(trial.prefix.length);
      assert.equal((await trial.send("GET", path)).text, first.text);
    },
  },
  {
    name: "with a key, a refusal is answered again as it was, though its reason is gone",
    async run(trial) {
      const id = trial.nextName();
      const path = `/notes/${id}`;
      const missing = { key: freshKey(trial), mergePatch: { a: 1 } };
      assertProblem(trial, await sendTwice(trial, "PATCH", path, missing), "not-found");
      const stale = { key: freshKey(trial), json: { a: 2 }, ifMatch: '"1-x"' };
      assertStatus(await sendTwice(trial, "PUT", path, stale), 409);
      const note = await create(trial, "notes", { a: 1 }, { id });
      const taken = { key: freshKey(trial), json: { id } };
      const refused = await sendTwice(trial, "POST", "/notes", taken);
      const members = { resource: `notes/${id}`, field: "/id", holder: `notes/${id}` };
      assertProblem(trial, refused, "duplicate", { members });
      const again = await trial.send("PATCH", path, missing);
      assertStatus(again, 404);
      assertHeaders(again, { "idempotency-replayed": "true", "cache-control": "no-store" });
      await assertUntouched(trial, note);
      const invalid = { key: freshKey(trial), json: { title: 1 } };
      assertStatus(await sendTwice(trial, "POST", "/articles", invalid), 422);
      const article = await create(trial, "articles", { title: "A" });
      const unconditional = { key: freshKey(trial), json: { title: "B" } };
      assertStatus(await sendTwice(trial, "PUT", article.path, unconditional), 428);
      await assertUntouched(trial, article);
    },
  },
  {
    name: "with a key, a write that changes nothing is answered again as that, and a preference decides once",
    async run(trial) {
      const note = await create(trial, "notes", { a: 1 });
      const key = freshKey(trial);
      const same = await sendTwice(trial, "PUT", note.path, { key, json: { a: 1 } });
      assert.deepEqual([same.status, etagOf(same)], [200, note.etag]);
      const minimal = { key: freshKey(trial), json: { a: 2 }, prefer: "return=minimal" };
      const changed = await sendTwice(trial, "PUT", note.path, minimal);
      assertStatus(changed, 204);
      assertReplayed(await trial.send("PUT", note.path, { key: minimal.key, json: { a: 2 } }), changed);
      assertStatus(await trial.send("PUT", note.path, { key, json: { a: 1 } }), 200);
      assert.equal(memberOf(await read(trial, note), "a"), 2);
    },
  },
  {
    name: "with a key, the answer to a write is what is there afterwards: its entity-tag and its content",
    async run(trial) {
      for (const collection of ["articles", "stamped", "hashed", "renamed", "unversioned"]) {
        const id = trial.nextName();
        const path = `/${collection}/${id}`;
        const shown = async (written: Answer): Promise<void> => {
          const got = await trial.send("GET", path);
          assert.equal(written.text, got.text);
          assert.equal(etagOf(written), etagOf(got));
          headerOf(written, "last-modified");
        };
        const json = { id, title: "A" };
        const made = await trial.send("POST", `/${collection}`, { key: freshKey(trial), json });
        await shown(made);
        const change = { key: freshKey(trial), mergePatch: { title: "B" }, ifMatch: etagOf(made) };
        const changed = await trial.send("PATCH", path, change);
        await shown(changed);
        assertStatus(await trial.send("DELETE", path, { key: freshKey(trial), ifMatch: etagOf(changed) }), 204);
        await shown(await trial.send("POST", `/${collection}`, { key: freshKey(trial), json }));
      }
    },
  },
  {
    name: "a key is the same in quotes and bare, and so is a body in other white space and another order",
    async run(trial) {
      const key = freshKey(trial);
      const content = '{"title":"A","tags":["a"]}';
      const first = await trial.send("POST", "/articles", { key, content });
      assertStatus(first, 201);
      assertReplayed(await trial.send("POST", "/articles", { key: `"${key}"`, content }), first);
      assertReplayed(await trial.send("POST", "/articles", { key: `"${key}";v=1`, content }), first);
      const otherwise = '{ "tags": [ "a" ], "title": "\\u0041" }';
      assertReplayed(await trial.send("POST", "/articles", { key, content: otherwise, chunked: true }), first);
    },
  },
]);

const failureCases = casesOn("small", [
  {
    name: "with a key, a write whose acknowledgement was lost is answered as what it was, and again as that",
    async run(trial) {
      const path = "/notes/k-acknowledgement-lost";
      const created = await sendTwice(trial, "PUT", path, { key: freshKey(trial), json: { n: 1 } });
      assertStatus(created, 201);
      assert.equal((await trial.send("GET", path)).text, created.text);
    },
  },
  {
    name: "with a key, what a store did not answer is not kept",
    async run(trial) {
      for (const failure of ["unread", "unwritten", "unknown"]) {
        const message = { key: freshKey(trial), json: { n: 1 } };
        for (const _ of [1, 2]) {
          const answer = await trial.send("PUT", `/notes/k-${failure}`, message);
          assertStatus(answer, 503);
          assertHeaders(answer, { "idempotency-replayed": undefined });
        }
      }
    },
  },
]);

const parsedCases = casesOn("parsed", [
  {
    name: "behind a body parser, a key with the same value is answered again, and with another it is 422",
    async run(trial) {
      const key = freshKey(trial);
      const first = await sendTwice(trial, "POST", "/notes", { key, json: { a: [1, { b: "ü" }] } });
      assertStatus(first, 201);
      const other = await trial.send("POST", "/notes", { key, json: { a: [1, { b: "u" }] } });
      assertProblem(trial, other, "idempotency-key-reused");
    },
  },
]);

/** What is answered again, and that it is the first answer byte for byte. */
export const idempotencyCases: readonly AdapterCase[] = [...replayCases, ...failureCases, ...parsedCases];
