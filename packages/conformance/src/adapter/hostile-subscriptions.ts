import assert from "node:assert/strict";
import { assertStatus, headerOf, memberOf } from "./answer.js";
import { assertCleanGlobals } from "./hostile.js";
import { objectOf, objectWith } from "./hostile-content.js";
import { itemsOf } from "./lists.js";
import { assertInvalid, assertMalformed, assertMalformedBody, assertProblem } from "./problems.js";
import { subscriptionsPerHostMax } from "./subscribing.js";
import { makeSubscription, newSubscriber, subscribe, subscriptions } from "./subscription-requests.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

const capped = { members: { "violated-policies": ["subscriptions"] } };

/** Checks that no subscription is made with one of these URLs, and that none moves to one. */
async function assertRefused(trial: Trial, urls: readonly unknown[]): Promise<void> {
  const subscriber = newSubscriber(trial);
  const { token } = subscriber;
  const { path } = await makeSubscription(trial, subscriber);
  const before = await trial.send("GET", subscriptions, { token });
  for (const url of urls) {
    assertInvalid(trial, await subscribe(trial, { resources: ["*"], callback: { url } }, { token }), "/callback/url");
    assertInvalid(trial, await trial.send("PATCH", path, { token, json: { callback: { url } } }), "/callback/url");
  }
  assert.equal((await trial.send("GET", subscriptions, { token })).text, before.text);
}

const https = (hosts: readonly string[]): readonly string[] => hosts.map((host) => `https://${host}/hook`);

