import assert from "node:assert/strict";
import { type Answer, assertHeaders, assertStatus, bodyOf, etagOf, headerOf } from "./answer.js";
import { linksOf } from "./links.js";
import { itemsOf } from "./lists.js";
import type { Message } from "./message.js";
import { assertInvalid, assertMalformed, assertProblem } from "./problems.js";
import { assertUntouched, create, type Resource, remove, replace } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

const token = "admin";

function redact(
  trial: Trial,
  { path }: Resource,
  version: unknown,
  paths: unknown,
  message: Message = {},
): Promise<Answer> {
  return trial.send("POST", `${path}/versions/${version}/redact`, { token, json: { paths }, ...message });
}

const secretive = { title: "1", secret: "s3cr3t", tags: ["a", "b", "c"], deep: { kept: 1, gone: "s3cr3t" } };

/** A resource whose first state holds what its second one does not. */
async function createTwo(trial: Trial, collection: string): Promise<readonly [Resource, Resource]> {
  const one = await create(trial, collection, secretive);
  return [one, await replace(trial, one, { title: "2" })];
}

export const redactionCases: readonly AdapterCase[] = casesOn("roles", [
  {
    name: "a redaction takes members out of a past state, which gets a new entity-tag, and leaves all else",
    async run(trial) {
      for (const collection of ["articles", "hashed", "stamped", "bounded"]) {
        const [one, two] = await createTwo(trial, collection);
        const version = one.body["version"];
        const paths = ["/secret", "/tags/0", "/deep/gone", "/tags/2"];
        const answer = await redact(trial, one, version, paths);
        assertStatus(answer, 200);
        const left = { id: one.id, version, title: "1", tags: ["b"], deep: { kept: 1 } };
        assert.deepEqual(bodyOf(answer), left);
        assert.notEqual(etagOf(answer), one.etag);
        const place = `${one.wholePath}/versions/${version}`;
        assertHeaders(answer, { "content-location": place });
        const past = await trial.sendTo("GET", place, { ifNoneMatch: one.etag });
        assertStatus(past, 200);
        assert.deepEqual([past.text, etagOf(past)], [answer.text, etagOf(answer)]);
        assert.equal(headerOf(past, "memento-datetime"), headerOf(answer, "memento-datetime"));
        assert.deepEqual(linksOf(past), linksOf(answer));
        await assertUntouched(trial, two);
        const diff = await trial.send("GET", `${one.path}/diff?from=${version}`);
        assert(!diff.text.includes("s3cr3t"), diff.text);
      }
    },
  },
  {
    name: "the history says who has taken which members out of a state, and when, once for each redaction",
    async run(trial) {
      const [one] = await createTwo(trial, "articles");
      assertStatus(await redact(trial, one, 1, ["/secret"]), 200);
      assertStatus(await redact(trial, one, 1, ["/deep/gone", "/title"]), 200);
      const [newest, oldest] = itemsOf(await trial.send("GET", `${one.path}/versions`));
      assert.equal(newest?.["redactions"], undefined);
      assert.deepEqual([oldest?.["cause"], oldest?.["author"]], ["create", undefined]);
      const redactions = oldest?.["redactions"];
      assert(Array.isArray(redactions));
      const told: readonly unknown[] = redactions.map(({ at, ...rest }) => {
        assert.match(String(at), /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/);
        return rest;
      });
      assert.deepEqual(told, [
        { by: "admin", paths: ["/secret"] },
        { by: "admin", paths: ["/deep/gone", "/title"] },
      ]);
    },
  },
  {
    name: "a redaction is for admins where the app sets no rules: 401 for anonymous callers, 403 for others",
    async run(trial) {
      const [one] = await createTwo(trial, "articles");
      const path = `${one.path}/versions/1/redact`;
      const json = { paths: ["/secret"] };
      assertProblem(trial, await trial.send("POST", path, { json }), "unauthenticated");
      assertProblem(trial, await trial.send("POST", path, { json, token: "alice" }), "forbidden");
      assert.equal((await trial.send("GET", `${one.path}/versions/1`)).text, one.text);
    },
  },
  {
    name: "the current state can't be redacted, nor what was deleted or never was, nor what is not in a state",
    async run(trial) {
      const [one, two] = await createTwo(trial, "articles");
      const current = await redact(trial, one, 2, ["/title"]);
      assertProblem(trial, current, "invalid-state", { members: { resource: one.key } });
      assertProblem(trial, await redact(trial, one, 3, ["/title"]), "not-found");
      for (const [path, pointer] of [
        ["/never", "/paths/0"],
        ["/tags/3", "/paths/0"],
        ["", "/paths/0"],
        ["/id", "/paths/0"],
        ["/version", "/paths/0"],
        ["/toString", "/paths/0"],
      ] as const)
        assertInvalid(trial, await redact(trial, one, 1, [path, "/title"]), pointer);
      await remove(trial, two);
      const members = { version: 3, links: { versions: `${one.wholePath}/versions` } };
      assertProblem(trial, await redact(trial, one, 3, ["/title"]), "gone", { members });
      assert.equal((await trial.send("GET", `${one.path}/versions/1`)).text, one.text);
      assertStatus(await redact(trial, one, 1, ["/secret"]), 200);
      assertStatus(await redact(trial, one, 2, ["/title"]), 200);
      const never = await trial.send("POST", "/articles/never/versions/1/redact", { token, json: { paths: ["/a"] } });
      assertProblem(trial, never, "not-found");
    },
  },
  {
    name: "content that names no paths is 400, and all that is malformed about a redaction is told at once",
    async run(trial) {
      const [one] = await createTwo(trial, "articles");
      for (const json of [{}, { paths: "/a" }, { paths: [] }, [], null]) {
        const answer = await redact(trial, one, 1, undefined, { json });
        assertMalformed(trial, answer, { code: "malformed-paths", pointer: "/paths" });
      }
      const many = await redact(trial, one, 1, Array<string>(201).fill("/title"));
      assertMalformed(trial, many, { code: "too-many-paths", pointer: "/paths" });
      const all = await redact(trial, one, "x", undefined, { json: { paths: ["a", 1, "/~"], why: "" }, ifMatch: "x" });
      assertMalformed(
        trial,
        all,
        { code: "malformed-version", parameter: "version" },
        { code: "unknown-member", pointer: "/why" },
        { code: "malformed-pointer", pointer: "/paths/0" },
        { code: "malformed-pointer", pointer: "/paths/1" },
        { code: "malformed-pointer", pointer: "/paths/2" },
        { code: "malformed-etag", header: "If-Match" },
      );
      const path = `${one.path}/versions/1/redact`;
      assertProblem(trial, await trial.send("GET", path, { token }), "method-not-allowed");
      assertProblem(trial, await trial.send("POST", path, { token, mergePatch: {} }), "unsupported-media-type");
    },
  },
  {
    name: "a redaction can name the state that it is for, be tried out, and be answered without content",
    async run(trial) {
      const [one] = await createTwo(trial, "articles");
      const tried = await redact(trial, one, 1, ["/secret"], { prefer: "dry-run" });
      assertStatus(tried, 200);
      assertHeaders(tried, { etag: undefined, "preference-applied": "dry-run" });
      assert.equal((await trial.send("GET", `${one.path}/versions/1`)).text, one.text);
      assertStatus(await redact(trial, one, 1, ["/secret"], { ifMatch: '"other"' }), 409);
      const minimal = await redact(trial, one, 1, ["/secret"], { ifMatch: one.etag, prefer: "return=minimal" });
      assertStatus(minimal, 204);
      assertStatus(await redact(trial, one, 1, ["/title"], { ifMatch: one.etag }), 409);
      assertStatus(await redact(trial, one, 1, ["/title"], { ifMatch: etagOf(minimal) }), 200);
    },
  },
  {
    name: "a kept answer shows nothing of what was redacted since, neither the state nor what a conflict told of it",
    async run(trial) {
      for (const collection of ["articles", "bounded"]) {
        const key = (n: number) => `"a-key-before-a-redaction-${n}-${trial.nextName()}"`;
        const id = trial.nextName();
        const [creating, changing, losing] = [key(1), key(2), key(3)];
        const post = { json: { id, ...secretive }, key: creating };
        const made = await trial.send("POST", `/${collection}`, post);
        assertStatus(made, 201);
        const path = `/${collection}/${id}`;
        const put = { json: { title: "s3cr3t 2" }, ifMatch: etagOf(made), key: changing };
        const changed = await trial.send("PUT", path, put);
        assertStatus(changed, 200);
        const stale = { json: { title: "3" }, ifMatch: etagOf(made), key: losing };
        const lost = await trial.send("PUT", path, stale);
        assertStatus(lost, 409);
        assert(lost.text.includes("s3cr3t"), lost.text);
        const third = await trial.send("PUT", path, { json: { title: "3" }, ifMatch: etagOf(changed) });
        assertStatus(third, 200);
        const versions = `${path}/versions`;
        for (const [version, paths] of [
          [1, ["/secret", "/deep/gone"]],
          [2, ["/title"]],
        ] as const) {
          const send = { token, json: { paths }, key: key(version + 3) };
          const redacted = await trial.send("POST", `${versions}/${version}/redact`, send);
          assertStatus(redacted, 200);
          const repeated = await trial.send("POST", `${versions}/${version}/redact`, send);
          assert.deepEqual([repeated.text, etagOf(repeated)], [redacted.text, etagOf(redacted)]);
        }
        for (const [method, target, message, status] of [
          ["POST", `/${collection}`, post, 201],
          ["PUT", path, put, 200],
          ["PUT", path, stale, 409],
        ] as const) {
          const replayed = await trial.send(method, target, message);
          assertStatus(replayed, status);
          assertHeaders(replayed, { "idempotency-replayed": "true" });
          assert(!replayed.text.includes("s3cr3t"), replayed.text);
          if (status === 409) continue;
          const past = await trial.send("GET", `${versions}/${status === 201 ? 1 : 2}`);
          assert.deepEqual([replayed.text, etagOf(replayed)], [past.text, etagOf(past)]);
        }
      }
    },
  },
]);
