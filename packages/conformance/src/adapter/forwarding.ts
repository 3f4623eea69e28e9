import assert from "node:assert/strict";
import { assertHeaders, assertStatus, bodyOf, memberOf } from "./answer.js";
import { publicPath } from "./forwarded.js";
import { linksOf } from "./links.js";
import { create, replace } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

export const forwardingCases: readonly AdapterCase[] = casesOn("forwarded", [
  {
    name: "behind a proxy that strips a path off, all that answers say about paths holds it",
    async run(trial) {
      const created = await trial.send("POST", "/articles", { json: { a: 1 } });
      const whole = `${publicPath}${trial.prefix}/articles/${String(memberOf(created, "id"))}`;
      assertHeaders(created, { location: whole, "content-location": whole });
      const first = await create(trial, "articles", { a: 1 });
      const path = publicPath + first.wholePath;
      await replace(trial, first, { a: 2 });
      assert.deepEqual(linksOf(await trial.send("GET", first.path)), {
        original: path,
        timegate: path,
        "latest-version": path,
        "version-history": `${path}/versions`,
        timemap: `${path}/timemap`,
        "predecessor-version": `${path}/versions/1`,
      });
      const stale = await trial.send("PUT", first.path, { json: { a: 3 }, ifMatch: first.etag });
      assert.deepEqual(memberOf(stale, "links"), { resource: path, versions: `${path}/versions` });
      const required = await trial.send("PUT", first.path, { json: { a: 3 } });
      assert.deepEqual(memberOf(required, "links"), { resource: path });
      const list = await trial.send("GET", "/articles?limit=1");
      const { next } = linksOf(list);
      assert.equal(next, `${publicPath}${trial.prefix}/articles?limit=1&after=${String(bodyOf(list)["next"])}`);
      const versions = await trial.send("GET", `${first.path}/versions?limit=1`);
      assert(linksOf(versions)["next"]?.startsWith(`${path}/versions?limit=1&after=`));
    },
  },
  {
    name: "row 51: the client's address is the one that the trusted proxy names, and where that is none, the socket's",
    async run(trial) {
      for (const [forwarded, address] of [
        ["192.0.2.7", "192.0.2.7"],
        ["203.0.113.9, 192.0.2.7", "192.0.2.7"],
        ["unknown, 192.0.2.7", "192.0.2.7"],
        [" ,, 192.0.2.7 ", "192.0.2.7"],
        ["192.0.2.7:4711", "192.0.2.7"],
        ["[2001:DB8:0::1]:4711", "2001:db8::1"],
        ["2001:db8:0:0::1", "2001:db8::1"],
        ["::ffff:192.0.2.7", "192.0.2.7"],
        [`${"1.2.3.4, ".repeat(1_100)}192.0.2.7`, "192.0.2.7"],
      ] as const) {
        await trial.send("GET", "/articles", { headers: { "x-forwarded-for": forwarded } });
        assert.equal(trial.identified()?.address, address, forwarded.slice(0, 40));
      }
      await trial.send("GET", "/articles");
      const socket = trial.identified()?.address;
      for (const forwarded of [
        "unknown",
        ":4711",
        "192.0.2.7, unknown",
        "0x7f.1",
        "127.1",
        "192.0.2.7,",
        "",
        "_hidden",
      ]) {
        await trial.send("GET", "/articles", { headers: { "x-forwarded-for": forwarded } });
        assert.equal(trial.identified()?.address, socket, forwarded);
      }
    },
  },
  {
    name: "anonymous clients behind a trusted proxy have keys of their own",
    async run(trial) {
      const key = `"a-key-of-two-clients-${trial.nextName()}"`;
      const post = (client: string) =>
        trial.send("POST", "/notes", { json: { a: 1 }, key, headers: { "x-forwarded-for": client } });
      const [one, two, again] = [await post("192.0.2.1"), await post("192.0.2.2"), await post("10.9.8.7, 192.0.2.1")];
      for (const answer of [one, two, again]) assertStatus(answer, 201);
      assert.notEqual(memberOf(one, "id"), memberOf(two, "id"));
      assert.deepEqual([again.text, again.headers["idempotency-replayed"]], [one.text, "true"]);
    },
  },
]);
