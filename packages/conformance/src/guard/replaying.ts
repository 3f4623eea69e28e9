import assert from "node:assert/strict";
import { type Answer, assertHeaders, assertStatus, headerOf } from "../adapter/answer.js";
import { assertReplayed, freshKey, sendTwice } from "../adapter/keyed.js";
import type { Message } from "../adapter/message.js";
import { assertProblem } from "../adapter/problems.js";
import { exchangeOne } from "../adapter/raw.js";
import { keyedCasesOf } from "./keyed-cases.js";
import { chunks, someBytes } from "./keyed-handlers.js";
import { changed } from "./steps.js";
import type { GuardCase } from "./trial.js";

/** Answers that are given again, where a key is all that a request has. */
export const replayCases: readonly GuardCase[] = keyedCasesOf("free", [
  {
    name: "with a key, a request is carried out once, and its answer is given again, by other processes too",
    async run(place) {
      const { id } = place.row();
      const path = `/${id}`;
      const message = { key: freshKey(place), json: {} };
      const posted = await sendTwice(place, "POST", path, message);
      assertStatus(posted, 200);
      assertHeaders(posted, { etag: '"2"' });
      assertReplayed(await place.other.send("POST", path, message), posted);
      const put = { key: freshKey(place), json: { title: "B" }, ifMatch: '"2"' };
      assertStatus(await sendTwice(place, "PUT", path, put), 200);
      await sendTwice(place, "PATCH", path, { key: freshKey(place), mergePatch: { n: 1 }, ifMatch: '"3"' });
      assertReplayed(await place.send("POST", path, message), posted);
      assert.equal(place.table.find(id)?.version, 4);
      assertStatus(await sendTwice(place, "DELETE", path, { key: freshKey(place), ifMatch: '"4"' }), 204);
      assert.equal(place.runs(id), 4);
    },
  },
  {
    name: "without a key, or on a read, nothing is kept",
    async run(place) {
      const { id } = place.row();
      for (const _ of [1, 2])
        assertHeaders(await place.send("POST", `/${id}`, { json: {} }), { "idempotency-replayed": undefined });
      assert.equal(place.runs(id), 2);
      const key = freshKey(place);
      assertHeaders(await place.send("GET", `/${id}`, { key }), { etag: '"3"' });
      changed(place, place.table.find(id) ?? place.row());
      assertHeaders(await place.send("GET", `/${id}`, { key }), { etag: '"4"', "idempotency-replayed": undefined });
      assertStatus(await place.send("GET", `/${id}`, { key: "short" }), 200);
    },
  },
  {
    name: "with a key, a refusal by the handler is given again",
    async run(place) {
      const { id } = place.row();
      const refused = await sendTwice(place, "POST", `/${id}`, { key: freshKey(place), json: { do: "refuse" } });
      assertProblem(place, refused, "duplicate", { members: { field: "/email" } });
      const text = { key: freshKey(place), json: { do: "status", status: 422 }, foreign: true } as const;
      assertStatus(await sendTwice(place, "POST", `/${id}`, text), 422);
      assert.equal(place.runs(id), 2);
    },
  },
  {
    name: "the same key with another body, If-Match, Content-Type or query is 422, and nothing runs",
    async run(place) {
      const { id } = place.row();
      const path = `/${id}`;
      const first: Message = { key: freshKey(place), json: { a: 1, b: 2 }, ifMatch: '"1"' };
      assertStatus(await place.send("PUT", path, first), 200);
      const typed = { "content-type": "application/merge-patch+json" };
      const inTransaction = { headers: { "transaction-id": "t1" } };
      const others = [
        { json: { a: 1 } },
        { ifMatch: '"2"' },
        { ifMatch: '"1", "2"' },
        { headers: typed },
        inTransaction,
      ];
      for (const other of others)
        assertProblem(place, await place.send("PUT", path, { ...first, ...other }), "idempotency-key-reused");
      assertProblem(place, await place.sendTo("PUT", `${place.prefix}${path}?a`, first), "idempotency-key-reused");
      const { json: _json, ...bare } = first;
      const reordered = await place.send("PUT", path, { ...bare, content: '{ "b": 2, "a": 1 }' });
      assertHeaders(reordered, { "idempotency-replayed": "true" });
      assert.equal(place.runs(id), 1);
    },
  },
  {
    name: "a key is one resource's and one method's, and the same in quotes and bare",
    async run(place) {
      const [{ id }, other] = [place.row(), place.row()];
      const key = freshKey(place);
      const message = { key, json: { do: "scope" } };
      const first = await place.send("POST", `/${id}`, message);
      assertReplayed(await place.send("POST", `/${id}`, { ...message, key: `"${key}"` }), first);
      const elsewhere = await place.send("POST", `/${other.id}`, message);
      assertHeaders(elsewhere, { "idempotency-replayed": undefined });
      assertHeaders(await place.send("PATCH", `/${id}`, message), { "idempotency-replayed": undefined });
      const [scoped, scopedElsewhere] = [keyIn(first), keyIn(elsewhere)];
      assert.match(scoped, /^[\w-]{43}$/);
      assert.notEqual(scoped, scopedElsewhere);
      assert.deepEqual([place.runs(id), place.runs(other.id)], [2, 1]);
    },
  },
  {
    name: "answers of 401, 403, 423 and 429 are not kept: a repeat runs",
    async run(place) {
      for (const status of [401, 403, 423, 429]) {
        const { id } = place.row();
        const message = { key: freshKey(place), json: { do: "status", status }, foreign: true } as const;
        for (const runs of [1, 2]) {
          const answer = await place.send("POST", `/${id}`, message);
          assertStatus(answer, status);
          assertHeaders(answer, { "idempotency-replayed": undefined });
          assert.equal(place.runs(id), runs);
        }
      }
    },
  },
  {
    name: "a 409 that may pass by itself is not kept: a repeat runs",
    async run(place) {
      const { id } = place.row();
      const message = { key: freshKey(place), json: { do: "lockExpired" } };
      for (const runs of [1, 2]) {
        assertProblem(place, await place.send("POST", `/${id}`, message), "idempotency-in-progress");
        assert.equal(place.runs(id), runs);
      }
    },
  },
  {
    name: "once a handler has begun, a 5xx, thrown or answered, leaves its effect unknown: it does not run again",
    async run(place) {
      const ways = [
        { do: "fail" },
        { do: "unavailable" },
        { do: "status", status: 500 },
        { do: "status", status: 503 },
      ];
      for (const json of ways) {
        const { id } = place.row();
        const message = { key: freshKey(place), json };
        const failed = await place.send("POST", `/${id}`, { ...message, foreign: true });
        assert(failed.status >= 500, `it is answered ${failed.status}`);
        for (const each of [place, place.other]) {
          const again = await each.send("POST", `/${id}`, message);
          assertProblem(each, again, "idempotency-in-progress", { members: { outcome: "unknown" } });
          assertHeaders(again, { "retry-after": undefined });
        }
        const other = await place.send("POST", `/${id}`, { ...message, json: {} });
        assertProblem(place, other, "idempotency-key-reused");
        assert.equal(place.runs(id), 1);
      }
    },
  },
  {
    name: "where the handler says that nothing was applied, its failure is not kept: a repeat runs",
    async run(place) {
      const { id } = place.row();
      const message = { key: freshKey(place), json: { do: "rollBack" }, foreign: true } as const;
      for (const runs of [1, 2]) {
        const answer = await place.send("POST", `/${id}`, message);
        assert(answer.status >= 500, `it is answered ${answer.status}`);
        assert.equal(place.runs(id), runs);
      }
    },
  },
  {
    name: "an answer that can't be sent is 500, and leaves its effect unknown",
    async run(place) {
      const { id } = place.row();
      const message = { key: freshKey(place), json: { do: "badStatus" } };
      const failed = await place.send("POST", `/${id}`, { ...message, foreign: true });
      assertStatus(failed, 500);
      assertHeaders(failed, { etag: undefined });
      const again = await place.send("POST", `/${id}`, message);
      assertProblem(place, again, "idempotency-in-progress", { members: { outcome: "unknown" } });
      assert.equal(place.runs(id), 1);
    },
  },
  {
    name: "a dry-run is not kept: the same request runs",
    async run(place) {
      const { id } = place.row();
      const message = { key: freshKey(place), json: { do: "try" } };
      const tried = await place.send("POST", `/${id}`, { ...message, prefer: "dry-run" });
      assertHeaders(tried, { "preference-applied": "dry-run" });
      const done = await place.send("POST", `/${id}`, message);
      assertHeaders(done, { "preference-applied": undefined, "idempotency-replayed": undefined });
      assert.equal(place.runs(id), 2);
    },
  },
  {
    name: "bytes are given again as they are",
    async run(place) {
      const { id } = place.row();
      const body = '{"do":"bytes"}';
      const key = freshKey(place);
      const lines = [`Idempotency-Key: ${key}`, "Content-Type: application/json", `Content-Length: ${body.length}`];
      const send = () => exchangeOne(place, "POST", `${place.prefix}/${id}`, { lines, body });
      const [first, again] = [await send(), await send()];
      assert.equal(first.body, Buffer.from(someBytes).toString("latin1"));
      assert.deepEqual([again.status, again.body], [first.status, first.body]);
      for (const line of ["content-type: application/octet-stream", "x-more: a", "idempotency-replayed: true"])
        assert(
          again.lines.some((each) => each.toLowerCase() === line),
          `${line}: ${again.lines.join(", ")}`,
        );
      assert.equal(place.runs(id), 1);
    },
  },
  {
    name: "content that was sent in a coding is given again in one that the repeat accepts",
    async run(place) {
      const { id } = place.row();
      const message = { key: freshKey(place), json: { do: "coded" } };
      const send = (coding: string) =>
        place.send("POST", `/${id}`, { ...message, headers: { "accept-encoding": coding } });
      const first = await send("gzip");
      assertHeaders(first, { "content-encoding": "gzip" });
      assertReplayed(await send("gzip"), first);
      const plain = await send("identity");
      assert.equal(plain.text, "so it is");
      assertHeaders(plain, { "content-encoding": undefined, "content-length": "8", "idempotency-replayed": "true" });
      assert.equal(place.runs(id), 1);
    },
  },
  {
    name: "what was streamed, and what has no content, is given again",
    async run(place) {
      const { id } = place.row();
      const stream = { key: freshKey(place), json: { do: "stream" } };
      for (const _ of [1, 2]) {
        const answer = await place.send("POST", `/${id}`, stream);
        assert.equal(answer.text, chunks.join(""));
        assert.match(headerOf(answer, "content-type"), /^text\/plain; *charset=utf-8$/i);
      }
      const nothing = await sendTwice(place, "POST", `/${id}`, { key: freshKey(place), json: { do: "nothing" } });
      assertStatus(nothing, 204);
      assertHeaders(nothing, { "x-more": "a" });
      assert.equal(place.runs(id), 2);
    },
  },
  {
    name: "a short anonymous key, two keys, an empty one and one of 256 bytes are 400, and nothing runs",
    async run(place) {
      const { id } = place.row();
      const malformed = [{ code: "malformed-idempotency-key", header: "Idempotency-Key" }];
      const long = "k".repeat(256);
      for (const key of ["short", "fifteen-letters", "", '""', long, `"${long}"`, `${freshKey(place)}, b`, '"a"b"']) {
        const answer = await place.send("POST", `/${id}`, { key, json: {} });
        assertProblem(place, answer, "malformed-request", { members: { errors: malformed } });
      }
      const headers = { "idempotency-key": [freshKey(place), freshKey(place)] };
      assertStatus(await place.send("POST", `/${id}`, { headers, json: {} }), 400);
      assert.equal(place.runs(id), 0);
    },
  },
]);

function keyIn({ json }: Answer): string {
  return String(Object(json).key);
}
