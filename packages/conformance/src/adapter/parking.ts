import assert from "node:assert/strict";
import type { JsonObject } from "@unclash/core/json";
import { type Answer, assertHeaders, assertStatus, bodyOf, memberOf } from "./answer.js";
import { conflictOf, conflictsOf, recordedId } from "./conflict-records.js";
import { linksOf } from "./links.js";
import { itemsOf } from "./lists.js";
import type { Message } from "./message.js";
import { assertMalformed, assertProblem } from "./problems.js";
import { assertUntouched, createChanged, modifiedAtOf, type Resource } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

const token = "bob";
const before = { title: "A", text: "t" };
const after = { title: "B", text: "t" };
const mine = { title: "M", text: "t" };

/** A note that has changed since the version that late writes name. */
function changedNote(trial: Trial): Promise<{ readonly first: Resource; readonly second: Resource }> {
  return createChanged(trial, "notes", [before, after]);
}

function writeLate(trial: Trial, { path, etag: ifMatch }: Resource, message: Message = {}): Promise<Answer> {
  return trial.send("PUT", path, { json: mine, ifMatch, token, ...message });
}

/** Waits for a record that is written in the background. */
async function recordOf(trial: Trial, id: string): Promise<JsonObject> {
  for (const endsAt = Date.now() + trial.patienceMs; ; ) {
    const answer = await trial.send("GET", `/conflicts/${id}`, { token });
    if (answer.status === 200) return bodyOf(answer);
    assertProblem(trial, answer, "not-found");
    assert(Date.now() < endsAt, `the conflict ${id} is recorded`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export const parkingCases: readonly AdapterCase[] = casesOn("recording", [
  {
    name: "a write that is parked is a conflict that shows what is there, and waits with all three states",
    async run(trial) {
      const { first, second } = await changedNote(trial);
      const answer = await writeLate(trial, first);
      assertHeaders(answer, { "unclash-conflict": undefined, etag: undefined, "cache-control": "no-store" });
      const id = recordedId(answer);
      const modifiedAt = await modifiedAtOf(trial, second);
      assertProblem(trial, answer, "version-conflict", {
        members: {
          resource: first.key,
          expected: { etag: [first.etag] },
          current: { version: 2, etag: second.etag, modifiedAt, by: "alice", representation: second.body },
          conflictingFields: ["/title"],
          changes: [{ op: "replace", path: "/title", value: "B" }],
          identical: false,
          conflict: id,
          links: { resource: first.wholePath, versions: `${first.wholePath}/versions` },
        },
      });
      const found = await trial.send("GET", `/conflicts/${id}`, { token });
      assertStatus(found, 200);
      assertHeaders(found, { "cache-control": "no-store", etag: undefined });
      const { detectedAt, ...conflict } = bodyOf(found);
      assert.match(String(detectedAt), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.deepEqual(conflict, {
        id,
        resource: first.key,
        state: "open",
        strategy: "manual",
        base: { version: 1, representation: first.body },
        current: { version: 2, representation: second.body },
        proposed: { version: 1, representation: { id: first.id, version: 1, ...mine } },
        conflictingFields: ["/title"],
        by: token,
        count: 1,
      });
      const { "content-length": length } = found.headers;
      assertHeaders(await trial.send("HEAD", `/conflicts/${id}`, { token }), { "content-length": length });
      await assertUntouched(trial, second, token);
    },
  },
  {
    name: "a patch is parked as what it would have made of the state that it names, and a deletion as null",
    async run(trial) {
      const { first, second } = await changedNote(trial);
      const { path, id, etag: ifMatch } = first;
      const proposed = { version: 1, representation: { id, version: 1, title: "A", text: "m" } };
      const jsonPatch = [{ op: "replace", path: "/text", value: "m" }];
      for (const [method, message, expected] of [
        ["PATCH", { mergePatch: { text: "m" } }, proposed],
        ["PATCH", { jsonPatch }, proposed],
        ["DELETE", {}, null],
      ] as const) {
        const answer = await trial.send(method, path, { ...message, ifMatch, token });
        const conflict = await conflictOf(trial, recordedId(answer), token);
        assert.deepEqual(conflict["proposed"], expected);
      }
      await assertUntouched(trial, second, token);
    },
  },
  {
    name: "an anonymous caller's write is parked as any other, and not told where",
    async run(trial) {
      const { first, second } = await changedNote(trial);
      const answer = await trial.send("PUT", first.path, { json: mine, ifMatch: first.etag });
      assertStatus(answer, 409);
      assert.equal(memberOf(answer, "conflict"), undefined);
      const [conflict] = await conflictsOf(trial, first.key, "admin");
      assert.deepEqual([conflict?.["state"], conflict?.["by"]], ["open", null]);
      assert.deepEqual(await conflictsOf(trial, first.key, token), [], "it is nobody's own");
      await assertUntouched(trial, second);
    },
  },
  {
    name: "what can't be written is not parked, and its sender is told why; nor is what is there already",
    async run(trial) {
      const order = { quantity: 1, status: "pending" };
      const { first } = await createChanged(trial, "orders", [order, { ...order, price: 1 }]);
      const invalid = await writeLate(trial, first, { json: { ...order, quantity: "many" } });
      assertStatus(invalid, 409);
      const { conflict, errors } = bodyOf(invalid);
      assert.deepEqual([conflict, Object(errors)[0]?.pointer], [undefined, "/quantity"]);
      const same = await writeLate(trial, first, { json: { ...order, price: 1 } });
      assertStatus(same, 409);
      assert.deepEqual([memberOf(same, "identical"), memberOf(same, "conflict")], [true, undefined]);
      const tried = await writeLate(trial, first, { json: { ...order, quantity: 2 }, prefer: "dry-run" });
      assert.equal(memberOf(tried, "conflict"), undefined);
      assert.deepEqual(await conflictsOf(trial, first.key, "admin"), []);
    },
  },
  {
    name: "a function parks what was proposed, or a value of its own",
    async run(trial) {
      const { first } = await createChanged(trial, "decided", [before, after]);
      for (const [decide, expected] of [
        ["park", { ...mine, decide: "park" }],
        ["park a value", { name: "of the app" }],
      ] as const) {
        const answer = await writeLate(trial, first, { json: { ...mine, decide } });
        const { strategy, proposed } = await conflictOf(trial, recordedId(answer), token);
        const representation = { id: first.id, version: 1, ...expected };
        assert.deepEqual([strategy, proposed], ["function", { version: 1, representation }]);
      }
    },
  },
  {
    name: "with a key, what was parked is answered again with the same id, and parked once",
    async run(trial) {
      const { first } = await changedNote(trial);
      const key = `park-${trial.nextName()}-${Date.now()}`;
      const answer = await writeLate(trial, first, { key });
      const again = await writeLate(trial, first, { key });
      assert.equal(recordedId(again), recordedId(answer));
      assertHeaders(again, { "idempotency-replayed": "true" });
      assert.equal((await conflictsOf(trial, first.key, token)).length, 1);
    },
  },
  {
    name: "refusals are counted in one record a second, where the collection says so, and nowhere else",
    async run(trial) {
      const { first } = await createChanged(trial, "counted", [before, after]);
      const answers = await Promise.all([1, 2, 3].map((n) => writeLate(trial, first, { json: { ...mine, n } })));
      const ids = new Set(answers.map(recordedId));
      const records = await Promise.all([...ids].map((id) => recordOf(trial, id)));
      const counted = records.reduce((sum, { count }) => sum + Number(count), 0);
      assert.equal(counted, 3);
      for (const record of records)
        assert.deepEqual([record["state"], record["strategy"], record["by"]], ["open", "reject", token]);
      const plain = await createChanged(trial, "plain", [before, after]);
      assert.equal(memberOf(await writeLate(trial, plain.first), "conflict"), undefined);
    },
  },
  {
    name: "100 conflicts of a resource are open at once, and one that finds as many is a plain conflict",
    async run(trial) {
      const { first, second } = await changedNote(trial);
      const late = Array.from({ length: 104 }, (_, n) => writeLate(trial, first, { json: { ...mine, n } }));
      const answers = await Promise.all(late);
      for (const answer of answers) assertStatus(answer, 409);
      const ids = answers.flatMap((answer) => memberOf(answer, "conflict") ?? []);
      assert.equal(new Set(ids).size, 100);
      const open = await conflictsOf(trial, first.key, token);
      assert.deepEqual(open.map(({ id }) => id).toSorted(), ids.toSorted());
      await assertUntouched(trial, second, token);
    },
  },
  {
    name: "a list shows one's own conflicts, the newest first, by resource and state, page by page",
    async run(trial) {
      const [one, other] = [(await changedNote(trial)).first, (await changedNote(trial)).first];
      const ids: string[] = [];
      for (const resource of [one, other, one, one]) ids.unshift(recordedId(await writeLate(trial, resource)));
      const own = [ids[0], ids[1], ids[3]];
      const listed = async (query: string, as = token) => {
        const page = await trial.send("GET", `/conflicts?${query}`, { token: as });
        assertStatus(page, 200);
        assertHeaders(page, { "cache-control": "no-store" });
        return itemsOf(page).map(({ id }) => id);
      };
      assert.deepEqual((await listed("limit=4")).slice(0, 4), ids);
      const ofOne = `resource=${encodeURIComponent(one.key)}`;
      assert.deepEqual(await listed(ofOne), own);
      assert.deepEqual(await listed(`${ofOne}&state=open`), own);
      assert.deepEqual(await listed(`${ofOne}&state=resolved`), []);
      assert.deepEqual(await listed(ofOne, "alice"), [], "what another's writes have made is not shown");
      assert.deepEqual(await listed(ofOne, "admin"), own);
      const first = await trial.send("GET", `/conflicts?${ofOne}&limit=2`, { token });
      const [link, cursor] = [linksOf(first)["next"] ?? "", memberOf(first, "next")];
      const second = await trial.sendTo("GET", link, { token });
      assert.deepEqual(
        [...itemsOf(first), ...itemsOf(second)].map(({ id }) => id),
        own,
      );
      assert.equal(memberOf(second, "next"), null);
      for (const query of ["", "state=open&", `${ofOne}&state=open&`]) {
        const foreign = await trial.send("GET", `/conflicts?${query}after=${String(cursor)}`, { token });
        assertMalformed(trial, foreign, { code: "malformed-cursor", parameter: "after" });
      }
      assertStatus(await trial.send("GET", `/notes?after=${String(cursor)}`, { token }), 400);
    },
  },
  {
    name: "a list of conflicts is refused for a parameter, limit, state or cursor that it does not have",
    async run(trial) {
      for (const [query, code, parameter] of [
        ["state=closed", "malformed-state", "state"],
        ["state=open&state=open", "repeated-parameter", "state"],
        ["resource=a&resource=b", "repeated-parameter", "resource"],
        ["by=bob", "unknown-parameter", "by"],
        ["limit=0", "malformed-limit", "limit"],
        ["after=x", "malformed-cursor", "after"],
        ["after=_conflict%2Fc_", "malformed-cursor", "after"],
      ] as const) {
        assertMalformed(trial, await trial.send("GET", `/conflicts?${query}`, { token }), { code, parameter });
      }
      for (const resource of ["notes/never", "", "_conflict/", "../", "\u0000", "x".repeat(2_000)]) {
        assert.deepEqual(await conflictsOf(trial, resource, "admin"), []);
      }
    },
  },
  {
    name: "routes of conflicts know their methods and paths, and no others",
    async run(trial) {
      const id = recordedId(await writeLate(trial, (await changedNote(trial)).first));
      const reads = "GET, HEAD, OPTIONS";
      for (const [path, allow, others] of [
        ["/conflicts", reads, ["POST", "PUT", "PATCH", "DELETE", "TRACE"]],
        [`/conflicts/${id}`, reads, ["POST", "PUT", "PATCH", "DELETE"]],
        ["/conflicts/never", reads, ["DELETE"]],
        ["/resolve-conflict", "POST, OPTIONS", ["GET", "HEAD", "PUT", "PATCH", "DELETE"]],
      ] as const) {
        const options = await trial.send("OPTIONS", path, { token });
        assertStatus(options, 204);
        assertHeaders(options, { allow, "accept-patch": undefined });
        for (const method of others) {
          const refused = await trial.send(method, path, { token });
          assertStatus(refused, 405);
          assertHeaders(refused, { allow });
        }
      }
      for (const name of ["never", "c_", `${id}%00`, `${id}0`, id.toUpperCase(), "%2e%2e%2fnotes", "__proto__", "*"])
        assertProblem(trial, await trial.send("GET", `/conflicts/${name}`, { token: "admin" }), "not-found");
      for (const path of ["/conflicts/", `/conflicts/${id}/`, `/conflicts/${id}/versions`, "/resolve-conflict/x"])
        assertProblem(trial, await trial.send("GET", path, { token }), "not-found");
    },
  },
]);
