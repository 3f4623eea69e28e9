import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { headOf, type LifecycleCase, type LifecycleTrial } from "./trial.js";

const each = 50;

/** Opens waits and streams, and gives their responses. */
async function openMany(trial: LifecycleTrial) {
  const waits = Array.from({ length: each }, (_, n) => trial.begin("GET", `/waits/${n}`).end()).map(headOf);
  const opened = Array.from({ length: each }, (_, n) => trial.begin("GET", `/streams/${n}`).end());
  const streams = await Promise.all(opened.map(headOf));
  await trial.eventually("all wait, and all streams are open", () => {
    const { waiters, streams: open } = trial.open();
    return waiters === each && open === each;
  });
  return { waits: Promise.all(waits), streams };
}

async function isRefused({ url }: LifecycleTrial): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => resolve(false));
    socket.on("error", () => resolve(true)).on("connect", () => socket.destroy());
  });
}

/** A connection that has been used, and is kept for more. */
async function idleConnection(trial: LifecycleTrial): Promise<{ readonly closed: Promise<unknown> }> {
  const response = await headOf(trial.begin("GET", "/notes").end());
  const closed = once(response.socket, "close");
  await text(response);
  return { closed };
}

/** Begins a PUT whose content is still to come, and that the server works on. */
async function beginPut(trial: LifecycleTrial, path: string) {
  const headers = { "content-type": "application/json", expect: "100-continue" };
  const begun = trial.begin("PUT", path, headers);
  begun.flushHeaders();
  await trial.inTime("the server reads the content", once(begun, "continue"));
  return begun;
}

/** How a server ends, and what it ends with it. */
export const lifecycleCases: readonly LifecycleCase[] = [
  {
    name: "a server ends with many waiting and streaming: who waits gets 503, and streams are whole",
    async run(trial) {
      const { waits, streams } = await openMany(trial);
      const ended = trial.shutdown();
      for (const answer of await trial.inTime("who waits gets an answer", waits)) {
        assert.deepEqual([answer.statusCode, answer.headers["retry-after"]], [503, "1"]);
        answer.resume();
      }
      const texts = await trial.inTime("streams end", Promise.all(streams.map((stream) => text(stream))));
      assert.deepEqual(new Set(texts), new Set(["hello"]));
      await trial.inTime("the server ends", ended);
      assert.deepEqual([trial.open().waiters, trial.open().streams], [0, 0]);
      assert.equal(trial.unclash.state, "closed");
    },
  },
  {
    name: "who waits, and what streams, is gone as soon as its client is",
    async run(trial) {
      const waiting = trial.begin("GET", "/waits/1").end();
      const streaming = trial.begin("GET", "/streams/1").end();
      (await headOf(streaming)).on("error", () => {});
      await trial.eventually("one waits, and one stream is open", () => {
        const { waiters, streams } = trial.open();
        return waiters === 1 && streams === 1;
      });
      waiting.destroy();
      streaming.destroy();
      await trial.eventually("none is left", () => {
        const { waiters, streams } = trial.open();
        return waiters === 0 && streams === 0;
      });
    },
  },
  {
    name: "a server ends though a client reads nothing of its stream, and one that reads gets what was sent",
    async run(trial) {
      const unread = trial.begin("GET", "/floods/1").end();
      (await headOf(unread)).on("error", () => {}).pause();
      const reading = await headOf(trial.begin("GET", "/streams/1").end());
      await trial.eventually("both streams are open", () => trial.open().streams === 2);
      const ended = trial.shutdown();
      assert.equal(await trial.inTime("the stream that is read ends", text(reading)), "hello");
      await trial.inTime("the server ends", ended);
      assert.equal(trial.open().streams, 0);
    },
  },
  {
    name: "what runs is finished, its client learns that the connection ends, and nothing new is let in",
    async run(trial) {
      const idle = await idleConnection(trial);
      const running = await beginPut(trial, "/notes/late");
      const ended = trial.shutdown();
      await trial.inTime("an idle connection ends", idle.closed);
      await trial.eventually("new connections are refused", () => isRefused(trial));
      running.end('{"n":1}');
      const answer = await trial.inTime("the request is answered", headOf(running));
      assert.deepEqual([answer.statusCode, answer.headers.connection], [201, "close"]);
      assert.deepEqual(JSON.parse(await text(answer)), { id: "late", version: 1, n: 1 });
      await trial.inTime("the server ends", ended);
    },
  },
  {
    name: "a server that is told twice to end ends once",
    async run(trial) {
      const running = await beginPut(trial, "/notes/twice");
      const ended = Promise.all([trial.shutdown(), trial.shutdown()]);
      running.end("{}");
      assert.equal((await trial.inTime("the request is answered", headOf(running))).resume().statusCode, 201);
      await trial.inTime("both settle", ended);
      await trial.inTime("a third time too", trial.shutdown());
    },
  },
  {
    name: "an engine that has ended answers 503, and can't be mounted again",
    async run(trial) {
      await trial.inTime("the server ends", trial.shutdown());
      const { unclash } = trial;
      assert.equal(unclash.state, "closed");
      assert.throws(() => unclash.start(), { code: "ERR_UNCLASH_USAGE" });
      const facts = { method: "GET", base: "", path: "/notes", query: "", headers: {}, address: undefined };
      const body = { kind: "parsed", value: undefined } as const;
      const plan = await unclash.handle({ ...facts, body, native: undefined });
      assert.deepEqual([plan.status, plan.headers["retry-after"], plan.outcome], [503, "1", "store-unavailable"]);
    },
  },
];
