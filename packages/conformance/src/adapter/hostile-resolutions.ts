import { assertStatus } from "./answer.js";
import { resolve } from "./conflict-records.js";
import { assertCleanGlobals } from "./hostile.js";
import { objectOf, objectWith } from "./hostile-content.js";
import { assertMalformed, assertMalformedBody, assertProblem } from "./problems.js";
import { assertOpen, assertResolved, mine, park } from "./resolving.js";
import { assertUntouched, createChanged } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const token = "bob";

export const hostileResolutionCases: readonly AdapterCase[] = casesOn("recording", [
  {
    name: "a resolution that does not parse is refused, with all that is wrong, and resolves nothing",
    async run(trial) {
      const parked = await park(trial, mine);
      const { conflict } = parked;
      for (const [json, code, pointer] of [
        [{ resolution: "mine" }, "malformed-conflict", "/conflict"],
        [{ conflict: 1, resolution: "mine" }, "malformed-conflict", "/conflict"],
        [{ conflict }, "malformed-resolution", "/resolution"],
        [{ conflict, resolution: "MINE" }, "malformed-resolution", "/resolution"],
        [{ conflict, resolution: ["mine"] }, "malformed-resolution", "/resolution"],
        [{ conflict, resolution: "toString" }, "malformed-resolution", "/resolution"],
        [{ conflict, resolution: "custom" }, "malformed-value", "/value"],
        [{ conflict, resolution: "mine", value: {} }, "malformed-value", "/value"],
        [{ conflict, resolution: "mine", version: "2" }, "malformed-version", "/version"],
        [{ conflict, resolution: "mine", version: -1 }, "malformed-version", "/version"],
        [{ conflict, resolution: "mine", force: true }, "unknown-member", "/force"],
      ] as const) {
        assertMalformed(trial, await resolve(trial, json, { token }), { code, pointer });
      }
      const wrong = await resolve(trial, [conflict], { token });
      assertMalformed(
        trial,
        wrong,
        { code: "malformed-conflict", pointer: "/conflict" },
        { code: "malformed-resolution", pointer: "/resolution" },
      );
      const conditional = await resolve(trial, { conflict, resolution: "mine" }, { token, ifMatch: '"x"' });
      assertMalformed(trial, conditional, { code: "unsupported-precondition", header: "If-Match" });
      for (const headers of [{ "content-type": "text/plain" }, { "content-type": "application/merge-patch+json" }])
        assertProblem(
          trial,
          await resolve(trial, { conflict, resolution: "mine" }, { token, headers }),
          "unsupported-media-type",
        );
      await assertOpen(trial, parked);
    },
  },
  {
    name: "rows 22 to 29: what is hostile in the content of a resolution is refused as in any other",
    async run(trial) {
      const parked = await park(trial, mine);
      const rest = `"conflict":"${parked.conflict}","resolution":"custom"`;
      const send = (value: string) =>
        trial.send("POST", "/resolve-conflict", { content: `{${rest},"value":${value}}`, token });
      assertStatus(await send(objectOf(1_048_576)), 413);
      assertMalformedBody(trial, await send(`${"[".repeat(10_000)}${"]".repeat(10_000)}`), "too-deep");
      assertMalformedBody(trial, await send(objectWith(100_000)), "too-many-keys");
      assertMalformedBody(trial, await send('{"a":1e400}'), "number-out-of-range");
      assertMalformedBody(trial, await send('{"a":9007199254740993}'), "number-out-of-range");
      assertMalformedBody(trial, await send('"\\ud800"'), "invalid-unicode");
      for (const value of ["", "NaN", "{},", "{"]) assertMalformedBody(trial, await send(value), "malformed-json");
      await assertOpen(trial, parked);
    },
  },
  {
    name: "rows 31 and 32: a resolution with __proto__ is 400, and constructor is a member like any other",
    async run(trial) {
      const parked = await park(trial, mine);
      const { conflict, second } = parked;
      const evil = '{"__proto__":{"admin":true}}';
      for (const content of [
        `{"conflict":"${conflict}","resolution":"custom","value":${evil}}`,
        `{"conflict":"${conflict}","resolution":"custom","value":{"a":[${evil}]}}`,
        `{"conflict":"${conflict}","resolution":"mine","__proto__":{"resolution":"theirs"}}`,
        `{"__proto__":{"conflict":"${conflict}","resolution":"mine"}}`,
      ]) {
        assertMalformedBody(trial, await trial.send("POST", "/resolve-conflict", { content, token }), "forbidden-key");
      }
      await assertOpen(trial, parked);
      const value = { constructor: { prototype: { admin: true } }, hasOwnProperty: 1, toString: "x" };
      const answer = await resolve(trial, { conflict, resolution: "custom", value }, { token });
      await assertResolved(trial, answer, second, { version: 3, ...value });
      assertCleanGlobals();
    },
  },
  {
    name: "rows 31 to 36: what is hostile in a late write is refused before it is merged or parked",
    async run(trial) {
      for (const collection of ["notes", "articles"]) {
        const { first, second } = await createChanged(trial, collection, [{ title: "A" }, { title: "B" }]);
        const { path, etag: ifMatch } = first;
        const late = { ifMatch, token };
        const mergePatch = { "content-type": "application/merge-patch+json" };
        for (const content of ['{"__proto__":{"admin":true}}', '{"title":{"__proto__":1}}']) {
          assertMalformedBody(trial, await trial.send("PUT", path, { ...late, content }), "forbidden-key");
          const patch = { ...late, content, headers: mergePatch };
          assertMalformedBody(trial, await trial.send("PATCH", path, patch), "forbidden-key");
        }
        for (const [jsonPatch, code] of [
          [[{ op: "add", path: "/__proto__/x", value: 1 }], "forbidden-key"],
          [[{ op: "replace", path: "/title/~2", value: 1 }], "malformed-pointer"],
          [Array.from({ length: 201 }, () => ({ op: "test", path: "/title", value: "A" })), "too-many-operations"],
        ] as const) {
          assertMalformedBody(trial, await trial.send("PATCH", path, { ...late, jsonPatch }), code);
        }
        const doubling = Array.from({ length: 30 }, (_, n) => ({ op: "copy", from: "", path: `/m${n}` }));
        assertStatus(await trial.send("PATCH", path, { ...late, jsonPatch: doubling }), 413);
        const missing = [{ op: "remove", path: "/never" }];
        assertStatus(await trial.send("PATCH", path, { ...late, jsonPatch: missing }), 422);
        const failing = [
          { op: "test", path: "/title", value: "B" },
          { op: "replace", path: "/title", value: "M" },
        ];
        assertProblem(trial, await trial.send("PATCH", path, { ...late, jsonPatch: failing }), "invalid-state", {
          members: { resource: first.key, field: "/title" },
        });
        await assertUntouched(trial, second, token);
        assertCleanGlobals();
      }
    },
  },
]);
