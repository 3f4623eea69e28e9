import assert from "node:assert/strict";
import { assertHeaders, assertStatus, bodyOf, etagOf, memberOf } from "./answer.js";
import { assertReplayed, freshKey, sendTwice, versionsOf } from "./keyed.js";
import type { Message } from "./message.js";
import { assertMalformed, assertProblem } from "./problems.js";
import { assertUntouched, create, read, replace } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const malformedKey = { code: "malformed-idempotency-key", header: "Idempotency-Key" } as const;

const refusalCases = casesOn("open", [
  {
    name:
      "a key that comes with another body, query, If-Match or Content-Type is 422, before anything else of " +
      "the write",
    async run(trial) {
      const article = await create(trial, "articles", { title: "A" });
      const key = freshKey(trial);
      const { path } = article;
      const first = { key, mergePatch: { title: "B" }, ifMatch: article.etag };
      const changed = await trial.send("PATCH", path, first);
      assertStatus(changed, 200);
      for (const [query, message] of [
        ["", { ...first, mergePatch: { title: "C" } }],
        ["", { ...first, ifMatch: etagOf(changed) }],
        ["", { key, mergePatch: first.mergePatch }],
        ["", { ...first, headers: { "content-type": "application/merge-patch+json; charset=utf-8" } }],
        ["?a=1", first],
      ] as const) {
        const refused = await trial.send("PATCH", path + query, message);
        assertProblem(trial, refused, "idempotency-key-reused");
        assertHeaders(refused, { "idempotency-replayed": undefined });
      }
      assertReplayed(await trial.send("PATCH", path, first), changed);
      assertStatus(await trial.send("DELETE", path, { ifMatch: etagOf(changed) }), 204);
      assertProblem(trial, await trial.send("PATCH", path, { ...first, mergePatch: {} }), "idempotency-key-reused");
      assertReplayed(await trial.send("PATCH", path, first), changed);
    },
  },
  {
    name: "a key is another one for another method and another path",
    async run(trial) {
      const [one, other] = [await create(trial, "notes", { a: 1 }), await create(trial, "notes", { a: 1 })];
      const key = freshKey(trial);
      const json = { a: 2 };
      assert.equal(memberOf(await sendTwice(trial, "PUT", one.path, { key, json }), "id"), one.id);
      assert.equal(memberOf(await sendTwice(trial, "PUT", other.path, { key, json }), "id"), other.id);
      assert.equal(memberOf(await sendTwice(trial, "PATCH", one.path, { key, mergePatch: { a: 3 } }), "version"), 3);
      assertStatus(await sendTwice(trial, "DELETE", one.path, { key }), 204);
      assertStatus(await sendTwice(trial, "POST", "/notes", { key, json }), 201);
    },
  },
  {
    name: "row 65: two keys in one header, one of 300 bytes, an empty one and an anonymous caller's short one are 400",
    async run(trial) {
      const resource = await create(trial, "notes", { a: 1 });
      const two = [freshKey(trial), freshKey(trial)];
      const wrong: readonly (string | readonly string[])[] = [
        two,
        [two[0] ?? "", two[0] ?? ""],
        two.join(", "),
        two.map((key) => `"${key}"`),
        "k".repeat(300),
        `"${"k".repeat(256)}"`,
        "",
        '""',
        "k".repeat(15),
        `"${two[0]}`,
        `${two[0]} ${two[1]}`,
        `"${two[0]}\xe9"`,
      ];
      for (const lines of wrong) {
        const headers = { "idempotency-key": lines };
        assertMalformed(trial, await trial.send("PUT", resource.path, { json: {}, headers }), malformedKey);
        assertMalformed(trial, await trial.send("DELETE", resource.path, { headers }), malformedKey);
        assertMalformed(trial, await trial.send("POST", "/notes", { json: {}, headers }), malformedKey);
      }
      await assertUntouched(trial, resource);
      for (const key of ["k".repeat(16), "k".repeat(255), `"${'\\"'.repeat(255)}"`, '"0123456789,12345"']) {
        assertStatus(
          await trial.send("PUT", resource.path, { json: {}, key: key.replace("0", trial.nextName()) }),
          200,
        );
      }
    },
  },
  {
    name: "a key that can't be read is told with all else that is malformed, and 415 and 413 come before both",
    async run(trial) {
      const { path } = await create(trial, "articles", { title: "A" });
      const key = "a, b";
      const both = await trial.send("PUT", path, { key, json: { title: "B" }, ifMatch: "x" });
      assertMalformed(trial, both, { code: "malformed-etag", header: "If-Match" }, malformedKey);
      const headers = { "content-type": "text/plain" };
      assertProblem(trial, await trial.send("PUT", path, { key, content: "{}", headers }), "unsupported-media-type");
      const large = JSON.stringify({ title: "x".repeat(1_048_576) });
      assertProblem(trial, await trial.send("PUT", path, { key, content: large }), "payload-too-large");
    },
  },
  {
    name: "a malformed request does not use its key up, and neither does one that is only tried out",
    async run(trial) {
      const id = trial.nextName();
      const key = freshKey(trial);
      const json = { id, title: "A" };
      assertStatus(await trial.send("POST", "/articles", { key, content: "{" }), 400);
      const tried = await trial.send("POST", "/articles", { key, json, prefer: "dry-run" });
      assertStatus(tried, 201);
      assertHeaders(tried, { "idempotency-replayed": undefined });
      assertStatus(await trial.send("GET", `/articles/${id}`), 404);
      const made = await sendTwice(trial, "POST", "/articles", { key, json });
      assertReplayed(await trial.send("POST", "/articles", { key, json, prefer: "dry-run" }), made);
      assert.equal(await versionsOf(trial, `/articles/${id}`), 1);
    },
  },
  {
    name: "a read does not look at a key",
    async run(trial) {
      const article = await create(trial, "articles", { title: "A" });
      for (const key of [freshKey(trial), "", "a, b"]) {
        const message = { key };
        const got = await trial.send("GET", article.path, message);
        assert.equal(got.text, article.text);
        assertHeaders(await trial.send("GET", article.path, message), { "idempotency-replayed": undefined });
        assertStatus(await trial.send("HEAD", article.path, message), 200);
      }
    },
  },
]);

