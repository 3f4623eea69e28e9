import assert from "node:assert/strict";
import { isJsonArray } from "@unclash/core/json";
import { assertHeaders, assertStatus, bodyOf } from "./answer.js";
import { assertProblem } from "./problems.js";
import { assertUntouched, create, modifiedAtOf, type Resource, replace } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

function linksTo({ wholePath }: Resource): object {
  return { resource: wholePath, versions: `${wholePath}/versions` };
}

async function currentOf(trial: Trial, resource: Resource): Promise<object> {
  return { version: resource.body["version"], etag: resource.etag, modifiedAt: await modifiedAtOf(trial, resource) };
}

export const conflictCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "a conflict says what was expected, what there is, what has changed since, and what of it was touched",
    async run(trial) {
      const first = await create(trial, "articles", { title: "Old", body: "b" });
      const second = await replace(trial, first, { title: "New", body: "b" });
      const conflict = await trial.send("PUT", first.path, { json: { title: "Mine", body: "b" }, ifMatch: first.etag });
      assertStatus(conflict, 409);
      assertHeaders(conflict, { etag: undefined, "unclash-conflict": undefined, "preference-applied": undefined });
      assert.deepEqual(bodyOf(conflict), {
        type: "urn:problem-type:unclash:version-conflict",
        title: "The resource has changed",
        status: 409,
        detail: `${first.key} is at version 2, and this request is for version 1.`,
        instance: first.wholePath,
        resource: first.key,
        expected: { etag: [first.etag] },
        current: await currentOf(trial, second),
        conflictingFields: ["/title"],
        changes: [{ op: "replace", path: "/title", value: "New" }],
        identical: false,
        links: linksTo(first),
      });
      await assertUntouched(trial, second);
    },
  },
  {
    name: "a conflict by the version in the content says so, and the same of it",
    async run(trial) {
      const first = await create(trial, "articles", { title: "Old" });
      const second = await replace(trial, first, { title: "New" });
      const conflict = await trial.send("PUT", first.path, { json: { title: "New", version: 1 } });
      assertProblem(trial, conflict, "version-conflict", {
        members: {
          resource: first.key,
          expected: { version: 1 },
          current: await currentOf(trial, second),
          conflictingFields: ["/title"],
          changes: [{ op: "replace", path: "/title", value: "New" }],
          identical: true,
          links: linksTo(first),
        },
      });
    },
  },
  {
    name: "of a state above 64 KiB a conflict says whether the write is what is there already, and nothing of changes",
    async run(trial) {
      const long = "x".repeat(70_000);
      const first = await create(trial, "articles", { title: "Old", body: long });
      const second = await replace(trial, first, { title: "New", body: "b" });
      for (const [method, content, identical] of [
        ["PUT", { json: { body: "b", title: "New" } }, true],
        ["PUT", { json: { title: "Mine", body: "b" } }, false],
        ["PATCH", { mergePatch: { title: "New", body: "b" } }, true],
        ["PATCH", { mergePatch: {} }, false],
        ["DELETE", {}, false],
      ] as const) {
        const conflict = await trial.send(method, first.path, { ...content, ifMatch: first.etag });
        const current = await currentOf(trial, second);
        const expected = { etag: [first.etag] };
        const members = { resource: first.key, expected, current, identical, links: linksTo(first) };
        assertProblem(trial, conflict, "version-conflict", { members });
      }
      await assertUntouched(trial, second);
    },
  },
  {
    name: "a tag or version that this resource never had tells nothing of what has changed",
    async run(trial) {
      const other = await replace(trial, await create(trial, "articles", { title: "other" }), { title: "O" });
      const resource = await create(trial, "articles", { title: "A" });
      const current = await currentOf(trial, resource);
      const members = { resource: resource.key, current, identical: false, links: linksTo(resource) };
      for (const tag of [other.etag, '"x"', '"1-aaaaaaaaaaaaaaaa"', '"9-aaaaaaaaaaaaaaaa"']) {
        const conflict = await trial.send("PUT", resource.path, { json: { title: "B" }, ifMatch: tag });
        assertProblem(trial, conflict, "version-conflict", { members: { ...members, expected: { etag: [tag] } } });
      }
      const ahead = await trial.send("PUT", resource.path, { json: { title: "B", version: 5 } });
      assertProblem(trial, ahead, "version-conflict", { members: { ...members, expected: { version: 5 } } });
      await assertUntouched(trial, resource);
    },
  },
  {
    name: "a conflict names all the tags that were expected, and goes by the newest that this resource had",
    async run(trial) {
      const first = await create(trial, "articles", { title: "1" });
      const second = await replace(trial, first, { title: "2" });
      const third = await replace(trial, second, { title: "3" });
      const ifMatch = `${first.etag}, W/"w", ${second.etag}`;
      const conflict = bodyOf(await trial.send("PUT", first.path, { json: { title: "4" }, ifMatch }));
      assert.deepEqual(conflict["expected"], { etag: [first.etag, 'W/"w"', second.etag] });
      assert.deepEqual(conflict["changes"], [{ op: "replace", path: "/title", value: "3" }]);
      await assertUntouched(trial, third);
    },
  },
  {
    name: "a stale DELETE is a conflict with all that has changed",
    async run(trial) {
      const first = await create(trial, "articles", { title: "A" });
      await replace(trial, first, { title: "B", body: "new" });
      const conflict = bodyOf(await trial.send("DELETE", first.path, { ifMatch: first.etag }));
      const { conflictingFields } = conflict;
      assert(isJsonArray(conflictingFields));
      assert.deepEqual(conflictingFields.map(String).toSorted(), ["/body", "/title"]);
      assert.equal(conflict["identical"], false);
    },
  },
  {
    name: "a collection can let conflicts show the current state",
    async run(trial) {
      const first = await create(trial, "disclosed", { a: 1 });
      const second = await replace(trial, first, { a: 2 });
      const conflict = bodyOf(await trial.send("PUT", first.path, { json: { a: 3 }, ifMatch: first.etag }));
      assert.deepEqual(conflict["current"], { ...(await currentOf(trial, second)), representation: second.body });
      const exists = bodyOf(await trial.send("PUT", first.path, { json: { a: 3 }, ifNoneMatch: "*" }));
      assert.deepEqual(exists["current"], conflict["current"]);
    },
  },
]);
