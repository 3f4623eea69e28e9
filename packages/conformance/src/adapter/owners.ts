import assert from "node:assert/strict";
import { assertStatus, headerOf } from "./answer.js";
import { itemsOf } from "./lists.js";
import { assertInvalid, assertProblem } from "./problems.js";
import { assertUntouched, create, read } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const alice = "alice";
const admin = "admin";

/** Permissions that depend on what the resource holds. */
export const ownerCases: readonly AdapterCase[] = casesOn("guarded", [
  {
    name: "what a rule forbids is 403, and 401 to an anonymous caller: nothing is written, and no answer is kept",
    async run(trial) {
      const mine = await create(trial, "owned", { owner: alice, status: "new" }, { token: alice });
      const patch = { mergePatch: { a: 2 }, key: `0196a1d2-${trial.nextName()}-owned` };
      for (const [method, path, content] of [
        ["PUT", mine.path, { json: { owner: alice, status: "new", a: 2 } }],
        ["PUT", mine.path, { json: { owner: "bob", status: "new" }, ifMatch: mine.etag }],
        ["PATCH", mine.path, patch],
        ["PATCH", mine.path, { mergePatch: {}, prefer: "dry-run" }],
        ["POST", "/owned", { json: { owner: alice, status: "new" } }],
      ] as const) {
        assertProblem(trial, await trial.send(method, path, { ...content, token: "bob" }), "forbidden");
        const refused = await trial.send(method, path, content);
        assertProblem(trial, refused, "unauthenticated");
        headerOf(refused, "www-authenticate");
      }
      await assertUntouched(trial, mine, alice);
      const given = { json: { owner: "bob", status: "new" } };
      assertProblem(trial, await trial.send("PUT", mine.path, { ...given, token: alice }), "forbidden");
      assertStatus(await trial.send("PUT", mine.path, { ...given, token: admin }), 200);
      assertStatus(await trial.send("PATCH", mine.path, { ...patch, token: "bob" }), 200);
    },
  },
  {
    name: "what a rule forbids comes behind what a schema refuses, and before references and states",
    async run(trial) {
      const { path } = await create(trial, "owned", { owner: alice, status: "new" }, { token: alice });
      const put = (json: object) => trial.send("PUT", path, { json, token: "bob" });
      assertInvalid(trial, await put({ owner: 5, about: "nothing", status: "never" }), "/owner");
      assertProblem(trial, await put({ owner: "bob", about: "nothing", status: "never" }), "forbidden");
    },
  },
  {
    name: "what a resource holds can decide who may read, list, change and delete it",
    async run(trial) {
      const secret = await create(trial, "owned", { owner: alice, status: "new", secret: "x" }, { token: alice });
      const open = await create(trial, "owned", { owner: alice, status: "new" }, { token: alice });
      const listedTo = async (token: string) => {
        const items = itemsOf(await trial.send("GET", "/owned?limit=100", { token }));
        return [secret, open].map(({ id }) => items.some((item) => item["id"] === id));
      };
      assert.deepEqual(
        [await listedTo(alice), await listedTo("bob")],
        [
          [true, true],
          [false, true],
        ],
      );
      await read(trial, open, "bob");
      assertProblem(trial, await trial.send("GET", secret.path, { token: "bob" }), "not-found");
      assertStatus(await trial.send("HEAD", secret.path, { token: "bob" }), 404);
      for (const [method, content] of [
        ["PUT", { json: { owner: "bob", status: "new" } }],
        ["PATCH", { mergePatch: { a: 1 } }],
        ["DELETE", {}],
      ] as const) {
        for (const ifMatch of [secret.etag, '"1-stale"']) {
          const sent = { ...content, ifMatch };
          assertProblem(trial, await trial.send(method, secret.path, { ...sent, token: "bob" }), "forbidden");
          assertProblem(trial, await trial.send(method, secret.path, sent), "unauthenticated");
        }
      }
      await assertUntouched(trial, secret, alice);
      assertStatus(await trial.send("DELETE", secret.path, { token: alice }), 204);
    },
  },
  {
    name: "past states are not for who is allowed by what the resource holds now",
    async run(trial) {
      const { path } = await create(trial, "owned", { owner: alice, status: "new" }, { token: alice });
      for (const target of [`${path}/versions`, `${path}/versions/1`]) {
        assertProblem(trial, await trial.send("GET", target, { token: alice }), "forbidden");
        assertStatus(await trial.send("GET", target, { token: admin }), 200);
      }
    },
  },
]);
