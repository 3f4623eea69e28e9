import { expect, test } from "vitest";
import { hook, setUpSubscribers } from "./subscriptions.test-support.js";

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
