import { assertStatus } from "./answer.js";
import { untouched } from "./hostile.js";
import { assertMalformedBody, assertProblem } from "./problems.js";
import { assertUntouched, create } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

function times<Item>(count: number, item: Item): readonly Item[] {
  return Array.from({ length: count }, () => item);
}

export const hostilePatchCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "row 33: a JSON Patch through __proto__ or constructor.prototype is 400",
    run: (trial) =>
      untouched(trial, async ({ path, etag: ifMatch }) => {
        for (const pointer of [
          "/__proto__/admin",
          "/__proto__",
          "/constructor/prototype/admin",
          "/tags/__proto__/admin",
          "/a/constructor/prototype",
        ]) {
          for (const operation of [
            { op: "add", path: pointer, value: true },
            { op: "copy", from: "/title", path: pointer },
            { op: "move", from: pointer, path: "/a" },
            { op: "test", path: pointer, value: true },
          ]) {
            const answer = await trial.send("PATCH", path, { jsonPatch: [operation], ifMatch });
            assertMalformedBody(trial, answer, "forbidden-key");
          }
        }
      }),
  },
  {
    name: "row 34: an array index with a sign, a leading zero or an exponent, and a stray ~, are 400",
    run: (trial) =>
      untouched(trial, async ({ path, etag: ifMatch }) => {
        for (const pointer of ["/tags/-1", "/tags/01", "/tags/1e1", "/tags/+1", "/tags/ 1", "~2", "/~2", "/title/~"]) {
          const answer = await trial.send("PATCH", path, {
            jsonPatch: [{ op: "replace", path: pointer, value: "x" }],
            ifMatch,
          });
          assertMalformedBody(trial, answer, "malformed-pointer");
        }
        for (const pointer of ["/tags/2", "/tags/-", "/never"]) {
          const answer = await trial.send("PATCH", path, {
            jsonPatch: [{ op: "replace", path: pointer, value: "x" }],
            ifMatch,
          });
          assertStatus(answer, 422);
        }
      }),
  },
  {
    name: "row 35: more than 200 operations are 400, and a result that outgrows the cap is 413",
    async run(trial) {
      await untouched(trial, async ({ path, etag: ifMatch }) => {
        const jsonPatch = times(201, { op: "replace", path: "/title", value: "after" });
        assertMalformedBody(trial, await trial.send("PATCH", path, { jsonPatch, ifMatch }), "too-many-operations");
      });
      const resource = await create(trial, "notes", { a: "x" });
      const { path, etag: ifMatch } = resource;
      const doubling = Array.from({ length: 30 }, (_, at) => ({ op: "copy", from: "", path: `/b${at}` }));
      assertProblem(trial, await trial.send("PATCH", path, { jsonPatch: doubling, ifMatch }), "payload-too-large");
      const growing = [
        { op: "add", path: "/b", value: "x".repeat(600_000) },
        { op: "copy", from: "/b", path: "/c" },
      ];
      assertProblem(trial, await trial.send("PATCH", path, { jsonPatch: growing, ifMatch }), "payload-too-large");
      await assertUntouched(trial, resource);
    },
  },
  {
    name: "row 36: a test that fails after 49 operations leaves nothing of them",
    run: (trial) =>
      untouched(trial, async ({ path, key: resource, etag: ifMatch }) => {
        const jsonPatch = [
          ...times(49, { op: "add", path: "/tags/-", value: "x" }),
          { op: "test", path: "/title", value: "other" },
        ];
        const answer = await trial.send("PATCH", path, { jsonPatch, ifMatch });
        assertProblem(trial, answer, "invalid-state", { members: { resource, field: "/title" } });
      }),
  },
]);
