import assert from "node:assert/strict";
import type { JsonObject } from "@unclash/core/json";
import { type Answer, assertHeaders, assertStatus, bodyOf, memberOf } from "./answer.js";
import { openEvents } from "./event-client.js";
import { itemsOf } from "./lists.js";
import { streamsPerClientMax } from "./notified.js";
import { assertMalformed, assertProblem } from "./problems.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

const path = "/conflict-notifications/events";
const ticketPath = "/conflict-notifications/stream-tickets";

function put(trial: Trial, id: string, n: number, token = "writer") {
  return trial.send("PUT", `/notes/${id}`, { json: { n }, token });
}

const subjectsOf = (answer: Answer): readonly unknown[] => itemsOf(answer).map(({ subject }) => subject);

/** The place behind all that has happened. */
async function placeNow(trial: Trial): Promise<string> {
  const { headers } = await trial.send("GET", "/notes");
  return headers["unclash-cursor"] ?? "";
}

const polling: readonly Omit<AdapterCase, "on">[] = [
  {
    name: "a poll gives the events of a stream as a list, page by page, and always the place to go on from",
    async run(trial) {
      const id = trial.nextName();
      const query = `resource=notes/${id}`;
      const after = await placeNow(trial);
      const stream = await openEvents(trial, `?${query}`);
      for (const n of [1, 2, 3]) await put(trial, id, n);
      const events: readonly JsonObject[] = (await stream.events(3)).map(({ data }) => data);
      stream.leave();
      const first = await trial.send("GET", `${path}?${query}&limit=2&after=${after}`);
      assertHeaders(first, { "cache-control": "no-store", etag: undefined });
      const next = memberOf(first, "next");
      const link = `<${trial.prefix}${path}?limit=2&after=${next}&${new URLSearchParams(query)}>; rel="next"`;
      assertHeaders(first, { link });
      const second = await trial.send("GET", `${path}?${query}&after=${next}`);
      assert.deepEqual([...itemsOf(first), ...itemsOf(second)], events);
      const third = await trial.send("GET", `${path}?${query}&after=${memberOf(second, "next")}`);
      assert.deepEqual(itemsOf(third), []);
      assert.match(String(memberOf(third, "next")), /^[\w~-]+$/);
      const oldest = await trial.send("GET", `${path}?limit=1`);
      assert.equal(itemsOf(oldest).length, 1);
    },
  },
  {
    name: "a poll that may wait is answered with the first event that it is told of, and says that it waited",
    async run(trial) {
      const id = trial.nextName();
      const after = await placeNow(trial);
      const prefer = "wait=600";
      const waiting = trial.send("GET", `${path}?resource=notes/${id}&resource=notes/secret-${id}&after=${after}`, {
        prefer,
        token: `${id}-poll`,
      });
      await trial.send("PUT", `/notes/secret-${id}`, { json: {}, token: "admin" });
      await put(trial, `${id}-other`, 1);
      await put(trial, id, 1);
      const answer = await waiting;
      assert.deepEqual(subjectsOf(answer), [`notes/${id}`]);
      assertHeaders(answer, { "preference-applied": "wait=30" });
      assertHeaders(await trial.send("GET", `${path}?limit=1`), { "preference-applied": undefined });
    },
  },
  {
    name: "row 64: a place that a poll can't mean is 400, and one that the log does not know is told as a reset",
    async run(trial) {
      for (const after of ["-1", "1e99", "now", "start", "%0d%0aset-cookie:%20a", "a".repeat(129), "p1.1"]) {
        const answer = await trial.send("GET", `${path}?after=${after}`);
        assertMalformed(trial, answer, { code: "malformed-cursor", parameter: "after" });
      }
      const answer = await trial.send("GET", `${path}?after=0000000000000001~000~AAAAAAAAAAAAAAAA`);
      const { next, ...rest } = bodyOf(answer);
      assert.deepEqual(rest, { items: [], reset: true });
      const id = trial.nextName();
      await put(trial, id, 1);
      // A store may take a moment to show what it has committed.
      const found = await trial.send("GET", `${path}?after=${next}`, { headers: { prefer: "wait=30" } });
      assert.deepEqual(subjectsOf(found).includes(`notes/${id}`), true);
    },
  },
  {
    name: "a page looks at so many events, and goes on from there though it has found none",
    async run(trial) {
      const id = trial.nextName();
      const after = await placeNow(trial);
      for (let n = 0; n < 60; n += 1) await put(trial, `${id}-other`, n);
      await put(trial, id, 1);
      const first = await trial.send("GET", `${path}?resource=notes/${id}&after=${after}`, { prefer: "wait=10" });
      assert.deepEqual(itemsOf(first), []);
      const second = await trial.send("GET", `${path}?resource=notes/${id}&after=${memberOf(first, "next")}`);
      assert.deepEqual(subjectsOf(second), [`notes/${id}`]);
    },
  },
  {
    name: "a client with as many polls that wait as it may have is 429, and others are not",
    async run(trial) {
      const id = trial.nextName();
      const after = await placeNow(trial);
      const message = { prefer: "wait=10", token: `${id}-polls` };
      const query = `?resource=notes/${id}&after=${after}`;
      const waiting = Array.from({ length: streamsPerClientMax + 1 }, () => trial.send("GET", path + query, message));
      const refused = await Promise.race(waiting);
      assertProblem(trial, refused, "quota-exceeded", { members: { "violated-policies": ["streams"] } });
      assertHeaders(refused, { "retry-after": "1" });
      await put(trial, id, 1);
      const answers = await Promise.all(waiting);
      assert.equal(answers.filter(({ status }) => status === 200).length, streamsPerClientMax);
      assertStatus(await trial.send("GET", path + query, message), 200);
    },
  },
];

