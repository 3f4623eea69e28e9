import assert from "node:assert/strict";
import { assertHeaders, assertStatus, bodyOf } from "./answer.js";
import { assertProblem } from "./problems.js";
import { assertUntouched, create } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const onCollection = "GET, HEAD, POST, OPTIONS";
const onResource = "GET, HEAD, PUT, PATCH, DELETE, OPTIONS";
const onHistory = "GET, HEAD, OPTIONS";
const patches = "application/merge-patch+json, application/json-patch+json";

export const methodCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "a method that a route does not know is 405, with those that it does in Allow",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      const { path } = resource;
      for (const [method, target, allow] of [
        ["PUT", "/articles", onCollection],
        ["PATCH", "/articles", onCollection],
        ["DELETE", "/articles", onCollection],
        ["TRACE", "/articles", onCollection],
        ["POST", path, onResource],
        ["TRACE", path, onResource],
        ["PROPFIND", path, onResource],
        ["POST", `${path}/versions`, onHistory],
        ["DELETE", `${path}/versions`, onHistory],
        ["PUT", `${path}/versions/1`, onHistory],
        ["POST", "/articles/never", onResource],
      ] as const) {
        const answer = await trial.send(method, target, { json: { title: "B" } });
        assertProblem(trial, answer, "method-not-allowed");
        assertHeaders(answer, { allow });
      }
      await assertUntouched(trial, resource);
    },
  },
  {
    name: "OPTIONS tells the methods of a route, and the patches that a resource takes, whether it is there or not",
    async run(trial) {
      const { path } = await create(trial, "articles", { title: "A" });
      for (const [target, allow, acceptPatch] of [
        ["/articles", onCollection, undefined],
        [path, onResource, patches],
        ["/articles/never", onResource, patches],
        [`${path}/versions`, onHistory, undefined],
        [`${path}/versions/1`, onHistory, undefined],
        [`${path}/timemap`, onHistory, undefined],
        [`${path}/diff`, onHistory, undefined],
      ] as const) {
        const answer = await trial.send("OPTIONS", target);
        assertStatus(answer, 204);
        assertHeaders(answer, { allow, "accept-patch": acceptPatch });
      }
    },
  },
  {
    name: "a path below a collection that means nothing is 404, for every method",
    async run(trial) {
      const { path } = await create(trial, "articles", { title: "A" });
      const paths = [
        "/articles/",
        `${path}/`,
        `${path}/other`,
        `${path}/versions/`,
        `${path}/versions/1/x`,
        `${path}/a/b/c/d/e/f`,
        `${path}//`,
      ];
      for (const target of paths) {
        for (const method of ["GET", "PUT", "POST", "DELETE", "OPTIONS"]) {
          assertProblem(trial, await trial.send(method, target), "not-found");
        }
      }
    },
  },
  {
    name: "row 66: HEAD, OPTIONS and TRACE have no effect, and no header makes a method another one",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      const { path, etag: ifMatch } = resource;
      const headers = { "x-http-method-override": "PUT", "x-http-method": "DELETE", "x-method-override": "DELETE" };
      const message = { json: { title: "B" }, ifMatch, headers };
      assertStatus(await trial.send("GET", path, message), 200);
      assertStatus(await trial.send("GET", `${path}?_method=DELETE`, message), 200);
      assertStatus(await trial.send("HEAD", path, message), 200);
      assertStatus(await trial.send("OPTIONS", path, message), 204);
      assertProblem(trial, await trial.send("TRACE", path, message), "method-not-allowed");
      assertProblem(trial, await trial.send("POST", path, message), "method-not-allowed");
      const created = await trial.send("POST", "/articles", { json: { title: "C" }, headers });
      assertStatus(created, 201);
      assert.equal(bodyOf(created)["title"], "C");
      await assertUntouched(trial, resource);
    },
  },
]);
