import assert from "node:assert/strict";
import { assertHeaders, assertStatus, bodyOf, headerOf, memberOf } from "./answer.js";
import { challenge } from "./guarded.js";
import { itemsOf } from "./lists.js";
import { assertInvalid, assertMalformed, assertProblem } from "./problems.js";
import { makeSubscription, newSubscriber, subscribe, subscriptions } from "./subscription-requests.js";
import { type AdapterCase, casesOn } from "./trial.js";

const noStore = { "cache-control": "no-store" };
const secretOf24 = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;

export const subscriptionCases: readonly AdapterCase[] = casesOn("subscribing", [
  {
    name: "a subscription is made, listed, read and deleted, by its owner",
    async run(trial) {
      const { token, url } = newSubscriber(trial);
      const json = { resources: ["notes/1", "notes/*", "notes/1"], types: ["unclash.conflict.*"], callback: { url } };
      const made = await subscribe(trial, json, { token });
      assertStatus(made, 201);
      assertHeaders(made, noStore);
      const { id, createdAt, callback, ...rest } = bodyOf(made);
      const path = `${subscriptions}/${String(id)}`;
      assertHeaders(made, { location: trial.prefix + path });
      assert.match(String(createdAt), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.deepEqual(rest, { resources: ["notes/1", "notes/*"], types: ["unclash.conflict.*"], enabled: true });
      assert.deepEqual(Object.keys(Object(callback)), ["url", "secret"]);
      const shown = { id, ...rest, callback: { url }, createdAt, deliveries: [] };
      const read = await trial.send("GET", path, { token });
      assertHeaders(read, noStore);
      assert.deepEqual(bodyOf(read), shown);
      assert.deepEqual(itemsOf(await trial.send("GET", subscriptions, { token })), [shown]);
      assertStatus(await trial.send("HEAD", path, { token }), 200);
      assertStatus(await trial.send("DELETE", path, { token }), 204);
      assertProblem(trial, await trial.send("GET", path, { token }), "not-found");
      assertProblem(trial, await trial.send("DELETE", path, { token }), "not-found");
      assert.deepEqual(itemsOf(await trial.send("GET", subscriptions, { token })), []);
    },
  },
  {
    name: "the list of subscriptions goes on page by page, the newest first",
    async run(trial) {
      const { token } = newSubscriber(trial);
      const ids: unknown[] = [];
      for (let n = 1; n <= 3; n += 1)
        ids.unshift(memberOf(await subscribe(trial, { resources: ["*"] }, { token }), "id"));
      const first = await trial.send("GET", `${subscriptions}?limit=2`, { token });
      const next = String(memberOf(first, "next"));
      assertHeaders(first, { link: `<${trial.prefix}${subscriptions}?limit=2&after=${next}>; rel="next"` });
      const second = await trial.send("GET", `${subscriptions}?limit=2&after=${next}`, { token });
      assert.deepEqual(
        [...itemsOf(first), ...itemsOf(second)].map(({ id }) => id),
        ids,
      );
      assert.equal(memberOf(second, "next"), null);
      const entry = (code: string, parameter: string) => ({ code, parameter });
      for (const [query, expected] of [
        ["limit=0", entry("malformed-limit", "limit")],
        ["after=x", entry("malformed-cursor", "after")],
        ["filter=x", entry("unknown-parameter", "filter")],
      ] as const)
        assertMalformed(trial, await trial.send("GET", `${subscriptions}?${query}`, { token }), expected);
    },
  },
  {
    name: "subscriptions are for known callers: 401, with a challenge, to anonymous ones and for wrong credentials",
    async run(trial) {
      const { path } = await makeSubscription(trial, newSubscriber(trial));
      for (const [method, at] of [
        ["GET", subscriptions],
        ["POST", subscriptions],
        ["GET", path],
        ["PATCH", path],
        ["DELETE", path],
        ["POST", `${path}/secret`],
        ["POST", `${path}/test`],
        ["GET", `${path}/deliveries`],
        ["POST", `${path}/deliveries/x/resend`],
      ] as const) {
        const json = at === subscriptions && method === "POST" ? { json: { resources: ["*"] } } : {};
        const anonymous = await trial.send(method, at, json);
        assertProblem(trial, anonymous, "unauthenticated");
        headerOf(anonymous, "www-authenticate");
        const wrong = await trial.send(method, at, { ...json, token: "mallory" });
        assertProblem(trial, wrong, "unauthenticated");
        assertHeaders(wrong, { "www-authenticate": challenge });
      }
    },
  },
  {
    name: "another's subscription is as one that there is not, and stays as it is",
    async run(trial) {
      const owner = newSubscriber(trial);
      const { path, body } = await makeSubscription(trial, owner);
      const { token } = newSubscriber(trial);
      const never = `${path.slice(0, -4)}0000`;
      for (const [method, below, json] of [
        ["GET", "", undefined],
        ["PATCH", "", { enabled: false }],
        ["DELETE", "", undefined],
        ["POST", "/secret", undefined],
        ["POST", "/test", undefined],
        ["GET", "/deliveries", undefined],
        ["POST", "/deliveries/x/resend", undefined],
      ] as const) {
        const message = { token, ...(json && { json }) };
        const seen = await trial.send(method, path + below, message);
        const absent = await trial.send(method, never + below, message);
        assertProblem(trial, seen, "not-found");
        assert.equal(seen.text.replaceAll(path, never), absent.text);
      }
      assert.deepEqual(itemsOf(await trial.send("GET", subscriptions, { token })), []);
      const { callback: _, ...rest } = body;
      const { callback: __, deliveries, ...left } = bodyOf(await trial.send("GET", path, { token: owner.token }));
      assert.deepEqual([left, deliveries], [rest, []]);
    },
  },
  {
    name: "a subscription is changed by a merge patch or JSON; what that leaves as it is, stays",
    async run(trial) {
      const subscriber = newSubscriber(trial);
      const { token } = subscriber;
      const { path } = await makeSubscription(trial, subscriber);
      const url = `${subscriber.url}/other`;
      const changed = await trial.send("PATCH", path, {
        token,
        mergePatch: { resources: ["notes/1"], types: ["unclash.lock.*"], callback: { url } },
      });
      assertStatus(changed, 200);
      assertHeaders(changed, noStore);
      const disabled = await trial.send("PATCH", path, { token, json: { enabled: false } });
      const expected = { resources: ["notes/1"], types: ["unclash.lock.*"], callback: { url }, enabled: false };
      const { id: _, createdAt: __, deliveries: ___, ...shown } = bodyOf(disabled);
      assert.deepEqual(shown, expected);
      assert.equal((await trial.send("GET", path, { token })).text, disabled.text);
      assertProblem(trial, await trial.send("POST", `${path}/test`, { token }), "invalid-state", {
        members: { resource: path.slice(1), field: "/enabled" },
      });
      assert.equal(memberOf(await trial.send("PATCH", path, { token, json: { enabled: true } }), "enabled"), true);
      const patch = await trial.send("PATCH", path, { token, jsonPatch: [] });
      assertProblem(trial, patch, "unsupported-media-type");
      assertHeaders(patch, { "accept-patch": "application/merge-patch+json, application/json" });
    },
  },
  {
    name: "row 44: the secret of a callback is shown where it was made, and in no other answer",
    async run(trial) {
      const { token, url } = newSubscriber(trial);
      const given = await subscribe(trial, { resources: ["*"], callback: { url, secret: secretOf24 } }, { token });
      assert.deepEqual(memberOf(given, "callback"), { url });
      const { path, secret } = await makeSubscription(trial, { token, url });
      const rotated = await trial.send("POST", `${path}/secret`, { token });
      assertStatus(rotated, 200);
      assertHeaders(rotated, noStore);
      assert.deepEqual(Object.keys(bodyOf(rotated)), ["secret"]);
      const second = String(memberOf(rotated, "secret"));
      assert.match(second, /^whsec_[A-Za-z0-9+/]{43}=$/);
      assert.notEqual(second, secret);
      const wrong = { token, json: { resources: ["*"], callback: { url: "x", secret: `${secretOf24}!` } } };
      const others = [
        given,
        await trial.send("GET", path, { token }),
        await trial.send("GET", subscriptions, { token }),
        await trial.send("PATCH", path, { token, json: { enabled: true } }),
        await trial.send("PATCH", path, { token, json: { callback: { url, secret: secretOf24 } } }),
        await trial.send("POST", `${path}/test`, { token }),
        await trial.send("GET", `${path}/deliveries`, { token }),
        await trial.send("POST", subscriptions, wrong),
        await trial.send("POST", subscriptions, { token, content: JSON.stringify(wrong.json).slice(0, -1) }),
      ];
      for (const { text } of others)
        for (const one of [secret, second, secretOf24]) assert(!text.includes(one.slice(6)), `no secret: ${text}`);
    },
  },
  {
    name: "what is answered with a secret takes no Idempotency-Key; the rest is answered again with one",
    async run(trial) {
      const subscriber = newSubscriber(trial);
      const { token } = subscriber;
      const key = '"a-key-of-sixteen-letters"';
      const { path } = await makeSubscription(trial, subscriber);
      const entry = { code: "unsupported-idempotency-key", header: "Idempotency-Key" };
      assertMalformed(trial, await subscribe(trial, { resources: ["*"] }, { token, key }), entry);
      assertMalformed(trial, await trial.send("POST", `${path}/secret`, { token, key }), entry);
      for (const [method, at, json] of [
        ["PATCH", path, { enabled: true }],
        ["POST", `${path}/test`, undefined],
        ["DELETE", path, undefined],
      ] as const) {
        const first = await trial.send(method, at, { token, key, ...(json && { json }) });
        const again = await trial.send(method, at, { token, key, ...(json && { json }) });
        assert.deepEqual([again.status, again.text], [first.status, first.text]);
        assertHeaders(again, { "idempotency-replayed": "true" });
      }
      assertStatus(await trial.send("GET", path, { token }), 404);
    },
  },
  {
    name: "what is only tried out is answered as it would be, without a secret, and changes nothing",
    async run(trial) {
      const subscriber = newSubscriber(trial);
      const { token, url } = subscriber;
      const { path } = await makeSubscription(trial, subscriber);
      const before = await trial.send("GET", subscriptions, { token });
      const prefer = "dry-run";
      const made = await subscribe(trial, { resources: ["*"], callback: { url } }, { token, prefer });
      assert.deepEqual([made.status, memberOf(made, "callback")], [201, { url }]);
      for (const [method, at, status, json] of [
        ["PATCH", path, 200, { enabled: false }],
        ["POST", `${path}/secret`, 200, undefined],
        ["POST", `${path}/test`, 202, undefined],
        ["DELETE", path, 204, undefined],
      ] as const) {
        const answer = await trial.send(method, at, { token, prefer, ...(json && { json }) });
        assertStatus(answer, status);
        assertHeaders(answer, { "preference-applied": "dry-run" });
        assert(!answer.text.includes("whsec_"));
      }
      assert.equal((await trial.send("GET", subscriptions, { token })).text, before.text);
    },
  },
  {
    name: "a test is a delivery of its own: it is listed, and not sent once more while it waits",
    async run(trial) {
      const subscriber = newSubscriber(trial);
      const { token } = subscriber;
      const { path } = await makeSubscription(trial, subscriber);
      const tests = [];
      for (let n = 1; n <= 3; n += 1) {
        const answer = await trial.send("POST", `${path}/test`, { token });
        assertStatus(answer, 202);
        tests.unshift(bodyOf(answer));
      }
      const [latest] = tests;
      const { at, event, ...rest } = latest ?? {};
      assert.deepEqual(rest, { status: "pending", attempts: 0 });
      assert.match(String(at), /Z$/);
      assert.doesNotMatch(String(event), /\./);
      assert.deepEqual(memberOf(await trial.send("GET", path, { token }), "deliveries"), tests);
      const first = await trial.send("GET", `${path}/deliveries?limit=2`, { token });
      const next = String(memberOf(first, "next"));
      assertHeaders(first, { link: `<${trial.prefix}${path}/deliveries?limit=2&after=${next}>; rel="next"` });
      const second = await trial.send("GET", `${path}/deliveries?limit=2&after=${next}`, { token });
      assert.deepEqual([...itemsOf(first), ...itemsOf(second)], tests);
      const waiting = await trial.send("POST", `${path}/deliveries/${String(event)}/resend`, { token });
      assertProblem(trial, waiting, "invalid-state", { members: { resource: path.slice(1) } });
      const never = await trial.send("POST", `${path}/deliveries/never/resend`, { token });
      assertProblem(trial, never, "not-found");
    },
  },
  {
    name: "a subscription needs permission for each of its patterns, also where it is changed",
    async run(trial) {
      const subscriber = newSubscriber(trial);
      const { token } = subscriber;
      const { path } = await makeSubscription(trial, subscriber);
      const resources = ["notes/1", "notes/denied"];
      assertProblem(trial, await subscribe(trial, { resources }, { token }), "forbidden");
      assertProblem(trial, await trial.send("PATCH", path, { token, json: { resources } }), "forbidden");
      assert.deepEqual(memberOf(await trial.send("GET", path, { token }), "resources"), ["*"]);
    },
  },
  {
    name: "all that is not valid about a subscription is told at once, each at its place",
    async run(trial) {
      const { token } = newSubscriber(trial);
      const json = { resources: ["notes/1", "none/1", 1], types: ["x"], callback: { url: "x", secret: "whsec_x" } };
      const places = ["/resources/1", "/resources/2", "/types/0", "/callback/url", "/callback/secret"];
      assertInvalid(trial, await subscribe(trial, json, { token }), ...places);
      assertInvalid(trial, await subscribe(trial, {}, { token }), "/resources");
      assertInvalid(trial, await subscribe(trial, [], { token }), "");
      const unknown = await subscribe(
        trial,
        { resources: ["*"], callback: { url: "x", retries: 1 }, id: 1 },
        { token },
      );
      const entry = (pointer: string) => ({ code: "unknown-member", pointer });
      assertMalformed(trial, unknown, entry("/id"), entry("/callback/retries"));
      assert.deepEqual(itemsOf(await trial.send("GET", subscriptions, { token })), []);
    },
  },
]);
