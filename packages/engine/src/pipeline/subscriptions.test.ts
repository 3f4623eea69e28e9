import { expect, test } from "vitest";
import { ask } from "../ask.test-support.js";
import { hook, recordOf, setUpSubscribers, subscribed } from "./subscriptions.test-support.js";

const path = "/conflict-notifications";
const wanted = { resources: ["notes/1", "notes/*", "notes/1"], types: ["unclash.resource.changed"] };

test("a subscription is made with a secret that is shown once, and then listed and read without it", async () => {
  const { as } = setUpSubscribers();
  const bob = as("bob");
  const made = await bob(`POST ${path}`, { ...wanted, callback: { url: hook } });
  const id = String(made.body["id"]);
  expect(made).toMatchObject({ status: 201, headers: { location: `${path}/${id}`, "cache-control": "no-store" } });
  const { callback, ...rest } = made.body;
  expect(callback).toEqual({ url: hook, secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/=]{44}$/) });
  expect(rest).toEqual({
    id,
    resources: ["notes/1", "notes/*"],
    types: ["unclash.resource.changed"],
    enabled: true,
    createdAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
  });
  const shown = { ...rest, callback: { url: hook }, deliveries: [] };
  expect(await bob(`GET ${path}/${id}`)).toMatchObject({ status: 200, headers: { "cache-control": "no-store" } });
  expect((await bob(`GET ${path}/${id}`)).body).toEqual(shown);
  expect((await bob(`GET ${path}`)).body).toEqual({ items: [shown], next: null });
});

test("a secret that was given is shown nowhere", async () => {
  const bob = setUpSubscribers().as("bob");
  const secret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
  const made = await bob(`POST ${path}`, { ...wanted, callback: { url: hook, secret } });
  expect(made.body["callback"]).toEqual({ url: hook });
  const all = [made, await bob(`GET ${path}`), await bob(`GET ${path}/${String(made.body["id"])}`)];
  for (const { text } of all) expect(text).not.toContain(secret.slice(6));
});

test("a subscription without callback has none, and neither secret nor test", async () => {
  const bob = setUpSubscribers().as("bob");
  const made = await bob(`POST ${path}`, { resources: ["*"] });
  expect(Object.keys(made.body)).toEqual(["id", "resources", "types", "enabled", "createdAt"]);
  for (const below of ["secret", "test"]) {
    const refused = await bob(`POST ${path}/${String(made.body["id"])}/${below}`);
    expect(refused).toMatchObject({ status: 409, body: { field: "/callback" } });
  }
});

const fresh = { resources: ["*"] };

test.each<[object | undefined, object]>([
  [{}, { 422: ["/resources"] }],
  [[], { 422: [""] }],
  [{ resources: [] }, { 422: ["/resources"] }],
  [{ resources: "notes/1" }, { 422: ["/resources"] }],
  [
    { resources: ["notes", 1, "none/1", "notes/", "notes/1", "/1"] },
    { 422: [0, 1, 2, 3, 5].map((at) => `/resources/${at}`) },
  ],
  [{ resources: ["*"], types: null }, { 422: ["/types"] }],
  [
    { resources: ["*"], types: ["*", "unclash.nothing", "unclash.lock.*", "lock.granted"] },
    { 422: ["/types/1", "/types/3"] },
  ],
  [{ resources: ["*"], callback: null }, { 422: ["/callback"] }],
  [{ resources: ["*"], callback: {} }, { 422: ["/callback/url"] }],
  [{ resources: ["*"], callback: { url: "http://8.8.8.8/" } }, { 422: ["/callback/url"] }],
  [{ resources: ["*"], callback: { url: hook, secret: "whsec_short" } }, { 422: ["/callback/secret"] }],
  [
    { resources: ["x"], types: [0], callback: { url: 1, secret: 2 } },
    { 422: ["/callback/secret", "/callback/url", "/resources/0", "/types/0"] },
  ],
  [{ resources: ["*"], enabled: true }, { 400: ["/enabled"] }],
  [{ resources: ["*"], callback: { url: hook, secrets: [] }, id: 1 }, { 400: ["/callback/secrets", "/id"] }],
])("%j is refused with all that is wrong with it", async (json, expected) => {
  const { as } = setUpSubscribers();
  const { status, body } = await as("bob")(`POST ${path}`, json);
  const entries: unknown = body["errors"];
  const pointers = Array.isArray(entries) ? entries.map((entry: object) => Reflect.get(entry, "pointer")) : [];
  expect({ [status]: pointers.toSorted() }).toEqual(expected);
  expect((await as("bob")(`GET ${path}`)).body["items"]).toEqual([]);
});