export const hostileSubscriptionCases: readonly AdapterCase[] = casesOn("subscribing", [
  {
    name: "row 56: a callback that is not https:, has credentials, port 22 or over 2,048 characters is 422",
    run: (trial) =>
      assertRefused(trial, [
        ...[
          "http://8.8.8.8/",
          "ftp://8.8.8.8/",
          "file:///etc/passwd",
          "javascript:alert(1)",
          "//8.8.8.8/",
          "8.8.8.8",
          "",
        ],
        ...[
          "https://user:pw@8.8.8.8/",
          "https://user@8.8.8.8/",
          "https://8.8.8.8:22/",
          "https://8.8.8.8/#x",
          " https://8.8.8.8/",
        ],
        `https://8.8.8.8/${"x".repeat(2_048)}`,
        ...[null, 1, true, {}, ["https://8.8.8.8/"]],
      ]),
  },
  {
    name: "row 57: however an address of this machine is written, a callback to it is 422",
    run: (trial) =>
      assertRefused(trial, [
        ...https(["0177.0.0.1", "2130706433", "0x7f.1", "127.1", "１２７.０.０.１", "0", "127.0.0.1", "127。0。0。1"]),
        ...https(["localhost", "localhost.", "LOCALHOST", "a.localhost", "a.local", "metadata.google.internal"]),
        ...https(["[::ffff:7f00:1]", "[::ffff:127.0.0.1]", "[::1]", "[::]"]),
      ]),
  },
  {
    name: "row 58: a callback to an address that is not public is 422, also where another address holds it",
    run: (trial) =>
      assertRefused(
        trial,
        https([
          ...["[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fd00::1]", "[ff02::1]", "100.64.0.1"],
          ...["169.254.169.254", "0.1.2.3", "192.0.0.1", "224.0.0.1", "240.0.0.1", "10.0.0.1", "192.168.0.1"],
        ]),
      ),
  },
  {
    name: "row 62: a client's 21st subscription is 429, and a deleted one makes room",
    async run(trial) {
      const { token } = newSubscriber(trial);
      const make = () => subscribe(trial, { resources: ["*"] }, { token });
      const made = await Promise.all(Array.from({ length: 22 }, make));
      assert.deepEqual(made.map(({ status }) => status).toSorted(), [...Array(20).fill(201), 429, 429]);
      const refused = await make();
      assertProblem(trial, refused, "quota-exceeded", capped);
      assert(Number(headerOf(refused, "retry-after")) > 0);
      const one = made.find(({ status }) => status === 201);
      assert(one !== undefined);
      assertStatus(await trial.send("DELETE", `${subscriptions}/${String(memberOf(one, "id"))}`, { token }), 204);
      assertStatus(await make(), 201);
    },
  },
  {
    name: "row 62: subscriptions of many clients to one host are 429 past its cap, and so is a move to it",
    async run(trial) {
      const { url } = newSubscriber(trial);
      const subscribers = Array.from({ length: subscriptionsPerHostMax + 2 }, () => newSubscriber(trial));
      const make = (token: string) => subscribe(trial, { resources: ["*"], callback: { url } }, { token });
      const made = await Promise.all(subscribers.map(({ token }) => make(token)));
      const statuses = made.map(({ status }) => status).toSorted();
      assert.deepEqual(statuses, [...Array(subscriptionsPerHostMax).fill(201), 429, 429]);
      const other = newSubscriber(trial);
      const { path } = await makeSubscription(trial, other);
      const moved = await trial.send("PATCH", path, { token: other.token, json: { callback: { url: `${url}/2` } } });
      assertProblem(trial, moved, "quota-exceeded", capped);
      assert.deepEqual(memberOf(await trial.send("GET", path, { token: other.token }), "callback"), { url: other.url });
    },
  },
  {
    name: "rows 22 to 32: what is hostile in the content of a subscription is refused as in any other",
    async run(trial) {
      const { token } = newSubscriber(trial);
      const { path } = await makeSubscription(trial, { ...newSubscriber(trial), token });
      const before = await trial.send("GET", subscriptions, { token });
      const mergePatch = { "content-type": "application/merge-patch+json" };
      for (const [method, at, headers] of [
        ["POST", subscriptions, {}],
        ["PATCH", path, mergePatch],
      ] as const) {
        const send = (content: string) => trial.send(method, at, { content, token, headers });
        const within = (value: string) => send(`{"resources":${value}}`);
        assertStatus(await within(objectOf(1_048_576)), 413);
        assertMalformedBody(trial, await within(`${"[".repeat(10_000)}${"]".repeat(10_000)}`), "too-deep");
        assertMalformedBody(trial, await within(objectWith(100_000)), "too-many-keys");
        assertMalformedBody(trial, await within("[1e400]"), "number-out-of-range");
        assertMalformedBody(trial, await within('["\\ud800"]'), "invalid-unicode");
        for (const value of ["", "NaN", "{},", "{"]) assertMalformedBody(trial, await within(value), "malformed-json");
        assertMalformedBody(trial, await send('{"resources":["*"],"__proto__":{"enabled":false}}'), "forbidden-key");
        const callback = '{"resources":["*"],"callback":{"__proto__":{"url":"https://8.8.8.8/"}}}';
        assertMalformedBody(trial, await send(callback), "forbidden-key");
        assertInvalid(trial, await within(JSON.stringify(Array(101).fill("*"))), "/resources");
        assertInvalid(trial, await within('"*"'), "/resources");
        const constructed = await send('{"resources":["*"],"constructor":{}}');
        assertMalformed(trial, constructed, { code: "unknown-member", pointer: "/constructor" });
      }
      const conditional = await trial.send("DELETE", path, { token, ifMatch: '"x"' });
      assertMalformed(trial, conditional, { code: "unsupported-precondition", header: "If-Match" });
      assert.equal((await trial.send("GET", subscriptions, { token })).text, before.text);
      assert.equal(itemsOf(before).length, 1);
      assertCleanGlobals();
    },
  },
  {
    name: "what is no id of a subscription, of an event or of a method there is 404 or 405, and never more",
    async run(trial) {
      const subscriber = newSubscriber(trial);
      const { token } = subscriber;
      const { path } = await makeSubscription(trial, subscriber);
      for (const id of ["x", "..%2f..", "%00", "%ff", "s_%00", "__proto__", "x".repeat(4_000), `s_${"0".repeat(36)}`]) {
        for (const below of ["", "/deliveries"])
          assertProblem(trial, await trial.send("GET", `${subscriptions}/${id}${below}`, { token }), "not-found");
        assertProblem(trial, await trial.send("POST", `${path}/deliveries/${id}/resend`, { token }), "not-found");
      }
      for (const [method, below] of [
        ["PUT", ""],
        ["POST", ""],
        ["GET", "/secret"],
        ["DELETE", "/deliveries"],
      ] as const)
        assertProblem(trial, await trial.send(method, path + below, { token }), "method-not-allowed");
    },
  },
]);
