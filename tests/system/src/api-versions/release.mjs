// One release of an app, started as a sample is. `RELEASE` says which: without API versions, with a second one that is
// upcoming, or with that one live. v1 has no `memo`, and calls `body` `content`. All serve v1 to who asks for nothing.
import { createServer } from "node:http";
import { mount } from "@unclash/node";
import { createPostgresStore } from "@unclash/postgres";
import { createRedisStore } from "@unclash/redis";
import { createSqliteStore } from "@unclash/sqlite";
import { apiVersions, createUnclash } from "unclash";
import { z } from "zod";

const first = z.strictObject({ content: z.string() });
const second = z.strictObject({ body: z.string(), memo: z.string() });

const release = process.env.RELEASE;
const versions = { v1: {}, v2: { upcoming: release === "upcoming" } };
const api = apiVersions({ name: "app", default: "v1", versions });
const step = api.step("v1", "v2", {
  from: first,
  to: second,
  up: ({ content }) => ({ body: content, memo: "" }),
  down: ({ body }) => ({ content: body }),
  renames: { "/content": "/body" },
});
const options =
  release === "none"
    ? { collections: { articles: { schema: first } } }
    : { collections: { articles: { schema: second, apiVersions: [step] } }, apiVersions: api };

const opened = await openStore(process.env.UNCLASH_STORE);
const unclash = createUnclash({ store: process.env.PLANTED === "1" ? withoutShapes(opened) : opened, ...options });
const server = createServer(mount(unclash, { fallthrough: false }));
server.listen(Number(process.env.PORT), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});

async function openStore(location) {
  if (location.startsWith("sqlite:")) return createSqliteStore({ file: location.slice("sqlite:".length) });
  const url = new URL(location);
  const parameter = url.protocol === "redis:" ? "name" : "schema";
  const name = url.searchParams.get(parameter) ?? "releases";
  url.searchParams.delete(parameter);
  return url.protocol === "redis:"
    ? createRedisStore({ url: url.href, name })
    : createPostgresStore({ url: url.href, schema: name });
}

/** Forgets which shape a state is in, as a store would that did not keep tags as they are. */
function withoutShapes(store) {
  const tags = new Map();
  const bare = ({ tag, ...record }) => {
    tags.set(tag.slice(0, 16), tag);
    return { ...record, tag: tag.slice(0, 16) };
  };
  const whole = ({ expect, ...write }) => ({ ...write, expect: expect.tag ? { tag: tags.get(expect.tag) } : expect });
  return {
    ...store,
    async read(keys) {
      const { records, ...rest } = await store.read(keys);
      return { ...rest, records: records.map((record) => record && bare(record)) };
    },
    commit: (commit) => store.commit({ ...commit, reads: commit.reads.map(whole), writes: commit.writes.map(whole) }),
  };
}
