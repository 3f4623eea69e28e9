import assert from "node:assert/strict";
import { assertHeaders, assertStatus, bodyOf, headerOf, memberOf } from "./answer.js";
import { conflictOf, conflictsOf, recordedId, resolve } from "./conflict-records.js";
import { challenge } from "./guarded.js";
import { itemsOf } from "./lists.js";
import { assertProblem } from "./problems.js";
import { assertUntouched, createChanged, type Resource, read, replace } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

const token = "bob";
const mine = { title: "M" };

/** A conflict of someone's with an id that begins so, and the resource as it is. */
async function park(
  trial: Trial,
  prefix: string,
  by = token,
): Promise<{ readonly conflict: string; readonly second: Resource }> {
  const id = prefix + trial.nextName();
  const { first, second } = await createChanged(trial, "notes", [{ title: "A" }, { title: "B" }], {
    id,
    token: "admin",
  });
  const late = await trial.send("PUT", first.path, { json: { ...mine, version: 1 }, token: by });
  return { conflict: recordedId(late), second };
}

/** What its sender is shown of a conflict whose resource it may not read, or no longer. */
function assertSenderOnly(conflict: object, { id, key }: Resource, by: string): void {
  const { detectedAt: _, id: __, ...shown } = Object(conflict);
  assert.deepEqual(shown, {
    resource: key,
    state: "open",
    strategy: "manual",
    base: { version: 1 },
    proposed: { version: 1, representation: { id, version: 1, ...mine } },
    by,
    count: 1,
  });
}

export const conflictPermissionCases: readonly AdapterCase[] = casesOn("recording", [
  {
    name: "conflicts are for known callers: 401, with a challenge, to anonymous ones and for wrong credentials",
    async run(trial) {
      const { conflict, second } = await park(trial, "");
      const resolution = { json: { conflict, resolution: "mine" } };
      for (const [method, path, message] of [
        ["GET", "/conflicts", {}],
        ["GET", "/conflicts?limit=0", {}],
        ["GET", `/conflicts/${conflict}`, {}],
        ["GET", "/conflicts/never", {}],
        ["POST", "/resolve-conflict", resolution],
        ["POST", "/resolve-conflict", { content: "{" }],
      ] as const) {
        const anonymous = await trial.send(method, path, message);
        assertProblem(trial, anonymous, "unauthenticated");
        headerOf(anonymous, "www-authenticate");
        const wrong = await trial.send(method, path, { ...message, token: "mallory" });
        assertProblem(trial, wrong, "unauthenticated");
        assertHeaders(wrong, { "www-authenticate": challenge });
      }
      await assertUntouched(trial, second, token);
    },
  },
  {
    name: "another's conflict is as one that there is not, to read and to resolve; an admin may do both",
    async run(trial) {
      const { conflict, second } = await park(trial, "");
      const never = `${conflict.slice(0, -4)}0000`;
      for (const as of ["alice", "writer"]) {
        const seen = await trial.send("GET", `/conflicts/${conflict}`, { token: as });
        const absent = await trial.send("GET", `/conflicts/${never}`, { token: as });
        assert.equal(seen.text.replace(conflict, never), absent.text);
        assert.equal(seen.status, 404);
        assert.deepEqual(await conflictsOf(trial, second.key, as), []);
        const refused = await resolve(trial, { conflict, resolution: "theirs" }, { token: as });
        const nothing = await resolve(trial, { conflict: never, resolution: "theirs" }, { token: as });
        assert.equal(refused.text, nothing.text);
      }
      const shown = await conflictOf(trial, conflict, "admin");
      assert.deepEqual([shown["by"], Object(shown["proposed"]).representation?.title], [token, "M"]);
      assertStatus(await resolve(trial, { conflict, resolution: "mine" }, { token: "admin" }), 200);
      const resolved = await conflictOf(trial, conflict, token);
      assert.deepEqual([resolved["by"], resolved["resolvedBy"]], [token, "admin"]);
    },
  },
  {
    name: "who may write but not read is shown of its conflict what it has sent, and nothing of what is there",
    async run(trial) {
      const { conflict, second } = await park(trial, "", "writer");
      assertSenderOnly(await conflictOf(trial, conflict, "writer"), second, "writer");
      const late = await trial.send("PUT", second.path, { json: { ...mine, version: 1 }, token: "writer" });
      assert.deepEqual(Object.keys(bodyOf(late)).toSorted(), [
        "conflict",
        "detail",
        "expected",
        "instance",
        "links",
        "resource",
        "status",
        "title",
        "type",
      ]);
      const { message: _, ...told } = bodyOf(
        await resolve(trial, { conflict, resolution: "mine" }, { token: "writer" }),
      );
      assert.deepEqual(told, { status: "resolved", resource: second.key });
      assert.equal(memberOf(await read(trial, second, "admin"), "title"), "M");
    },
  },
  {
    name: "who may read but not the history is shown the current state of a conflict, and of past ones their versions",
    async run(trial) {
      const { conflict, second } = await park(trial, "past-");
      const shown = await conflictOf(trial, conflict, token);
      assert.deepEqual([shown["base"], shown["conflictingFields"]], [{ version: 1 }, undefined]);
      assert.deepEqual(shown["current"], { version: 2, representation: second.body });
      await replace(trial, second, { title: "C" }, "admin");
      assert.deepEqual((await conflictOf(trial, conflict, token))["current"], { version: 2 });
      const all = await conflictOf(trial, conflict, "admin");
      assert.deepEqual(all["current"], { version: 2, representation: second.body });
      assert.deepEqual(all["conflictingFields"], ["/title"]);
    },
  },
  {
    name: "a conflict of a resource since hidden from its sender shows only what that has sent",
    async run(trial) {
      const { conflict, second } = await park(trial, "secret-");
      assert("current" in (await conflictOf(trial, conflict, token)));
      await replace(trial, second, { title: "C", off: true }, "admin");
      assertSenderOnly(await conflictOf(trial, conflict, token), second, token);
      const [item] = itemsOf(await trial.send("GET", `/conflicts?resource=${second.key}`, { token }));
      assert.deepEqual([item?.["current"], item?.["proposed"]], [undefined, { version: 1 }]);
      const moved = await resolve(trial, { conflict, resolution: "mine" }, { token });
      assertStatus(moved, 409);
      const { current, changes, identical } = bodyOf(moved);
      assert.deepEqual([current, changes, identical], [undefined, undefined, undefined]);
    },
  },
  {
    name: "who may no longer change a resource resolves nothing that would, and may agree to what is there",
    async run(trial) {
      const { conflict, second } = await park(trial, "closed-");
      const third = await replace(trial, second, { title: "C", off: true }, "admin");
      const at = { conflict, version: 3 };
      for (const more of [{ resolution: "mine" }, { resolution: "custom", value: {} }, { resolution: "merge" }])
        assertProblem(trial, await resolve(trial, { ...at, ...more }, { token }), "forbidden");
      await assertUntouched(trial, third, "admin");
      assertStatus(await resolve(trial, { ...at, resolution: "theirs" }, { token }), 200);
      await assertUntouched(trial, third, "admin");
    },
  },
]);
