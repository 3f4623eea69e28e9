import assert from "node:assert/strict";
import { assertStatus, memberOf } from "./answer.js";
import { assertMalformed, assertProblem } from "./problems.js";
import { create } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const code = "unsupported-precondition";
const since = "Sun, 06 Nov 1994 08:49:37 GMT";

export const postingCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "row 68: a POST to a collection with a condition on a state is 400",
    async run(trial) {
      const json = { title: "A" };
      for (const [header, value] of [
        ["If-Match", '"x"'],
        ["If-Match", 'W/"x", "y"'],
        ["If-None-Match", '"x"'],
        ["If-Unmodified-Since", since],
      ] as const) {
        const sent = { json, headers: { [header.toLowerCase()]: value } };
        assertMalformed(trial, await trial.send("POST", "/articles", sent), { code, header });
      }
      const all = { "if-match": '"x"', "if-none-match": '"y"', "if-unmodified-since": since };
      assertMalformed(
        trial,
        await trial.send("POST", "/articles", { json, headers: all }),
        ...["If-Match", "If-None-Match", "If-Unmodified-Since"].map((header) => ({ code, header })),
      );
    },
  },
  {
    name: "row 68: a POST to a collection with If-Match: * creates, and one with If-None-Match: * is a conflict",
    async run(trial) {
      const id = trial.nextName();
      const json = { id, title: "A" };
      const conflict = {
        members: {
          resource: "articles",
          expected: { absent: true },
          identical: false,
          links: { resource: `${trial.prefix}/articles` },
        },
      };
      const refused = await trial.send("POST", "/articles", { json, ifNoneMatch: "*" });
      assertProblem(trial, refused, "version-conflict", conflict);
      const both = await trial.send("POST", "/articles", { json, ifMatch: "*", ifNoneMatch: "*" });
      assertProblem(trial, both, "version-conflict", conflict);
      assertStatus(await trial.send("GET", `/articles/${id}`), 404);
      const created = await trial.send("POST", "/articles", { json, ifMatch: "*" });
      assertStatus(created, 201);
      assert.equal(memberOf(created, "id"), id);
    },
  },
  {
    name: "what no condition is says nothing of a POST: dates that are none, and those of reads",
    async run(trial) {
      const json = { title: "A" };
      const headers = { "if-unmodified-since": "yesterday", "if-modified-since": since, "if-range": '"x"' };
      assertStatus(await trial.send("POST", "/articles", { json, headers }), 201);
    },
  },
  {
    name: "the conflict of a POST comes before 422 and a taken id, and after what is malformed",
    async run(trial) {
      const { id } = await create(trial, "articles", { title: "A" });
      const ifNoneMatch = "*";
      assertStatus(await trial.send("POST", "/articles", { json: { id, title: 1 }, ifNoneMatch }), 409);
      const taken = await trial.send("POST", "/articles", { json: { id, title: "A" }, ifNoneMatch });
      assert.equal(memberOf(taken, "type"), `${trial.typePrefix}version-conflict`);
      assertStatus(await trial.send("POST", "/articles", { content: "{", ifNoneMatch }), 400);
    },
  },
]);
