import assert from "node:assert/strict";
import { connect } from "node:net";
import type { RequestFacts } from "unclash";
import type { ResponsePlan } from "unclash/adapter";
import { ProbeStream } from "./probe.js";
import { eventually, restOf, type StreamCase, type StreamTrial, settled } from "./trial.js";

const empty: ResponsePlan = { status: 200, headers: { "content-length": "0" }, body: null, outcome: "ok" };

function signalOf(facts: RequestFacts): AbortSignal {
  assert(facts.disconnected !== undefined, "the facts say when the client is gone");
  return facts.disconnected();
}

async function readAll({ body }: RequestFacts): Promise<string> {
  if (body.kind === "parsed") return JSON.stringify(body.value);
  const read = await body.read(1_000_000);
  return read.kind === "bytes" ? read.bytes.toString("utf8") : read.kind;
}

/** Sends a request whose client goes while it is worked on. */
async function sendAndGo(trial: StreamTrial, method: string, content?: string): Promise<AbortSignal> {
  let signal: AbortSignal | undefined;
  const path = trial.play(async (facts) => {
    if (content !== undefined) assert.equal(await readAll(facts), content);
    const own = signalOf(facts);
    assert.equal(signalOf(facts), own, "a request has one signal");
    signal = own;
    await new Promise((resolve) => own.addEventListener("abort", resolve));
    return empty;
  });
  const opened = trial.open(method, path, content === undefined ? {} : { content });
  await eventually(trial, "the request arrives", () => signal !== undefined);
  assert(signal !== undefined && !signal.aborted, "the client is there");
  await settled();
  assert(!signal.aborted, "the client is there after its content was read");
  opened.leave();
  await eventually(trial, "the client is seen to go", () => signal?.aborted === true);
  return signal;
}

export const disconnectingCases: readonly StreamCase[] = [
  {
    name: "a client that goes while its request is worked on is seen to go, and not before",
    async run(trial) {
      const { reason } = await sendAndGo(trial, "GET");
      assert(reason instanceof DOMException && reason.name === "AbortError", "the reason is an AbortError");
    },
  },
  {
    name: "a client whose content was read is seen to go, and not before",
    // Once it has sent all of a request, nothing that is injected can be taken back.
    protocols: ["http/1.1", "http/2"],
    async run(trial) {
      for (const [method, content] of [
        ["PUT", "{}"],
        ["POST", "x".repeat(100_000)],
      ] as const) {
        await sendAndGo(trial, method, content);
      }
    },
  },
  {
    name: "the end of an answer is not taken for the end of its client, and its connection's end is not either",
    async run(trial) {
      const signals: AbortSignal[] = [];
      for (const [method, content] of [
        ["GET", undefined],
        ["PUT", "{}"],
      ] as const) {
        const whole = new ProbeStream();
        whole.end();
        for (const plan of [empty, whole.plan()]) {
          const path = trial.play(async (facts) => {
            if (content !== undefined) await readAll(facts);
            signals.push(signalOf(facts));
            return plan;
          });
          const opened = trial.open(method, path, content === undefined ? {} : { content });
          await restOf(opened);
          opened.leave();
          await settled();
        }
      }
      assert.deepEqual(
        signals.map(({ aborted }) => aborted),
        [false, false, false, false],
      );
    },
  },
  {
    name: "who asks for the first time when the answer is over learns how that was",
    async run(trial) {
      let seen: RequestFacts | undefined;
      const stream = new ProbeStream();
      const path = trial.play(async (facts) => {
        seen = facts;
        return stream.plan();
      });
      const left = trial.open("GET", path);
      await left.head;
      left.leave();
      await eventually(trial, "the stream is ended", () => stream.returns > 0);
      assert(seen !== undefined);
      assert.equal(signalOf(seen).aborted, true);
      const whole = new ProbeStream();
      whole.end();
      const wholePath = trial.play(async (facts) => {
        seen = facts;
        return whole.plan();
      });
      await restOf(trial.open("GET", wholePath));
      await eventually(trial, "the end is told", () => whole.ends.length > 0);
      assert.equal(signalOf(seen).aborted, false);
    },
  },
  {
    name: "hundreds of requests on one connection that watch for their client leave no listener behind",
    async run(trial) {
      const warnings: Error[] = [];
      const onWarning = (warning: Error): void => void warnings.push(warning);
      const ports = new Set<number | undefined>();
      process.on("warning", onWarning);
      try {
        for (let n = 0; n < 300; n += 1) {
          const stream = new ProbeStream();
          stream.send("a");
          stream.end();
          const path = trial.play(async (facts) => {
            signalOf(facts);
            return n % 2 === 0 ? stream.plan() : { ...empty, onEnd: () => {} };
          });
          const opened = trial.open("GET", path, { sameConnection: true });
          ports.add((await opened.head).port);
          await restOf(opened);
        }
        await settled();
      } finally {
        process.off("warning", onWarning);
      }
      assert.equal(ports.size, 1, "all came over one connection");
      const own = warnings.filter((warning) => ports.has(portOf(Reflect.get(warning, "emitter"))));
      assert.deepEqual(
        own.map(({ message }) => message),
        [],
      );
    },
  },
  {
    name: "to a client of HTTP/1.0 a stream that breaks does not look whole",
    protocols: ["http/1.1"],
    async run(trial) {
      for (const breaks of [false, true]) {
        const stream = new ProbeStream();
        const path = trial.play(async () => stream.plan());
        const { hostname, port } = new URL(trial.origin);
        const socket = connect({ host: hostname, port: Number(port) });
        socket.setEncoding("latin1").write(`GET ${path} HTTP/1.0\r\n\r\n`);
        let text = "";
        socket.on("data", (piece) => {
          text += piece;
        });
        const ended = new Promise<string>((resolve) => {
          socket.on("end", () => resolve("whole")).on("error", () => resolve("broken"));
        });
        stream.send("some of it");
        await eventually(trial, "some of it comes", () => text.endsWith("some of it"));
        if (breaks) stream.fail(new Error("The stream is broken on purpose."));
        else stream.end();
        assert.equal(await ended, breaks ? "broken" : "whole");
      }
    },
  },
];

/** The port of the client, of whatever emits events for its connection. */
function portOf(emitter: unknown): number | undefined {
  const { remotePort, socket, stream } = Object(emitter);
  return remotePort ?? socket?.remotePort ?? stream?.session?.socket?.remotePort;
}
