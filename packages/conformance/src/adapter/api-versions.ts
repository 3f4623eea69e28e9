import assert from "node:assert/strict";
import { type Answer, assertHeaders, assertStatus, bodyOf, etagOf } from "./answer.js";
import { linksOf } from "./links.js";
import { itemsOf } from "./lists.js";
import type { Message } from "./message.js";
import { assertProblem } from "./problems.js";
import { assertUntouched, create, type Resource, replace } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

/** How a request chooses an API version. */
export type Way = "path" | "accept" | "api-version";

export const ways: readonly Way[] = ["path", "accept", "api-version"];

export function mediaTypeOf(version: string): string {
  return `application/vnd.suite.${version}+json`;
}

/** Sends a request in an API version, chosen in one of the three ways. */
export function sendIn(
  trial: Trial,
  [way, version]: readonly [Way, string],
  method: string,
  path: string,
  message: Message = {},
): Promise<Answer> {
  if (way === "path") return trial.send(method, `/${version}${path}`, message);
  const chosen = way === "accept" ? { accept: mediaTypeOf(version) } : { "api-version": version };
  return trial.send(method, path, { ...message, headers: { ...chosen, ...message.headers } });
}

/** An article of the newest version, changed once. */
export async function createArticle(trial: Trial): Promise<Resource> {
  const made = await create(trial, "articles", { body: "A", tags: ["x"], rating: 4 });
  return replace(trial, made, { body: "B — é", tags: ["x"], rating: 5 });
}

/** What `v2` shows of that change. */
const changed = [{ op: "replace", path: "/content", value: "B — é" }];

const json = "application/json; charset=utf-8";
const vary = "accept, api-version";
const lastDay = "Thu, 01 Jan 2099 00:00:00 GMT";

