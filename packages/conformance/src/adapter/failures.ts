import assert from "node:assert/strict";
import { assertHeaders, assertStatus, memberOf } from "./answer.js";
import { itemsOf } from "./lists.js";
import { assertProblem } from "./problems.js";
import { create, read } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const smallCases = casesOn("small", [
  {
    name: "a store that does not answer is 503, which says whether the write was applied and when to try again",
    async run(trial) {
      for (const [method, path, outcome] of [
        ["GET", "/notes/a-unread", "not-applied"],
        ["PUT", "/notes/a-unread", "not-applied"],
        ["PUT", "/notes/a-unwritten", "not-applied"],
        ["PUT", "/notes/a-unknown", "unknown"],
      ] as const) {
        const answer = await trial.send(method, path, method === "PUT" ? { json: {} } : {});
        assertProblem(trial, answer, "store-unavailable", { members: { outcome } });
        assert.match(answer.headers["retry-after"] ?? "", /^[1-9]\d*$/);
      }
    },
  },
  {
    name: "a write whose acknowledgement was lost is answered as what it was: applied, once",
    async run(trial) {
      const id = "a-acknowledgement-lost";
      const created = await trial.send("PUT", `/notes/${id}`, { json: { n: 1 } });
      assertStatus(created, 201);
      assertHeaders(created, { location: `${trial.prefix}/notes/${id}` });
      const resource = await trial.send("GET", `/notes/${id}`);
      assert.equal(resource.text, created.text);
      assert.equal(itemsOf(await trial.send("GET", `/notes/${id}/versions`)).length, 1);
    },
  },
  {
    name: "what a store should not throw reaches the framework, which answers 5xx, and the server lives on",
    async run(trial) {
      const answer = await trial.send("GET", "/notes/a-broken", { foreign: true });
      assert(answer.status >= 500, `it is answered ${answer.status}`);
      await read(trial, await create(trial, "notes", { a: 1 }));
    },
  },
]);

const guardedCases = casesOn("guarded", [
  {
    name:
      "what the app's identify and authorize throw reaches the framework, which answers 5xx, and the server " +
      "lives on",
    async run(trial) {
      const before = await create(trial, "articles", { a: 1 });
      for (const [path, token] of [
        [before.path, "broken"],
        [before.path, "broken-later"],
        ["/articles/broken-1", "alice"],
      ] as const) {
        for (const method of ["GET", "DELETE"]) {
          const answer = await trial.send(method, path, { token, ifMatch: "*", foreign: true });
          assert(answer.status >= 500, `it is answered ${answer.status}`);
          assert.equal(memberOf(await read(trial, before), "a"), 1);
        }
        const written = await trial.send("PUT", path, { token, json: { a: 2 }, foreign: true });
        assert(written.status >= 500, `it is answered ${written.status}`);
      }
      await read(trial, before);
    },
  },
  {
    name: "a failure of the app's own is no answer of unclash: nothing of it is cached or tagged",
    async run(trial) {
      const answer = await trial.send("GET", "/articles", { token: "broken", foreign: true });
      assertHeaders(answer, { etag: undefined, location: undefined });
    },
  },
]);

const openCases = casesOn("open", [
  {
    name: "what a schema gives that JSON has no form for is 5xx, and nothing is stored; a Date is stored as its text",
    async run(trial) {
      const id = trial.nextName();
      for (const kind of ["map", "nan", "bigint", "hole", "function"]) {
        const answer = await trial.send("PUT", `/odd/${id}`, { json: { kind }, foreign: true });
        assert(answer.status >= 500, `${kind} is answered ${answer.status}`);
        assertStatus(await trial.send("GET", `/odd/${id}`), 404);
      }
      const dated = await trial.send("PUT", `/odd/${id}`, { json: { kind: "date" } });
      assertStatus(dated, 201);
      assert.equal(memberOf(dated, "at"), "1970-01-01T00:00:00.000Z");
    },
  },
]);

export const failureCases: readonly AdapterCase[] = [...openCases, ...smallCases, ...guardedCases];
