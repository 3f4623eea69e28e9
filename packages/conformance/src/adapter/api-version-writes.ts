import assert from "node:assert/strict";
import { assertHeaders, assertStatus, bodyOf, etagOf } from "./answer.js";
import { createArticle, sendIn, ways } from "./api-versions.js";
import { assertReplayed, freshKey } from "./keyed.js";
import { linksOf } from "./links.js";
import { assertInvalid, assertProblem } from "./problems.js";
import { assertUntouched, modifiedAtOf } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

export const apiVersionWriteCases: readonly AdapterCase[] = casesOn("versioned", [
  {
    name: "a write in an earlier API version is answered in it, and keeps what that does not show",
    async run(trial) {
      for (const way of ways) {
        const { id, path, etag } = await createArticle(trial);
        let ifMatch = etag;
        for (const [at, [method, message]] of (
          [
            ["PUT", { json: { content: "1", tags: ["x"] } }],
            ["PATCH", { mergePatch: { content: "2" } }],
            ["PATCH", { jsonPatch: [{ op: "replace", path: "/content", value: "3" }] }],
          ] as const
        ).entries()) {
          const answer = await sendIn(trial, [way, "v2"], method, path, { ...message, ifMatch });
          assertStatus(answer, 200);
          const [version, text] = [at + 3, `${at + 1}`];
          assert.deepEqual(answer.json, { id, version, content: text, tags: ["x"] });
          const newest = await trial.send("GET", path);
          assert.deepEqual(newest.json, { id, version, body: text, tags: ["x"], rating: 5 });
          ifMatch = etagOf(answer);
          assert.equal(ifMatch, `${etagOf(newest).slice(0, -1)}.v2"`);
        }
        const again = await sendIn(trial, [way, "v2"], "PUT", path, { json: { content: "3", tags: ["x"] }, ifMatch });
        assertStatus(again, 200);
        assert.equal(etagOf(again), ifMatch, "what was read and is written back makes no new version");
      }
    },
  },
  {
    name: "writers in two API versions meet the same conflict, and each is told it in the names of its own",
    async run(trial) {
      const article = await createArticle(trial);
      const { id, path, etag, wholePath } = article;
      const stale = etagOf(await trial.send("GET", `${path}/versions/1`));
      const modifiedAt = await modifiedAtOf(trial, article);
      for (const [version, name, hidden, suffix] of [
        ["v2", "content", {}, ".v2"],
        ["v3", "body", { rating: 5 }, ""],
      ] as const) {
        for (const way of ways) {
          const place = way === "path" ? wholePath.replace("/articles", `/${version}/articles`) : wholePath;
          const sent = { json: { [name]: "C", tags: ["x"] }, ifMatch: stale };
          const answer = await sendIn(trial, [way, version], "PUT", path, sent);
          const shown = { id, version: 2, [name]: "B — é", tags: ["x"], ...hidden };
          const unseen = version === "v2" ? [] : [{ op: "replace", path: "/rating", value: 5 }];
          assertProblem(trial, answer, "version-conflict", {
            members: {
              resource: article.key,
              expected: { etag: [stale] },
              current: {
                version: 2,
                etag: `${etag.slice(0, -1)}${suffix}"`,
                modifiedAt,
                representation: shown,
              },
              conflictingFields: version === "v2" ? ["/content"] : ["/body", "/rating"],
              changes: [{ op: "replace", path: `/${name}`, value: "B — é" }, ...unseen],
              identical: false,
              links: { resource: place, versions: `${place}/versions` },
            },
          });
        }
      }
      await assertUntouched(trial, article);
    },
  },
  {
    name: "what is wrong with content is told in the names of the request's API version",
    async run(trial) {
      const article = await createArticle(trial);
      const { path, etag: ifMatch } = article;
      for (const way of ways) {
        const put = (version: string, json: object) => sendIn(trial, [way, version], "PUT", path, { json, ifMatch });
        assertInvalid(trial, await put("v2", { content: 1 }), "/content");
        assertInvalid(trial, await put("v2", { body: "C" }), "/content", "/body");
        assertInvalid(trial, await put("v3", { content: "C" }), "/body", "/content");
        assertInvalid(trial, await put("v2", { content: "C", rating: 1 }), "/rating");
      }
      await assertUntouched(trial, article);
    },
  },
  {
    name: "links and Location lead on in the API version of the path, and stay without one where there is none",
    async run(trial) {
      for (const way of ways) {
        const id = trial.nextName();
        const made = await sendIn(trial, [way, "v2"], "POST", "/articles", { json: { id, content: "A" } });
        assertStatus(made, 201);
        const wholePath = `${trial.prefix}${way === "path" ? "/v2" : ""}/articles/${id}`;
        assertHeaders(made, { location: wholePath, "content-location": wholePath });
        const { "successor-version": _, ...links } = linksOf(
          await sendIn(trial, [way, "v2"], "GET", `/articles/${id}`),
        );
        assert.deepEqual(links, {
          original: wholePath,
          timegate: wholePath,
          timemap: `${wholePath}/timemap`,
          "latest-version": wholePath,
          "version-history": `${wholePath}/versions`,
        });
      }
    },
  },
  {
    name: "an Idempotency-Key repeats a write in its API version, however that is chosen, and is 422 in another one",
    async run(trial) {
      const { path, etag: ifMatch } = await createArticle(trial);
      const sent = { json: { content: "C" }, ifMatch, key: freshKey(trial) };
      const first = await sendIn(trial, ["path", "v2"], "PUT", path, sent);
      assertStatus(first, 200);
      assertReplayed(await sendIn(trial, ["path", "v2"], "PUT", path, sent), first);
      for (const way of ["accept", "api-version"] as const) {
        const again = await sendIn(trial, [way, "v2"], "PUT", path, sent);
        assertHeaders(again, { "idempotency-replayed": "true", "api-version": "v2", etag: etagOf(first) });
        assert.equal(again.text, first.text);
      }
      assertProblem(trial, await trial.send("PUT", path, sent), "idempotency-key-reused");
      assert.equal(bodyOf(await trial.send("GET", path))["version"], 3);
    },
  },
]);
