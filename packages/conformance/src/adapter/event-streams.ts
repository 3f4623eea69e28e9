import assert from "node:assert/strict";
import { assertHeaders, assertStatus, etagOf, headerOf, memberOf } from "./answer.js";
import { openEvents } from "./event-client.js";
import { streamsPerClientMax } from "./notified.js";
import { assertMalformed } from "./problems.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

function put(trial: Trial, id: string, n: number, token = "writer") {
  return trial.send("PUT", `/notes/${id}`, { json: { n }, token });
}

const subjects = (events: readonly { readonly data: { readonly subject?: unknown } }[]) =>
  events.map(({ data }) => data.subject);

export const eventStreamCases: readonly AdapterCase[] = casesOn("notified", [
  {
    name: "a stream begins at once with where it is, and tells of what is committed after its head",
    async run(trial) {
      const id = trial.nextName();
      const stream = await openEvents(trial, `?resource=notes/${id}`);
      assert.equal(stream.status, 200);
      const { headers } = stream;
      assert.match(String(headers["content-type"]), /^text\/event-stream/);
      assert.match(String(headers["cache-control"]), /^no-store, no-transform$/);
      assert.equal(headers["x-accel-buffering"], "no");
      const first = await put(trial, id, 1);
      const head = await stream.next();
      assert(Number(head?.retry) >= 1_000 && Number(head?.retry) <= 3_000, `a client waits a moment: ${head?.retry}`);
      assert.match(String(head?.id), /^[\w~-]+$/);
      const [event] = await stream.events(1);
      assert.equal(event?.type, "unclash.resource.changed");
      const { time, ...members } = event.data;
      assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.deepEqual(members, {
        specversion: "1.0",
        id: event.id,
        source: trial.prefix,
        type: event.type,
        subject: `notes/${id}`,
        datacontenttype: "application/json",
        data: { resource: `notes/${id}`, version: 1, etag: etagOf(first), by: "writer", cause: "create" },
      });
      stream.leave();
    },
  },
  {
    name: "after Last-Event-ID, and after a place in the query, nothing is lost and nothing comes twice",
    async run(trial) {
      const id = trial.nextName();
      const query = `?resource=notes/${id}`;
      const stream = await openEvents(trial, query);
      const head = await stream.next();
      for (const n of [1, 2, 3]) await put(trial, id, n);
      const seen = await stream.events(3);
      stream.leave();
      await put(trial, id, 4);
      const ids = seen.map((event) => event.id);
      const all = await openEvents(trial, `${query}&after=${head?.id}`);
      assert.deepEqual((await all.events(4)).slice(0, 3), seen);
      all.leave();
      for (const [at, last] of ids.entries()) {
        const headers = { "last-event-id": last };
        const resumed = await openEvents(trial, `${query}&after=${head?.id}`, { headers });
        const rest = await resumed.events(3 - at);
        assert.deepEqual(
          rest.map(({ data }) => Reflect.get(Object(data["data"]), "version")),
          [2, 3, 4].slice(at),
        );
        resumed.leave();
      }
    },
  },
  {
    name: "a stream that has nothing to tell says where it is, so that its client resumes from near now",
    async run(trial) {
      const id = trial.nextName();
      const stream = await openEvents(trial, `?resource=notes/${id}-other`);
      const head = await stream.next();
      await put(trial, id, 1);
      let beat = await stream.next();
      while (beat?.id === head?.id) beat = await stream.next();
      assert.deepEqual(Object.keys(beat ?? {}), ["id"]);
      stream.leave();
      const resumed = await openEvents(trial, `?resource=notes/${id}`, {
        headers: { "last-event-id": beat?.id ?? "" },
      });
      await put(trial, id, 2);
      const [event] = await resumed.events(1);
      assert.equal(Reflect.get(Object(event?.data["data"]), "version"), 2);
      resumed.leave();
    },
  },
  {
    name: "a stream tells of what its filters name, resources and types, and of nothing else",
    async run(trial) {
      const id = trial.nextName();
      const query = `?resource=notes/${id}-b&resource=parked/*&type=unclash.conflict.*&type=unclash.resource.changed`;
      const [stream, conflicts] = [
        await openEvents(trial, query, { token: id }),
        await openEvents(trial, `?resource=parked/${id}&type=unclash.conflict.*`, { token: id }),
      ];
      for (const end of ["a", "b"]) await put(trial, `${id}-${end}`, 1);
      const first = await trial.send("POST", "/parked", { json: { id, n: 1 }, token: id });
      const path = `/parked/${id}`;
      for (const n of [2, 3]) await trial.send("PUT", path, { json: { n }, ifMatch: etagOf(first), token: id });
      const events = await stream.events(4);
      assert.deepEqual(subjects(events), [`notes/${id}-b`, `parked/${id}`, `parked/${id}`, `parked/${id}`]);
      const [conflict] = await conflicts.events(1);
      assert.deepEqual(conflict, events[3]);
      assert.equal(conflict?.type, "unclash.conflict.detected");
      for (const each of [stream, conflicts]) each.leave();
    },
  },
  {
    name: "a filter that names nothing there can be is 400, and says what it may be",
    async run(trial) {
      for (const [query, error] of [
        ["resource=nothing/1", { code: "malformed-resource", parameter: "resource" }],
        ["resource=notes", { code: "malformed-resource", parameter: "resource" }],
        ["type=unclash.nothing", { code: "malformed-type", parameter: "type" }],
        ["color=red", { code: "unknown-parameter", parameter: "color" }],
      ] as const) {
        for (const path of ["stream", "events"]) {
          const answer = await trial.send("GET", `/conflict-notifications/${path}?${query}`);
          assertMalformed(trial, answer, error);
          if (error.code === "malformed-resource") assert.match(String(memberOf(answer, "detail")), /articles, notes/);
        }
      }
    },
  },
  {
    name: "each event is held against the permissions of its reader at that moment, states included",
    async run(trial) {
      const id = trial.nextName();
      const [owner, other, admin] = await Promise.all(
        [`${id}-owner`, `${id}-other`, "admin"].map((token) => openEvents(trial, "?resource=notes/*", { token })),
      );
      assert(owner !== undefined && other !== undefined && admin !== undefined);
      const draft = { owner: `${id}-owner`, draft: true };
      await trial.send("PUT", `/notes/secret-${id}`, { json: {}, token: "admin" });
      await trial.send("PUT", `/notes/draft-${id}`, { json: draft, token: "admin" });
      await put(trial, id, 1);
      assert.deepEqual(subjects(await other.events(1)), [`notes/${id}`]);
      assert.deepEqual(subjects(await owner.events(2)), [`notes/draft-${id}`, `notes/${id}`]);
      assert.deepEqual(subjects(await admin.events(3)), [`notes/secret-${id}`, `notes/draft-${id}`, `notes/${id}`]);
      for (const each of [owner, other, admin]) each.leave();
    },
  },
  {
    name: "events have the entity-tag of the API version that they are asked for in",
    async run(trial) {
      const id = trial.nextName();
      const query = `?resource=articles/${id}`;
      const [first, newest] = [await openEvents(trial, query, {}, "/v1"), await openEvents(trial, query)];
      await trial.send("PUT", `/articles/${id}`, { json: { body: "x" } });
      for (const [stream, base] of [
        [first, "/v1"],
        [newest, "/v2"],
      ] as const) {
        const [event] = await stream.events(1);
        const etag = etagOf(await trial.send("GET", `${base}/articles/${id}`));
        assert.equal(Reflect.get(Object(event?.data["data"]), "etag"), etag);
        stream.leave();
      }
    },
  },
  {
    name: "a list says from where a stream and a poll miss nothing of what comes after it",
    async run(trial) {
      const id = trial.nextName();
      const list = await trial.send("GET", "/notes");
      const cursor = headerOf(list, "unclash-cursor");
      const unchanged = await trial.send("GET", "/notes", { ifNoneMatch: etagOf(list) });
      assertStatus(unchanged, 304);
      assert.match(headerOf(unchanged, "unclash-cursor"), /^[\w~-]+$/);
      await put(trial, id, 1);
      const stream = await openEvents(trial, `?resource=notes/${id}&after=${cursor}`);
      assert.deepEqual(subjects(await stream.events(1)), [`notes/${id}`]);
      stream.leave();
      assertHeaders(await trial.send("GET", `/notes/${id}`), { "unclash-cursor": undefined });
    },
  },
  {
    name: "row 64: a client with as many streams as it may have is told to come again, and others are not",
    async run(trial) {
      const token = `${trial.nextName()}-many`;
      const streams = [];
      for (let n = 0; n < streamsPerClientMax; n += 1) streams.push(await openEvents(trial, "", { token }));
      const over = await openEvents(trial, "", { token });
      assert.equal(over.status, 200);
      const limit = { retry: "60000", event: "limit", data: '{"slug":"quota-exceeded","policy":"streams"}' };
      assert.deepEqual([await over.next(), await over.next()], [limit, undefined]);
      const other = await openEvents(trial, "", { token: `${token}-other` });
      assert.match(String((await other.next())?.id), /./);
      for (const each of [other, ...streams]) each.leave();
      // The server sees a client go a moment later.
      for (const endsAt = Date.now() + trial.patienceMs; ; ) {
        const again = await openEvents(trial, "", { token });
        const first = await again.next();
        again.leave();
        if (first?.event !== "limit") break;
        assert(Date.now() < endsAt, "a stream that has ended does not count");
      }
    },
  },
  {
    name: "row 64: a place that is none, or that the log does not know, is a reset, and the stream goes on",
    async run(trial) {
      const id = trial.nextName();
      const unknown = "0000000000000001~000~AAAAAAAAAAAAAAAA";
      for (const [at, last] of ["-1", "1e99", "now", "start", unknown, "a, b", "~".repeat(5_000)].entries()) {
        const stream = await openEvents(trial, `?resource=notes/${id}`, { headers: { "last-event-id": last } });
        const [reset] = await stream.events(1);
        assert.equal(reset?.type, "reset");
        assert.deepEqual(reset.data, { id: reset.id });
        await put(trial, id, at);
        assert.deepEqual(subjects(await stream.events(1)), [`notes/${id}`]);
        stream.leave();
      }
    },
  },
  {
    name: "HEAD of a stream has its headers and no content, and takes no place",
    async run(trial) {
      const token = `${trial.nextName()}-head`;
      for (let n = 0; n <= streamsPerClientMax; n += 1) {
        const head = await trial.send("HEAD", "/conflict-notifications/stream", { token, foreign: true });
        assertStatus(head, 200);
        assert.match(headerOf(head, "content-type"), /^text\/event-stream/);
      }
      const stream = await openEvents(trial, "", { token });
      assert.notEqual((await stream.next())?.event, "limit");
      stream.leave();
    },
  },
]);