test("the patterns of one filter are counted together, each once", async () => {
  const bob = setUpSubscribers({ notifications: { limits: { filterPatternsMax: 3 } } }).as("bob");
  const types = ["unclash.lock.*"];
  const two = ["notes/1", "notes/2"];
  expect((await bob(`POST ${path}`, { resources: [...two, "notes/1"], types })).status).toBe(201);
  const over = await bob(`POST ${path}`, { resources: [...two, "notes/3"], types });
  expect(over).toMatchObject({ status: 422, body: { errors: [{ pointer: "/resources" }] } });
  const made = await subscribed(bob, { resources: two, types });
  expect(await bob(`PATCH ${made}`, { types: [...types, "unclash.conflict.*"] })).toMatchObject({ status: 422 });
});

test("an anonymous caller must be known, and there is nothing where notifications are turned off", async () => {
  const anonymous = setUpSubscribers().as();
  for (const line of [`POST ${path}`, `GET ${path}`, `GET ${path}/x`, `DELETE ${path}/x`])
    expect((await anonymous(line, line.startsWith("POST") ? fresh : undefined)).status).toBe(401);
  const off = setUpSubscribers({ notifications: false }).as("bob");
  for (const line of [
    `POST ${path}`,
    `GET ${path}`,
    `GET ${path}/x`,
    `POST ${path}/x/test`,
    `GET ${path}/x/deliveries`,
  ])
    expect((await off(line, line === `POST ${path}` ? fresh : undefined)).status).toBe(404);
});

test("anonymous callers that may subscribe are told apart by their addresses", async () => {
  const { as, unclash } = setUpSubscribers({ authorize: () => "allow" });
  const made = await subscribed(as());
  expect((await as()(`GET ${made}`)).status).toBe(200);
  expect((await ask(unclash, `GET ${made}`, { address: "192.0.2.7" })).status).toBe(404);
  expect((await as("127.0.0.1")(`GET ${made}`)).status).toBe(404);
});

test("another's subscription is as one that there is not, to an admin too", async () => {
  const { as } = setUpSubscribers();
  const made = await subscribed(as("bob"));
  const nothing = `${path}/s_${"0".repeat(36)}`;
  for (const name of ["eve", "root"]) {
    for (const [method, below] of [
      ["GET", ""],
      ["PATCH", ""],
      ["DELETE", ""],
      ["POST", "/secret"],
      ["POST", "/test"],
      ["GET", "/deliveries"],
      ["POST", "/deliveries/x/resend"],
    ]) {
      const json = method === "PATCH" ? {} : undefined;
      const [one, other] = [
        await as(name)(`${method} ${made}${below}`, json),
        await as(name)(`${method} ${nothing}${below}`, json),
      ];
      expect([one.status, one.body["detail"]]).toEqual([404, other.body["detail"]]);
    }
    expect((await as(name)(`GET ${path}`)).body["items"]).toEqual([]);
  }
  expect((await as("bob")(`GET ${made}`)).status).toBe(200);
});

test("each pattern is asked about, and none is subscribed to where one is denied or hidden", async () => {
  const asked: unknown[] = [];
  const { as } = setUpSubscribers({
    authorize(action, key, _actor, { isOwn }) {
      if (action === "subscribe") asked.push([key, isOwn]);
      return key === "notes/denied" ? "deny" : key === "notes/hidden" ? "hide" : "allow";
    },
  });
  const bob = as("bob");
  expect((await bob(`POST ${path}`, { resources: ["notes/1", "notes/denied"] })).status).toBe(403);
  expect(asked).toEqual([
    [`${path.slice(1)}/*`, true],
    ["notes/1", true],
    ["notes/denied", true],
  ]);
  expect((await bob(`POST ${path}`, { resources: ["notes/1", "notes/hidden"] })).status).toBe(404);
  const made = await subscribed(bob);
  expect((await bob(`PATCH ${made}`, { resources: ["notes/denied"] })).status).toBe(403);
  expect((await bob(`GET ${path}`)).body["items"]).toHaveLength(1);
});