const raceCases = casesOn("open", [
  {
    name:
      "of eight requests at the same time with one key one has its effect, and all get its answer or are " +
      "asked to wait",
    async run(trial) {
      const note = await create(trial, "notes", { n: 0 });
      const sent: readonly (readonly [method: string, path: string, message: Message])[] = [
        ["POST", "/products", { json: { sku: trial.nextName() } }],
        ["PUT", note.path, { json: { n: 1 } }],
        ["PATCH", note.path, { mergePatch: { n: 2 } }],
        ["PATCH", "/notes/none", { mergePatch: { n: 2 } }],
        ["DELETE", note.path, {}],
      ];
      for (const [method, path, message] of sent) {
        const keyed = { ...message, key: freshKey(trial) };
        const answers = await Promise.all(Array.from({ length: 8 }, () => trial.send(method, path, keyed)));
        const waiting = answers.filter((answer) => answer.headers["retry-after"] !== undefined);
        for (const answer of waiting) assertProblem(trial, answer, "idempotency-in-progress");
        const answered = answers.filter((answer) => !waiting.includes(answer));
        const [first, ...others] = answered.filter((answer) => answer.headers["idempotency-replayed"] === undefined);
        assert(first !== undefined && others.length === 0, "exactly one is the first");
        for (const answer of answered) if (answer !== first) assertReplayed(answer, first);
      }
      assert.equal(await versionsOf(trial, note.path), 4);
    },
  },
  {
    name: "of requests at the same time with one key and different bodies one has its effect, and the others are 422",
    async run(trial) {
      const note = await create(trial, "notes", { n: 0 });
      const key = freshKey(trial);
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, n) => trial.send("PUT", note.path, { key, json: { n: n + 1 } })),
      );
      const [first, ...others] = answers.filter(({ status }) => status === 200);
      assert(first !== undefined && others.length === 0);
      for (const answer of answers) if (answer !== first) assertProblem(trial, answer, "idempotency-key-reused");
      assert.equal((await read(trial, note)).text, first.text);
    },
  },
]);

const guardedCases = casesOn("guarded", [
  {
    name: "row 65: a key of another caller's is another key, and tells nothing of theirs",
    async run(trial) {
      const key = freshKey(trial);
      const id = trial.nextName();
      const made = await sendTwice(trial, "PUT", `/notes/${id}`, { key, token: "alice", json: { a: 1 } });
      assertStatus(made, 201);
      for (const caller of [{ token: "bob" }, {}]) {
        const refused = await trial.send("PUT", `/notes/${id}`, { key, json: { a: 1 }, ifNoneMatch: "*", ...caller });
        assertStatus(refused, 412);
        assertHeaders(refused, { "idempotency-replayed": undefined });
        assertStatus(await trial.send("PUT", `/notes/${id}`, { key, json: { a: 2 }, ...caller }), 422);
      }
      assertReplayed(await trial.send("PUT", `/notes/${id}`, { key, token: "alice", json: { a: 1 } }), made);
    },
  },
  {
    name: "a caller who is known may use a short key, which an anonymous one can't",
    async run(trial) {
      const key = trial.nextName();
      assertStatus(await sendTwice(trial, "POST", "/notes", { key, token: "alice", json: {} }), 201);
      assertMalformed(trial, await trial.send("POST", "/notes", { key, json: {} }), malformedKey);
    },
  },
  {
    name: "what is not allowed is asked anew each time; it comes before a key is looked at",
    async run(trial) {
      const id = `new-${trial.nextName()}`;
      const message = { key: freshKey(trial), token: "alice", json: {} };
      for (const _ of [1, 2]) {
        const refused = await trial.send("PUT", `/notes/${id}`, message);
        assertProblem(trial, refused, "forbidden");
        assertHeaders(refused, { "idempotency-replayed": undefined });
      }
      await create(trial, "notes", {}, { id, token: "admin" });
      assertStatus(await trial.send("PUT", `/notes/${id}`, message), 200);
      assertProblem(trial, await trial.send("PUT", `/notes/fixed-${id}`, { ...message, key: "" }), "forbidden");
      const wrong = await trial.send("PUT", `/notes/${id}`, { ...message, token: "nobody" });
      assertStatus(wrong, 401);
    },
  },
  {
    name: "with a key too, who may not read what it writes gets no content, the first time and again",
    async run(trial) {
      const article = await create(trial, "articles", { a: 1 }, { token: "alice" });
      const message = { key: freshKey(trial), token: "writer", json: { a: 2 }, ifMatch: article.etag };
      const changed = await sendTwice(trial, "PUT", article.path, message);
      assert.deepEqual([changed.status, changed.text], [204, ""]);
      const next = await replace(trial, { ...article, etag: etagOf(changed) }, { a: 3 }, "alice");
      const stale = { ...message, key: freshKey(trial) };
      const refused = await sendTwice(trial, "PUT", article.path, stale);
      assertStatus(refused, 412);
      assert.equal("current" in bodyOf(refused), false);
      await assertUntouched(trial, next, "alice");
    },
  },
]);

/** Which keys are taken, whose they are, and what may come with one. */
export const idempotencyKeyCases: readonly AdapterCase[] = [...refusalCases, ...raceCases, ...guardedCases];
