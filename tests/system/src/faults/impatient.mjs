// The shop's collections over a store that gives up after `TIMEOUT_MS`: a test need not wait for the samples' 5
// seconds. It is started as a sample is.
import { createServer } from "node:http";
import { mount } from "@unclash/node";
import { createPostgresStore } from "@unclash/postgres";
import { createRedisStore } from "@unclash/redis";
import { createUnclash } from "unclash";
import { api, collections } from "../../../../apps/shop/dist/index.js";

const location = new URL(process.env.UNCLASH_STORE);
const timeoutMs = Number(process.env.TIMEOUT_MS);

const unclash = createUnclash({ store: await openStore(), collections, apiVersions: api });
const server = createServer(mount(unclash, { fallthrough: false }));
server.listen(Number(process.env.PORT), "127.0.0.1", async () => {
  const origin = `http://127.0.0.1:${server.address().port}`;
  await create(`${origin}/articles/1`, { title: "First", body: "Text" });
  await create(`${origin}/products/3`, { sku: "three", name: "Third", price: 1, stock: 1 });
  console.log(`listening on ${origin}`);
});

async function openStore() {
  const parameter = location.protocol === "redis:" ? "name" : "schema";
  const name = location.searchParams.get(parameter) ?? "impatient";
  location.searchParams.delete(parameter);
  const url = location.href;
  return location.protocol === "redis:"
    ? createRedisStore({ url, name, timeoutMs })
    : createPostgresStore({ url, schema: name, timeoutMs });
}

/** Another process may be faster. */
async function create(url, content) {
  const headers = { "content-type": "application/json", "if-none-match": "*" };
  const { status } = await fetch(url, { method: "PUT", headers, body: JSON.stringify(content) });
  if (status !== 201 && status !== 409) throw new Error(`PUT ${url}: ${status}`);
}