test("the list is read page by page, the newest first, and passes over what was deleted meanwhile", async () => {
  const { as } = setUpSubscribers();
  const bob = as("bob");
  const made: string[] = [];
  for (let n = 1; n <= 5; n += 1) made.unshift(await subscribed(bob));
  const first = await bob(`GET ${path}?limit=2`);
  const idsOf = ({ body }: { readonly body: Record<string, unknown> }): unknown =>
    Object(body["items"]).map((item: object) => `${path}/${String(Reflect.get(item, "id"))}`);
  expect(idsOf(first)).toEqual(made.slice(0, 2));
  expect(first.headers["link"]).toBe(`<${path}?limit=2&after=${String(first.body["next"])}>; rel="next"`);
  expect((await bob(`DELETE ${String(made[1])}`)).status).toBe(204);
  expect((await bob(`DELETE ${String(made[2])}`)).status).toBe(204);
  const rest = await bob(`GET ${path}?after=${String(first.body["next"])}`);
  expect([idsOf(rest), rest.body["next"]]).toEqual([made.slice(3), null]);
  for (const query of ["after=x", "limit=0", "state=open", `after=${Buffer.from("p1.notes/1").toString("base64url")}`])
    expect((await bob(`GET ${path}?${query}`)).status).toBe(400);
});

test("a creation that is only tried out is answered without a secret, and leaves nothing", async () => {
  const { as, store } = setUpSubscribers();
  const json = { ...fresh, callback: { url: hook } };
  const tried = await as("bob")(`POST ${path}`, json, { prefer: "dry-run" });
  expect(tried).toMatchObject({
    status: 201,
    headers: { "preference-applied": "dry-run" },
    body: { callback: { url: hook } },
  });
  expect(Object.keys(Object(tried.body["callback"]))).toEqual(["url"]);
  expect((await as("bob")(`GET ${path}`)).body["items"]).toEqual([]);
  expect((await store.list({ prefix: "_callback-host/", limit: 1 })).records).toEqual([]);
});

test("what is answered with a secret takes no key and no precondition", async () => {
  const bob = setUpSubscribers().as("bob");
  const made = await subscribed(bob);
  for (const line of [`POST ${path}`, `POST ${made}/secret`]) {
    const json = line === `POST ${path}` ? fresh : undefined;
    const keyed = await bob(line, json, { "idempotency-key": "a-key-of-sixteen-letters" });
    const entry = { code: "unsupported-idempotency-key", header: "Idempotency-Key" };
    expect(keyed).toMatchObject({ status: 400, body: { errors: [entry] } });
    const conditional = await bob(line, json, { "if-match": '"x"' });
    expect(conditional).toMatchObject({ status: 400, body: { errors: [{ code: "unsupported-precondition" }] } });
  }
});

test("a client may have so many subscriptions, and one more once it deletes one", async () => {
  const bob = setUpSubscribers({ notifications: { limits: { subscriptionsPerClientMax: 2 } } }).as("bob");
  const made = [await subscribed(bob), await subscribed(bob)];
  const refused = await bob(`POST ${path}`, fresh);
  expect(refused).toMatchObject({ status: 429, body: { "violated-policies": ["subscriptions"] } });
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  await bob(`DELETE ${String(made[0])}`);
  expect((await bob(`POST ${path}`, fresh)).status).toBe(201);
});

test("a host is one host however it is spelled, and whatever its port", async () => {
  const { as } = setUpSubscribers({
    notifications: { allowPrivateCallbacks: true, limits: { subscriptionsPerHostMax: 2 } },
  });
  const send = (name: string, url: string) => as(name)(`POST ${path}`, { ...fresh, callback: { url } });
  expect((await send("bob", "https://hooks.example/1")).status).toBe(201);
  expect((await send("eve", "https://HOOKS.example.:8443/2")).status).toBe(201);
  expect((await send("joe", "https://hooks.example/3")).status).toBe(429);
  expect((await send("joe", "https://other.example/3")).status).toBe(201);
});

test("a subscription begins where the log was before its answer", async () => {
  const { as, store } = setUpSubscribers();
  await as("bob")("PUT /notes/1", {});
  const made = await subscribed(as("bob"));
  await as("bob")("PUT /notes/2", {});
  const stop = new AbortController();
  for await (const each of store.follow((await recordOf(store, made)).from, stop.signal)) {
    expect(each).toMatchObject({ type: "resource.changed", key: "notes/2" });
    stop.abort();
  }
});
