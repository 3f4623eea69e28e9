import assert from "node:assert/strict";
import { ProbeStream } from "./probe.js";
import { eventually, readText, restOf, type StreamCase, settled } from "./trial.js";

/** A text that no compressor makes longer, nor shorter than a packet. */
const large = "0123456789abcdef".repeat(4_096);

/** So many of them are more than all buffers between the two ends of a connection hold. */
const manyMax = 512;

export const streamingCases: readonly StreamCase[] = [
  {
    name: "the head of a stream is sent before there is any text, and each text before the next is made",
    async run(trial) {
      const stream = new ProbeStream();
      const opened = trial.open(
        "GET",
        trial.play(async () => stream.plan()),
      );
      const { status, headers } = await opened.head;
      assert.deepEqual([status, headers["content-type"]], [200, "text/event-stream"]);
      for (const name of ["content-length", "content-encoding", "etag"]) assert.equal(headers[name], undefined, name);
      assert.match(String(headers["cache-control"]), /^no-store, no-transform$/);
      assert.equal(headers["x-accel-buffering"], "no");
      for (const text of ["a", "é".repeat(10), large]) {
        const before = stream.pulls;
        stream.send(text);
        assert.equal(await readText(opened, text.length), text);
        await eventually(trial, "the next text is asked for", () => stream.pulls === before + 1);
      }
      stream.end();
      assert.equal(await restOf(opened), "");
    },
  },
  {
    name: "texts without content are none, and do not end a stream",
    async run(trial) {
      const stream = new ProbeStream();
      for (const text of ["", "a", "", "b"]) stream.send(text);
      stream.end();
      assert.equal(
        await restOf(
          trial.open(
            "GET",
            trial.play(async () => stream.plan()),
          ),
        ),
        "ab",
      );
      const empty = new ProbeStream();
      empty.end();
      assert.equal(
        await restOf(
          trial.open(
            "GET",
            trial.play(async () => empty.plan()),
          ),
        ),
        "",
      );
    },
  },
  {
    name: "a client that reads slowly holds a stream up, and gets all of it in the end",
    async run(trial) {
      let made = 0;
      const body = (async function* () {
        for (; made < manyMax; made += 1) yield large;
      })();
      const plan = { ...new ProbeStream().plan(), body };
      const opened = trial.open(
        "GET",
        trial.play(async () => plan),
      );
      await opened.head;
      for (let seen = -1; seen !== made && made < manyMax; ) {
        seen = made;
        await settled();
      }
      assert(made < manyMax, "no more is made than the connection can hold");
      assert.equal((await restOf(opened)).length, manyMax * large.length);
    },
  },
  {
    name: "streams that wait do not hold each other up, nor other answers",
    async run(trial) {
      const streams = Array.from({ length: 20 }, () => new ProbeStream());
      const opened = streams.map((stream) =>
        trial.open(
          "GET",
          trial.play(async () => stream.plan()),
        ),
      );
      await Promise.all(opened.map(({ head }) => head));
      const other = new ProbeStream();
      other.send("whole");
      other.end();
      assert.equal(
        await restOf(
          trial.open(
            "GET",
            trial.play(async () => other.plan()),
          ),
        ),
        "whole",
      );
      for (const [at, stream] of streams.entries()) stream.send(`${at}`);
      for (const [at, each] of opened.entries()) assert.equal(await readText(each, `${at}`.length), `${at}`);
      for (const stream of streams) stream.end();
      assert.deepEqual(
        await Promise.all(opened.map(restOf)),
        streams.map(() => ""),
      );
    },
  },
  {
    name: "HEAD of a stream has the head of the stream, and ends it unread",
    async run(trial) {
      const stream = new ProbeStream();
      const opened = trial.open(
        "HEAD",
        trial.play(async () => stream.plan()),
      );
      const { status, headers } = await opened.head;
      assert.deepEqual([status, headers["content-type"]], [200, "text/event-stream"]);
      assert.equal(headers["content-length"], undefined);
      assert.equal(await restOf(opened), "");
      await eventually(trial, "the end is told", () => stream.ends.length > 0);
      assert.deepEqual([stream.pulls, stream.returns, stream.ends], [0, 1, ["sent"]]);
      assert.equal(stream.breakOff, undefined, "it has not begun");
    },
  },
  {
    name: "a stream whose status allows no content ends unread",
    async run(trial) {
      const stream = new ProbeStream();
      const opened = trial.open(
        "GET",
        trial.play(async () => stream.plan({ status: 204, headers: {} })),
      );
      assert.equal((await opened.head).status, 204);
      assert.equal(await restOf(opened), "");
      await eventually(trial, "the end is told", () => stream.ends.length > 0);
      assert.deepEqual([stream.pulls, stream.returns, stream.ends], [0, 1, ["sent"]]);
    },
  },
  {
    name: "what a stream throws breaks its answer off, and the server lives on",
    async run(trial) {
      for (const texts of [[], ["a"]]) {
        const stream = new ProbeStream();
        const opened = trial.open(
          "GET",
          trial.play(async () => stream.plan()),
        );
        await opened.head;
        for (const text of texts) {
          stream.send(text);
          await readText(opened, text.length);
        }
        stream.fail(new Error("The stream is broken on purpose."));
        await assert.rejects(restOf(opened), "half an answer does not look whole");
        await eventually(trial, "the end is told", () => stream.ends.length > 0);
        assert.deepEqual([stream.returns, stream.ends], [0, ["failed"]]);
      }
      const whole = new ProbeStream();
      whole.end();
      assert.equal(
        await restOf(
          trial.open(
            "GET",
            trial.play(async () => whole.plan()),
          ),
        ),
        "",
      );
    },
  },
];
