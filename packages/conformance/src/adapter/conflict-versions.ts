import assert from "node:assert/strict";
import type { JsonObject } from "@unclash/core/json";
import { type Answer, assertStatus, bodyOf, etagOf } from "./answer.js";
import { conflictOf, recordedId, resolve, settledId } from "./conflict-records.js";
import { assertInvalid } from "./problems.js";
import { createChanged, type Resource, read } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

const token = "bob";
const v1 = "/v1";
const [first, second] = [
  { title: "A", body: "1", rating: 4 },
  { title: "A", body: "2", rating: 5 },
];

/** An article whose text another has changed since the version that late writes name. */
function changedArticle(trial: Trial): Promise<{ readonly first: Resource; readonly second: Resource }> {
  return createChanged(trial, "articles", [first, second]);
}

const isOld = (base: string): boolean => base === v1;

/** What an API version shows of an article. */
function shownIn(
  base: string,
  { body, rating, ...rest }: { readonly body: string; readonly rating: number } & JsonObject,
) {
  return isOld(base) ? { ...rest, content: body } : { ...rest, body, rating };
}

async function parkIn(trial: Trial, base: string, { path, etag: ifMatch }: Resource): Promise<Answer> {
  const json = shownIn(base, { ...first, body: "M" });
  return trial.send("PUT", base + path, { json, ifMatch, token, prefer: "on-conflict=manual" });
}

export const conflictVersionCases: readonly AdapterCase[] = casesOn("recording", [
  {
    name: "a conflict that was made in one API version is shown in each in its own names, and so is its answer",
    async run(trial) {
      for (const madeIn of [v1, "/v2", ""]) {
        const changed = await changedArticle(trial);
        const { id } = changed.first;
        const late = await parkIn(trial, madeIn, changed.first);
        const field = (base: string) => (isOld(base) ? "/content" : "/body");
        const { conflictingFields, current } = bodyOf(late);
        assert.deepEqual(conflictingFields, [field(madeIn)]);
        assert.deepEqual(Object(current).representation, { id, version: 2, ...shownIn(madeIn, second) });
        for (const base of [v1, "/v2", ""]) {
          const shown = await conflictOf(trial, recordedId(late), token, base);
          assert.deepEqual(shown["conflictingFields"], [field(base)]);
          for (const [name, version, state] of [
            ["base", 1, first],
            ["current", 2, second],
            ["proposed", 1, { ...first, body: "M" }],
          ] as const) {
            assert.deepEqual(
              shown[name],
              { version, representation: { id, version, ...shownIn(base, state) } },
              `${name} of a conflict made in ${madeIn} and shown in ${base}`,
            );
          }
        }
      }
    },
  },
  {
    name: "a conflict that was made in one API version is resolved in another, in the names of that",
    async run(trial) {
      for (const [madeIn, resolvedIn] of [
        [v1, "/v2"],
        ["/v2", v1],
        [v1, v1],
      ] as const) {
        const custom = shownIn(resolvedIn, { title: "C", body: "C", rating: 5 });
        for (const [more, left] of [
          [{ resolution: "mine" }, { title: "A", body: "M" }],
          [
            { resolution: "custom", value: custom },
            { title: "C", body: "C" },
          ],
          [{ resolution: "theirs" }, { title: "A", body: "2" }],
        ] as const) {
          const changed = await changedArticle(trial);
          const conflict = recordedId(await parkIn(trial, madeIn, changed.first));
          const resolved = await resolve(trial, { conflict, ...more }, { token }, resolvedIn);
          assertStatus(resolved, 200);
          const current = await trial.send("GET", resolvedIn + changed.first.path, { token });
          const { etag } = bodyOf(resolved);
          assert.equal(etag, etagOf(current));
          const { title, body } = bodyOf(await read(trial, changed.first, token));
          assert.deepEqual({ title, body }, left);
        }
      }
    },
  },
  {
    name: "a value in an earlier API version keeps what that does not show, and its faults are told in its names",
    async run(trial) {
      const changed = await changedArticle(trial);
      const conflict = recordedId(await parkIn(trial, v1, changed.first));
      const custom = (value: unknown) => resolve(trial, { conflict, resolution: "custom", value }, { token }, v1);
      assertInvalid(trial, await custom({ title: "C", content: 1 }), "/content");
      assertInvalid(trial, await custom({ title: "C", body: "C" }), "/body");
      assertStatus(await custom({ title: "C", content: "C" }), 200);
      const left = bodyOf(await read(trial, changed.first, token));
      assert.deepEqual(left, { id: changed.first.id, version: 3, title: "C", body: "C", rating: 5 });
    },
  },
  {
    name: "late writes in two API versions are merged with each other, and keep what each does not show",
    async run(trial) {
      for (const [base, fields, left] of [
        [v1, { title: "M", content: "1" }, { title: "M", body: "2", rating: 5 }],
        ["/v2", { title: "M", body: "1", rating: 4 }, { title: "M", body: "2", rating: 5 }],
      ] as const) {
        const changed = await changedArticle(trial);
        const { path, etag: ifMatch, id } = changed.first;
        const merged = await trial.send("PUT", base + path, { json: fields, ifMatch, token });
        assertStatus(merged, 200);
        assert.deepEqual(bodyOf(merged), { id, version: 3, ...shownIn(base, left) });
        assert.deepEqual(bodyOf(await read(trial, changed.first, token)), { id, version: 3, ...left });
        const shown = await conflictOf(trial, settledId(merged, "merge"), token, v1);
        assert.equal(Object(shown["proposed"]).representation.content, "1");
      }
    },
  },
]);