const tickets: readonly Omit<AdapterCase, "on">[] = [
  {
    name: "a ticket opens one stream with the rights of who asked for it, where the app knows no other credentials",
    async run(trial) {
      const id = trial.nextName();
      const made = await trial.send("POST", ticketPath, { token: "admin" });
      assertStatus(made, 201);
      assertHeaders(made, { "cache-control": "no-store" });
      const { ticket, expiresAt, ...rest } = bodyOf(made);
      assert.deepEqual(rest, {});
      assert.match(String(ticket), /^[\w-]{22,}$/);
      const leftMs = Date.parse(String(expiresAt)) - Date.now();
      assert(leftMs > 0 && leftMs <= 120_000, `a ticket is good for a minute: ${expiresAt}`);
      const query = `?resource=notes/*&ticket=${ticket}`;
      const stream = await openEvents(trial, query);
      await trial.send("PUT", `/notes/secret-${id}`, { json: {}, token: "admin" });
      const [event] = await stream.events(1);
      assert.equal(event?.data["subject"], `notes/secret-${id}`);
      stream.leave();
      for (const used of [query, `?ticket=${"a".repeat(32)}`, "?ticket="]) {
        const refused = await trial.send("GET", `/conflict-notifications/stream${used}`);
        assertProblem(trial, refused, "unauthenticated");
        assertHeaders(refused, { "www-authenticate": "Bearer" });
      }
    },
  },
  {
    name: "of several that use a ticket at once one gets a stream",
    async run(trial) {
      const { ticket } = bodyOf(await trial.send("POST", ticketPath, { token: `${trial.nextName()}-race` }));
      const streams = await Promise.all(Array.from({ length: 5 }, () => openEvents(trial, `?ticket=${ticket}`)));
      for (const stream of streams) stream.leave();
      assert.deepEqual(streams.map(({ status }) => status).toSorted(), [200, 401, 401, 401, 401]);
    },
  },
  {
    name: "anonymous callers have no tickets, and need none",
    async run(trial) {
      const refused = await trial.send("POST", ticketPath);
      assertProblem(trial, refused, "unauthenticated");
      assertHeaders(refused, { "www-authenticate": "Bearer" });
      assertProblem(trial, await trial.send("POST", ticketPath, { token: "wrong" }), "unauthenticated");
      assertProblem(trial, await trial.send("GET", ticketPath, { token: "a" }), "method-not-allowed");
    },
  },
];

export const eventPollCases: readonly AdapterCase[] = casesOn("notified", [...polling, ...tickets]);
