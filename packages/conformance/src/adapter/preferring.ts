import assert from "node:assert/strict";
import { assertHeaders, assertStatus, bodyOf, etagOf, headerOf, memberOf } from "./answer.js";
import { assertProblem } from "./problems.js";
import { assertUntouched, create, read, replace } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

export const preferringCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "return=minimal gives 204 with the validators, and 201 without content on creation",
    async run(trial) {
      const prefer = "return=minimal";
      const applied = { "preference-applied": "return=minimal", "content-location": undefined };
      const { path, etag } = await create(trial, "articles", { title: "A" });
      const changed = await trial.send("PUT", path, { json: { title: "B" }, ifMatch: etag, prefer });
      assertStatus(changed, 204);
      assertHeaders(changed, applied);
      assert.match(etagOf(changed), /^"2-/);
      headerOf(changed, "last-modified");
      assert.equal(etagOf(await trial.send("GET", path)), etagOf(changed));
      const patched = await trial.send("PATCH", path, { mergePatch: { title: "C" }, ifMatch: etagOf(changed), prefer });
      assertStatus(patched, 204);
      const same = await trial.send("PATCH", path, { mergePatch: {}, ifMatch: etagOf(patched), prefer });
      assertStatus(same, 204);
      assertHeaders(same, { ...applied, etag: etagOf(patched) });
      const id = trial.nextName();
      const created = await trial.send("POST", "/articles", { json: { id, title: "A" }, prefer });
      assertStatus(created, 201);
      assert.equal(created.text, "");
      assertHeaders(created, { ...applied, location: `${trial.prefix}/articles/${id}`, "content-length": "0" });
    },
  },
  {
    name: "return=representation is what happens anyway, and decides nothing",
    async run(trial) {
      const { path, etag } = await create(trial, "articles", { title: "A" });
      const answer = await trial.send("PUT", path, {
        json: { title: "B" },
        ifMatch: etag,
        prefer: "return=representation",
      });
      assertStatus(answer, 200);
      assertHeaders(answer, { "preference-applied": undefined });
    },
  },
  {
    name: "a preference decides nothing about reads, refusals and deletions",
    async run(trial) {
      const { path, etag, text } = await create(trial, "articles", { title: "A" });
      const prefer = "return=minimal, on-conflict=last-write-wins";
      const got = await trial.send("GET", path, { prefer });
      assert.deepEqual([got.status, got.text, got.headers["preference-applied"]], [200, text, undefined]);
      const refused = await trial.send("PUT", path, { json: { title: "B" }, ifMatch: '"x"', prefer });
      assertStatus(refused, 409);
      assertHeaders(refused, { "preference-applied": undefined });
      const deleted = await trial.send("DELETE", path, { ifMatch: etag, prefer });
      assertStatus(deleted, 204);
      assertHeaders(deleted, { "preference-applied": undefined });
    },
  },
  {
    name: "dry-run answers a write as it would be answered, and writes nothing",
    async run(trial) {
      const prefer = "dry-run";
      const applied = { "preference-applied": "dry-run" };
      const resource = await create(trial, "articles", { title: "A" });
      const { id, path, etag: ifMatch, wholePath } = resource;
      const changed = await trial.send("PUT", path, { json: { title: "B" }, ifMatch, prefer });
      assertStatus(changed, 200);
      assertHeaders(changed, { ...applied, "content-location": wholePath });
      assert.deepEqual(bodyOf(changed), { id, version: 2, title: "B" });
      const deleted = await trial.send("DELETE", path, { ifMatch, prefer });
      assertStatus(deleted, 204);
      assertHeaders(deleted, applied);
      assertStatus(await trial.send("PUT", path, { json: { title: 1 }, ifMatch, prefer }), 422);
      assertStatus(await trial.send("PUT", path, { json: { title: "B" }, prefer }), 428);
      assertStatus(await trial.send("PUT", path, { json: { title: "B" }, ifMatch: '"x"', prefer }), 409);
      await assertUntouched(trial, resource);
      const { items } = bodyOf(await trial.send("GET", `${path}/versions`));
      assert(Array.isArray(items) && items.length === 1);
    },
  },
  {
    name: "dry-run creates nothing, by POST or PUT, and goes with return=minimal",
    async run(trial) {
      const id = trial.nextName();
      const tried = await trial.send("POST", "/articles", { json: { id, title: "A" }, prefer: "dry-run" });
      assertStatus(tried, 201);
      assert.deepEqual(bodyOf(tried), { id, version: 1, title: "A" });
      const prefer = "return=minimal, dry-run";
      const minimal = await trial.send("PUT", `/articles/${id}`, { json: { title: "A" }, ifNoneMatch: "*", prefer });
      assertStatus(minimal, 201);
      assert.equal(minimal.text, "");
      assert.deepEqual(headerOf(minimal, "preference-applied").split(", ").toSorted(), ["dry-run", "return=minimal"]);
      assertProblem(trial, await trial.send("GET", `/articles/${id}`), "not-found");
    },
  },
  {
    name: "dry-run of a stale write is settled or refused as the write would be",
    async run(trial) {
      const first = await create(trial, "articles", { title: "A" });
      const second = await replace(trial, first, { title: "B" });
      const message = { json: { title: "C" }, ifMatch: first.etag };
      assertStatus(await trial.send("PUT", first.path, { ...message, prefer: "dry-run" }), 409);
      const settled = await trial.send("PUT", first.path, {
        ...message,
        prefer: "dry-run, on-conflict=last-write-wins",
      });
      assertStatus(settled, 200);
      assertHeaders(settled, { "unclash-conflict": "status=resolved, strategy=last-write-wins" });
      assert.deepEqual(memberOf(settled, "version"), 3);
      await assertUntouched(trial, second);
    },
  },
  {
    name: "row 20: a Prefer of 8 KiB, and a wait that means nothing, are passed over",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      const wishes = [
        `return=minimal,${"a=b;c=d,".repeat(1_024)}`,
        "wait=1e9",
        "wait=-1",
        "wait=99999999999999999999",
        ',;=,"',
        '"',
      ];
      for (const prefer of wishes) {
        const current = etagOf(await read(trial, resource));
        const answer = await trial.send("PUT", resource.path, {
          json: { title: prefer.slice(0, 20) },
          ifMatch: current,
          prefer,
        });
        assertStatus(answer, 200);
        assertHeaders(answer, { "preference-applied": undefined });
      }
    },
  },
]);
