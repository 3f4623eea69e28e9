import assert from "node:assert/strict";
import type { ResponseEnd, ResponsePlan } from "unclash/adapter";
import { ProbeStream } from "./probe.js";
import { eventually, readText, restOf, type StreamCase, type StreamTrial, settled } from "./trial.js";

/** Answers that are whole texts, or none. */
const plans: readonly ResponsePlan[] = [
  { status: 200, headers: { "content-type": "application/json", "content-length": "2" }, body: "{}", outcome: "ok" },
  { status: 201, headers: { "content-length": "0" }, body: null, outcome: "created" },
  { status: 204, headers: {}, body: null, outcome: "deleted" },
  { status: 304, headers: { etag: '"1"' }, body: null, outcome: "not-modified" },
  { status: 404, headers: { "content-length": "1" }, body: "x", outcome: "not-found" },
];

const sockets = ["http/1.1", "http/2"] as const;

/** Waits for the end of an answer, and makes sure that it is told only once. */
async function assertEnded(trial: StreamTrial, ends: readonly ResponseEnd[], expected: ResponseEnd): Promise<void> {
  await eventually(trial, "the end is told", () => ends.length > 0);
  await settled();
  assert.deepEqual(ends, [expected]);
}

export const endingCases: readonly StreamCase[] = [
  {
    name: "the end of an answer is told once, whatever its content",
    async run(trial) {
      for (const method of ["GET", "HEAD", "PUT"]) {
        for (const plan of plans) {
          const ends: ResponseEnd[] = [];
          const path = trial.play(async () => ({ ...plan, onEnd: (end) => void ends.push(end) }));
          const opened = trial.open(method, path, { sameConnection: true });
          assert.equal((await opened.head).status, plan.status);
          await restOf(opened);
          await assertEnded(trial, ends, "sent");
        }
      }
    },
  },
  {
    name: "the end of a stream that was sent whole is told once, and its iterator is left alone",
    async run(trial) {
      const stream = new ProbeStream();
      stream.send("a");
      stream.end();
      const opened = trial.open(
        "GET",
        trial.play(async () => stream.plan()),
      );
      assert.equal(await restOf(opened), "a");
      opened.leave();
      await assertEnded(trial, stream.ends, "sent");
      assert.deepEqual([stream.pulls, stream.returns], [2, 0]);
    },
  },
  {
    name: "a stream is ended as soon as its client goes, also while it waits for its next text",
    async run(trial) {
      const stream = new ProbeStream();
      const opened = trial.open(
        "GET",
        trial.play(async () => stream.plan()),
      );
      await opened.head;
      stream.send("a");
      await readText(opened, 1);
      opened.leave();
      await eventually(trial, "the stream is ended", () => stream.returns > 0);
      await assertEnded(trial, stream.ends, "aborted");
      assert.deepEqual([stream.pulls, stream.returns], [2, 1]);
    },
  },
  {
    name: "a stream that a client does not read is ended when that goes",
    protocols: sockets,
    async run(trial) {
      const stream = new ProbeStream();
      const text = "x".repeat(65_536);
      for (let n = 0; n < 2_000; n += 1) stream.send(text);
      const opened = trial.open(
        "GET",
        trial.play(async () => stream.plan()),
      );
      await opened.head;
      for (let seen = -1; seen !== stream.pulls; ) {
        seen = stream.pulls;
        await settled();
      }
      opened.leave();
      await assertEnded(trial, stream.ends, "aborted");
      assert.equal(stream.returns, 1);
      assert(stream.pulls < 2_000, "it was held up");
    },
  },
  {
    name: "a stream that its maker breaks off ends at once, also while its client does not read it",
    async run(trial) {
      const unread = new ProbeStream();
      for (let n = 0; n < 2_000; n += 1) unread.send("x".repeat(65_536));
      const waiting = new ProbeStream();
      for (const stream of [unread, waiting]) {
        const path = trial.play(async () => stream.plan());
        const opened = trial.open("GET", path);
        await opened.head;
        await settled();
        assert(stream.breakOff !== undefined, "its maker is told that it begins");
        const { pulls } = stream;
        stream.breakOff();
        stream.breakOff();
        await assertEnded(trial, stream.ends, "aborted");
        assert.deepEqual([stream.pulls, stream.returns], [pulls, 1]);
        await assert.rejects(restOf(opened), "half an answer does not look whole");
      }
    },
  },
  {
    name: "a client that is still sending when its stream begins is seen to go",
    async run(trial) {
      const stream = new ProbeStream();
      const content = Buffer.alloc(8_388_608, "x");
      const opened = trial.open(
        "POST",
        trial.play(async () => stream.plan()),
        { content },
      );
      await opened.head;
      opened.leave();
      await assertEnded(trial, stream.ends, "aborted");
      assert.equal(stream.returns, 1);
    },
  },
  {
    name: "an answer that is made when its client has gone is told to have ended, and a stream of it never begins",
    async run(trial) {
      const ends: ResponseEnd[] = [];
      const stream = new ProbeStream();
      const onEnd = (end: ResponseEnd): void => void ends.push(end);
      for (const plan of [{ ...(plans[0] ?? stream.plan()), onEnd }, stream.plan()]) {
        let isAsked = false;
        const path = trial.play(async (facts) => {
          const signal = facts.disconnected?.();
          isAsked = true;
          await eventually(trial, "the client is seen to go", () => signal?.aborted === true);
          return plan;
        });
        const opened = trial.open("GET", path);
        await eventually(trial, "the request arrives", () => isAsked);
        opened.leave();
      }
      await assertEnded(trial, ends, "aborted");
      await assertEnded(trial, stream.ends, "aborted");
      assert.deepEqual([stream.pulls, stream.returns, stream.breakOff], [0, 1, undefined]);
    },
  },
  {
    name: "an answer that can't be sent is 5xx, and told to have failed; a stream of it is ended unread",
    async run(trial) {
      // There is no such status.
      const unsendable = { status: 1_000, headers: { "content-length": "0" } };
      const ends: ResponseEnd[] = [];
      const text: ResponsePlan = {
        ...unsendable,
        body: null,
        outcome: "ok",
        onEnd: (end) => void ends.push(end),
      };
      const broken = trial.open(
        "GET",
        trial.play(async () => text),
      );
      assert((await broken.head).status >= 500, "it is answered 5xx");
      await restOf(broken);
      await assertEnded(trial, ends, "failed");
      const stream = new ProbeStream();
      const opened = trial.open(
        "GET",
        trial.play(async () => stream.plan(unsendable)),
      );
      assert((await opened.head).status >= 500, "it is answered 5xx");
      await restOf(opened);
      await assertEnded(trial, stream.ends, "failed");
      assert.deepEqual([stream.pulls, stream.returns], [0, 1]);
    },
  },
  {
    name: "an answer whose stream can't even begin does not look whole, and is told to have failed",
    async run(trial) {
      const stream = new ProbeStream();
      stream[Symbol.asyncIterator] = () => {
        throw new Error("The stream has no iterator on purpose.");
      };
      const path = trial.play(async () => stream.plan());
      const opened = trial.open("GET", path);
      const status = await opened.head.then((head) => head.status).catch(() => 599);
      if (status < 500) await assert.rejects(restOf(opened));
      await assertEnded(trial, stream.ends, "failed");
    },
  },
];