export const apiVersionCases: readonly AdapterCase[] = casesOn("versioned", [
  {
    name: "an API version gives the same content by path, Accept and API-Version, and says if a header chose it",
    async run(trial) {
      const { id, path } = await createArticle(trial);
      const shown = { id, version: 2, content: "B — é", tags: ["x"] };
      for (const [target, type, holds] of [
        [path, json, (answer) => assert.deepEqual(answer.json, shown)],
        [`${path}?version=1`, json, (answer) => assert.deepEqual(answer.json, { ...shown, version: 1, content: "A" })],
        ["/articles?limit=100", json, (answer) => assert.equal(contentIn(answer, id), shown.content)],
        [`${path}/diff?from=1`, "application/json-patch+json", (answer) => assert.deepEqual(answer.json, changed)],
      ] as const satisfies readonly (readonly [string, string, (answer: Answer) => void])[]) {
        const first = await sendIn(trial, ["path", "v2"], "GET", target);
        for (const way of ways) {
          const answer = await sendIn(trial, [way, "v2"], "GET", target);
          assertStatus(answer, 200);
          holds(answer);
          assert.equal(answer.text, first.text, `${target} has the same content by ${way}`);
          assertHeaders(answer, {
            etag: etagOf(first),
            "api-version": way === "path" ? undefined : "v2",
            "content-type": way === "accept" && type === json ? mediaTypeOf("v2") : type,
          });
          assert.equal(answer.headers["vary"]?.endsWith(vary) === true, way !== "path", `Vary of ${target} by ${way}`);
          const { date: _, connection: __, "keep-alive": ___, ...headers } = answer.headers;
          assertHeaders(await sendIn(trial, [way, "v2"], "HEAD", target), headers);
        }
      }
    },
  },
  {
    name: "a request that chooses no API version gets the default, and is told what it would depend on",
    async run(trial) {
      const { path, text, etag } = await createArticle(trial);
      for (const accept of [undefined, "*/*", "text/html", "application/json, */*;q=0.1", "x", ""]) {
        const answer = await trial.send("GET", path, accept === undefined ? {} : { headers: { accept } });
        assertStatus(answer, 200);
        assert.equal(answer.text, text);
        assertHeaders(answer, { etag, "api-version": undefined, deprecation: undefined, sunset: undefined });
        assert(answer.headers["vary"]?.endsWith(vary), answer.headers["vary"]);
      }
    },
  },
  {
    name: "each API version has an entity-tag of its own for reads, and a write takes those of all, of ended ones too",
    async run(trial) {
      const { path, etag } = await createArticle(trial);
      const old = etagOf(await sendIn(trial, ["path", "v2"], "GET", path));
      assert.equal(old, `${etag.slice(0, -1)}.v2"`);
      for (const way of ways) {
        assertStatus(await sendIn(trial, [way, "v2"], "GET", path, { ifNoneMatch: old }), 304);
        assertStatus(await sendIn(trial, [way, "v2"], "GET", path, { ifNoneMatch: etag }), 200);
        assertStatus(await sendIn(trial, [way, "v3"], "GET", path, { ifNoneMatch: old }), 200);
        assertStatus(await sendIn(trial, [way, "v3"], "GET", path, { ifNoneMatch: etag }), 304);
      }
      let [current, at] = [etag, 0];
      for (const suffix of ["", ".v1", ".v2", ".v3"]) {
        for (const version of ["v2", "v3"]) {
          const ifMatch = `${current.slice(0, -1)}${suffix}"`;
          const mergePatch = { [version === "v2" ? "content" : "body"]: `${++at}` };
          const patched = await sendIn(trial, ["path", version], "PATCH", path, { mergePatch, ifMatch });
          assertStatus(patched, 200);
          current = etagOf(await trial.send("GET", path));
          assert.equal(etagOf(patched), version === "v3" ? current : `${current.slice(0, -1)}.v2"`);
          for (const forged of [".v2.v2", ".v9", ".", ".V2", ".v2 "]) {
            const refused = await trial.send("PATCH", path, {
              mergePatch,
              ifMatch: `${current.slice(0, -1)}${forged}"`,
            });
            assert.equal(refused.status, forged === ".v2 " ? 400 : 409, `${forged}: ${refused.text}`);
          }
        }
      }
    },
  },
  {
    name: "each answer in a deprecated API version says since when, until when, and where its successor is",
    async run(trial) {
      const { path, etag } = await createArticle(trial);
      const content = { content: "C" };
      for (const way of ways) {
        for (const [method, target, message, status] of [
          ["GET", path, {}, 200],
          ["HEAD", `${path}?version=1`, {}, 200],
          ["GET", path, { ifNoneMatch: "*" }, 304],
          ["GET", "/articles?limit=1", {}, 200],
          ["OPTIONS", path, {}, 204],
          ["GET", "/articles/never", {}, 404],
          ["POST", path, { json: content }, 405],
          ["PUT", path, { json: content, headers: { "content-type": "text/plain" } }, 415],
          ["PUT", path, { json: content }, 428],
          ["PUT", path, { json: content, ifMatch: '"1-x"' }, 409],
          ["PUT", path, { json: {}, ifMatch: etag }, 422],
          ["POST", "/articles", { json: { id: trial.nextName(), ...content } }, 201],
        ] as const) {
          const answer = await sendIn(trial, [way, "v2"], method, target, message);
          assertStatus(answer, status);
          assertHeaders(answer, { deprecation: "@1735689600", sunset: lastDay });
          assert.equal(linksOf(answer)["successor-version"], `${trial.prefix}/v3${target}`);
        }
      }
    },
  },
  {
    name: "an API version that has ended is 410 for all requests, with its successor, and changes nothing",
    async run(trial) {
      const article = await createArticle(trial);
      const { path, etag } = article;
      const content = { content: "C" };
      for (const way of ways) {
        for (const [method, target, message] of [
          ["GET", path, {}],
          ["HEAD", path, {}],
          ["GET", "/articles?limit=1", {}],
          ["GET", "/articles/never", {}],
          ["PUT", path, { json: content, ifMatch: etag }],
          ["DELETE", path, { ifMatch: etag }],
          ["POST", "/articles", { json: content }],
        ] as const) {
          const answer = await sendIn(trial, [way, "v1"], method, target, message);
          const successor = `${trial.prefix}/v3${target}`;
          if (method === "HEAD") assertStatus(answer, 410);
          else assertProblem(trial, answer, "api-version-ended", { members: { links: { successor } } });
          assert.equal(linksOf(answer)["successor-version"], successor);
          assertHeaders(answer, { deprecation: "@1704067200", sunset: "Wed, 01 Jan 2025 00:00:00 GMT" });
        }
      }
      await assertUntouched(trial, article);
    },
  },
  {
    name: "an API version that there is not is 404 by path, 406 by Accept and 400 by API-Version",
    async run(trial) {
      const article = await createArticle(trial);
      const { path, etag } = article;
      const write = { mergePatch: { body: "C" }, ifMatch: etag };
      for (const version of ["v9", "v0", "v1.0", "V2", "v", "constructor"]) {
        const byPath = await trial.send("PATCH", `/${version}${path}`, { ...write, foreign: true });
        assertStatus(byPath, 404);
        const byHeader = await trial.send("PATCH", path, { ...write, headers: { "api-version": version } });
        assertMalformedVersion(trial, byHeader, "unknown-api-version");
      }
      for (const version of ["v9", "v0", "v1.0"]) {
        const byAccept = await trial.send("PATCH", path, { ...write, headers: { accept: mediaTypeOf(version) } });
        assertProblem(trial, byAccept, "not-acceptable");
        assertHeaders(byAccept, { vary });
      }
      await assertUntouched(trial, article);
    },
  },
  {
    name: "API versions that contradict each other are refused: 406 for Accept, 400 for API-Version",
    async run(trial) {
      const article = await createArticle(trial);
      const { path, etag } = article;
      const write = { mergePatch: { content: "C" }, ifMatch: etag };
      const put = (prefix: string, headers: Message["headers"] = {}) =>
        trial.send("PATCH", `${prefix}${path}`, { ...write, headers });
      assertProblem(trial, await put("/v2", { accept: mediaTypeOf("v3") }), "not-acceptable");
      for (const answer of [
        await put("/v2", { "api-version": "v3" }),
        await put("", { accept: mediaTypeOf("v2"), "api-version": "v3" }),
      ]) {
        assertMalformedVersion(trial, answer, "contradictory-api-version");
      }
      for (const lines of [
        ["v2", "v2"],
        ["v2", "v3"],
      ]) {
        assertMalformedVersion(trial, await put("", { "api-version": lines }), "unknown-api-version");
      }
      await assertUntouched(trial, article);
      const agreed = { accept: mediaTypeOf("v2"), "api-version": "v2" };
      assertStatus(await put("/v2", agreed), 200);
    },
  },
  {
    name: "several Accept lines are one list, of which the API version with the highest weight counts",
    async run(trial) {
      const { path } = await createArticle(trial);
      const [v2, v3] = [mediaTypeOf("v2"), mediaTypeOf("v3")];
      for (const [accept, version] of [
        [[`${v3};q=0.5`, v2], "v2"],
        [[`${v2};q=0.5`, v3], "v3"],
        [["text/html", `${v2};q=0.5`], undefined],
        [[mediaTypeOf("v1"), `${v2};q=0.1`], "v2"],
        [['text/html;a="x,', `${v2}"`], undefined],
        [[v2.toUpperCase(), "*/*;q=0.1"], "v2"],
      ] as const) {
        const answer = await trial.send("GET", path, { headers: { accept } });
        assertStatus(answer, 200);
        assertHeaders(answer, { "api-version": version });
        assert.equal("content" in bodyOf(answer), version === "v2");
      }
    },
  },
  {
    name: "a body is in the request's API version; the media type of another one is 415, and told which may be sent",
    async run(trial) {
      const article = await createArticle(trial);
      const { path, etag } = article;
      for (const way of ways) {
        for (const [version, type, accept] of [
          ["v2", mediaTypeOf("v3"), `application/json, ${mediaTypeOf("v2")}`],
          ["v3", mediaTypeOf("v2"), `application/json, ${mediaTypeOf("v3")}`],
        ] as const) {
          const sent = { json: { content: "C", body: "C" }, headers: { "content-type": type } };
          const posted = await sendIn(trial, [way, version], "POST", "/articles", sent);
          assertProblem(trial, posted, "unsupported-media-type");
          assertHeaders(posted, { accept });
          const put = await sendIn(trial, [way, version], "PUT", path, { ...sent, ifMatch: etag });
          assertProblem(trial, put, "unsupported-media-type");
        }
      }
      await assertUntouched(trial, article);
      for (const type of [mediaTypeOf("v2"), "application/json", mediaTypeOf("v2").toUpperCase()]) {
        for (const way of ways) {
          const sent = { json: { content: "C" }, headers: { "content-type": type } };
          const made = await sendIn(trial, [way, "v2"], "POST", "/articles", sent);
          assertStatus(made, 201);
          assert.equal(bodyOf(made)["content"], "C");
        }
      }
    },
  },
]);

/** What a list shows as an article's `content`. */
function contentIn(list: Answer, id: string): unknown {
  return itemsOf(list).find((item) => item["id"] === id)?.["content"];
}

function assertMalformedVersion(trial: Trial, answer: Answer, code: string): void {
  const members = { errors: [{ code, header: "API-Version" }] };
  assertProblem(trial, answer, "malformed-request", { members });
  assertHeaders(answer, { vary });
}
