import assert from "node:assert/strict";
import { assertHeaders, assertStatus, headerOf, memberOf } from "./answer.js";
import { linksOf } from "./links.js";
import { assertProblem } from "./problems.js";
import { exchangeOne } from "./raw.js";
import { create, read, remove, replace } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

/** All that an answer says about paths. */
async function assertPaths(trial: Trial): Promise<void> {
  const { prefix } = trial;
  const first = await create(trial, "notes", { n: 1 }, { id: `é ${trial.nextName()}` });
  const path = `${prefix}${first.path}`;
  const updated = await trial.send("PUT", first.path, { json: { n: 2 } });
  assertHeaders(updated, { "content-location": path });
  const got = await read(trial, first);
  assert.deepEqual(linksOf(got)["version-history"], `${path}/versions`);
  const history = await trial.send("GET", `${first.path}/versions?limit=1`);
  assert(linksOf(history)["next"]?.startsWith(`${path}/versions?`));
  const list = await trial.send("GET", "/notes?limit=1");
  if (list.headers["link"] !== undefined) assert(linksOf(list)["next"]?.startsWith(`${prefix}/notes?`));
  const conflict = await trial.send("PUT", first.path, { json: {}, ifMatch: '"x"' });
  assert.deepEqual(memberOf(conflict, "links"), { resource: path, versions: `${path}/versions` });
  assert.equal(memberOf(conflict, "instance"), path);
  const created = await trial.send("POST", "/notes", { json: {} });
  assert.equal(headerOf(created, "location"), `${prefix}/notes/${String(memberOf(created, "id"))}`);
}

async function assertAppRoute(trial: Trial): Promise<void> {
  for (const path of [`${trial.prefix}/app-route`, `${trial.prefix}/app-route?limit=0`]) {
    const answer = await trial.sendTo("GET", path, { foreign: true });
    assert.deepEqual([answer.status, answer.text], [200, "app"]);
  }
}

/** Checks that these paths, from the root on, are the app's to answer: with a 404 of its own. */
async function assertAppAnswers(trial: Trial, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    for (const method of ["GET", "PUT"]) {
      const answer = await trial.sendTo(method, path, { foreign: true });
      assert.equal(answer.status, 404, `${method} ${path}`);
      assert.notEqual(
        answer.headers["content-type"],
        "application/problem+json",
        `${method} ${path} is not answered by unclash`,
      );
    }
  }
}

const paths = "all that answers say about paths holds the prefix";
const route = "what no collection owns reaches the app";

export const mountingCases: readonly AdapterCase[] = [
  ...casesOn("open", [
    { name: `mounted at a prefix: ${paths}`, run: assertPaths },
    {
      name: `mounted at a prefix: ${route}`,
      async run(trial) {
        const { path } = await create(trial, "articles", { title: "A" });
        await assertAppRoute(trial);
        await assertAppAnswers(trial, [
          path,
          "/articles",
          "/api",
          "/api/",
          "/apiarticles",
          "/api/articlesx",
          "/api/unknown/1",
          "/api//articles",
        ]);
      },
    },
  ]),
  ...casesOn("small", [
    { name: `mounted at a prefix of several segments: ${paths}`, run: assertPaths },
    {
      name: `mounted at a prefix of several segments: ${route}`,
      async run(trial) {
        await assertAppRoute(trial);
        await assertAppAnswers(trial, ["/deep/notes", "/notes", "/deep/er", "/deep/erx/notes", "/er/notes"]);
      },
    },
  ]),
  ...casesOn("guarded", [
    { name: `mounted at the root: ${paths}`, run: assertPaths },
    {
      name: `mounted at the root: ${route}`,
      async run(trial) {
        await assertAppRoute(trial);
        await assertAppAnswers(trial, ["/", "/unknown", "/api/articles", "/articlesx/1"]);
      },
    },
    {
      name:
        "identify is given the request as it came: method, path as sent, query, headers, address, and the " +
        "framework's own",
      async run(trial) {
        await trial.send("PATCH", "/articles/a%41%2Fb?x=%20y&x=2?z", {
          headers: { "x-odd": "Ünicode".normalize("NFC"), "if-match": ['"a"', '"b"'] },
        });
        const facts = trial.identified();
        assert(facts !== undefined);
        const { method, base, path, query, headers, address } = facts;
        assert.deepEqual(
          { method, base, path, query },
          { method: "PATCH", base: "", path: "/articles/a%41%2Fb", query: "x=%20y&x=2?z" },
        );
        assert.equal(headers["x-odd"], "Ünicode");
        assert.equal(String(headers["if-match"]), '"a", "b"');
        assert(
          address === "127.0.0.1" || address === "::ffff:127.0.0.1" || address === "::1",
          `the socket's address: ${address}`,
        );
        assert(typeof facts.native === "object" && facts.native !== null, "what the framework made of the request");
      },
    },
    {
      name: "an address in a header is not taken for the socket's",
      async run(trial) {
        await trial.send("GET", "/articles", { headers: { "x-forwarded-for": "1.2.3.4", forwarded: "for=1.2.3.4" } });
        assert.notEqual(trial.identified()?.address, "1.2.3.4");
      },
    },
  ]),
  ...casesOn("open", [
    {
      name: "a request target that is a whole URL, as proxies are sent, means its path (RFC 9112 section 3.2.2)",
      async run(trial) {
        const { wholePath, text } = await create(trial, "articles", { title: "A" });
        const got = await exchangeOne(trial, "GET", `http://unclash${wholePath}?x=/y`);
        assert.deepEqual([got.status, got.body], [200, text]);
        const missing = await exchangeOne(trial, "GET", `http://unclash:80${trial.prefix}/articles/never`);
        const { instance }: { instance?: unknown } = JSON.parse(missing.body);
        assert.deepEqual([missing.status, instance], [404, `${trial.prefix}/articles/never`]);
        const app = await exchangeOne(trial, "GET", `http://unclash${trial.prefix}/unknown`);
        assert.equal(app.status, 404);
      },
    },
    {
      name: "a mount does not mistake what is like a collection's path for one",
      async run(trial) {
        const resource = await create(trial, "articles", { title: "A" });
        const { path, id } = resource;
        for (const target of [
          `/articles/../articles/${id}`,
          `/articles/./${id}`,
          `//articles/${id}`,
          `/articles//${id}`,
          `/articles%2F${id}`,
          `/%61rticles/${id}`,
        ]) {
          const answer = await trial.send("DELETE", target, { ifMatch: "*", foreign: true });
          assert(answer.status >= 400 && answer.status < 500, `${target} is answered ${answer.status}`);
        }
        assertStatus(await trial.send("GET", path), 200);
        const second = await replace(trial, resource, { title: "B" });
        await remove(trial, second);
        assertProblem(trial, await trial.send("GET", `${path}/x`), "not-found");
      },
    },
  ]),
];
