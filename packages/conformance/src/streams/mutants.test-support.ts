import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { type ResponsePlan, type StreamPlan, sendPlan } from "unclash/adapter";
import type { Mutant } from "../adapter/mutant.test-support.js";
import type { Facts, Twist } from "../adapter/tiny.test-support.js";

function signal(watch: (facts: Facts, abort: () => void) => void): Twist {
  return {
    facts(facts) {
      const controller = new AbortController();
      watch(facts, () => controller.abort(new DOMException("It is gone.", "AbortError")));
      return { ...facts, disconnected: () => controller.signal };
    },
  };
}

function stream(send: (plan: StreamPlan, response: ServerResponse) => Promise<void> | undefined): Twist {
  return { stream: send };
}

/** Sends the head of a stream as it should be sent. */
function sendHead({ status, headers }: StreamPlan, response: ServerResponse): void {
  response.writeHead(status, {
    ...headers,
    "cache-control": `${headers["cache-control"]}, no-transform`,
    "x-accel-buffering": "no",
  });
  response.flushHeaders();
}

/** Sends the content of a stream without a look at who reads it. */
async function pour({ body }: StreamPlan, response: ServerResponse): Promise<void> {
  for await (const text of body) response.write(text);
  response.end();
}

function withEnd<Plan extends ResponsePlan | StreamPlan>(plan: Plan, onEnd: NonNullable<Plan["onEnd"]>): Plan {
  return { ...plan, onEnd };
}

const worked = "a client whose content was read is seen to go, and not before";
const told = "the end of an answer is told once, whatever its content";
const atOnce = "the head of a stream is sent before there is any text, and each text before the next is made";
const endedEarly = "a stream is ended as soon as its client goes, also while it waits for its next text";

/** Adapters with a fault in how they stream, or in what they know of their clients. */
export const streamMutants: readonly Mutant[] = [
  {
    does: "takes the end of a request for that of its client",
    twist: signal(({ native }, abort) => native.once("close", abort)),
    caughtBy: worked,
  },
  {
    does: "does not see its client go",
    twist: signal(() => {}),
    caughtBy: worked,
  },
  {
    does: "takes the end of a connection for that of a client",
    twist: signal(({ native }, abort) => native.socket.once("close", abort)),
    caughtBy: "the end of an answer is not taken for the end of its client, and its connection's end is not either",
  },
  {
    does: "leaves a listener on the connection for each request",
    twist: {
      facts(facts) {
        facts.native.socket.on("close", () => {});
        return facts;
      },
    },
    caughtBy: "hundreds of requests on one connection that watch for their client leave no listener behind",
  },
  {
    does: "collects a stream before it sends it",
    twist: stream(async ({ body, ...plan }, response) => {
      const texts: string[] = [];
      for await (const text of body) texts.push(text);
      await sendPlan({ ...plan, body: texts.join("") }, response);
    }),
    caughtBy: atOnce,
  },
  {
    does: "sends the head of a stream with its first text",
    twist: stream(async (plan, response) => {
      response.writeHead(plan.status, plan.headers);
      await pour(plan, response);
    }),
    caughtBy: atOnce,
  },
  {
    does: "lets others compress a stream",
    twist: stream((plan, response) => {
      response.writeHead = new Proxy(response.writeHead, {
        apply: (write, self, [status]) => Reflect.apply(write, self, [status, plan.headers]),
      });
      return sendPlan(plan, response);
    }),
    caughtBy: atOnce,
  },
  {
    does: "makes a stream as fast as it can, however slowly it is read",
    twist: stream(async (plan, response) => {
      sendHead(plan, response);
      await pour(plan, response);
    }),
    caughtBy: "a client that reads slowly holds a stream up, and gets all of it in the end",
  },
  {
    does: "takes a text without content for the end",
    twist: stream((plan, response) => {
      const body = (async function* () {
        for await (const text of plan.body) {
          if (text === "") return;
          yield text;
        }
      })();
      return sendPlan({ ...plan, body }, response);
    }),
    caughtBy: "texts without content are none, and do not end a stream",
  },
  {
    does: "reads a stream for HEAD",
    twist: stream(async (plan, response) => {
      if (response.req.method !== "HEAD") return sendPlan(plan, response);
      sendHead(plan, response);
      await pour(plan, response);
    }),
    caughtBy: "HEAD of a stream has the head of the stream, and ends it unread",
  },
  {
    does: "ends a stream that breaks as if it were whole",
    twist: stream(async (plan, response) => {
      sendHead(plan, response);
      await pour(plan, response).catch(() => response.end());
      plan.onEnd?.("failed");
    }),
    caughtBy: "what a stream throws breaks its answer off, and the server lives on",
  },
  {
    does: "ends a connection that breaks off in the usual way",
    twist: stream(async (plan, response) => {
      sendHead(plan, response);
      await pour(plan, response).catch(() => response.destroy());
    }),
    caughtBy: "to a client of HTTP/1.0 a stream that breaks does not look whole",
  },
  {
    does: "lets a stream wait whose client is gone",
    twist: stream(async (plan, response) => {
      sendHead(plan, response);
      response.once("close", () => plan.onEnd?.("aborted"));
      await pour(plan, response);
    }),
    caughtBy: endedEarly,
  },
  {
    does: "lets nobody break a stream off",
    twist: stream((plan, response) =>
      sendPlan({ ...plan, onBegin: (_breakOff) => plan.onBegin?.(() => {}) }, response),
    ),
    caughtBy: "a stream that its maker breaks off ends at once, also while its client does not read it",
  },
  {
    does: "never tells the end of a stream",
    twist: stream(({ onEnd: _onEnd, ...plan }, response) => sendPlan(plan, response)),
    caughtBy: "the end of a stream that was sent whole is told once, and its iterator is left alone",
  },
  {
    does: "never tells the end of an answer",
    twist: { plan: ({ onEnd: _onEnd, ...plan }) => plan },
    caughtBy: told,
  },
  {
    does: "tells the end of an answer twice",
    twist: {
      plan: (plan) =>
        withEnd(plan, (end) => {
          plan.onEnd?.(end);
          plan.onEnd?.(end);
        }),
    },
    caughtBy: told,
  },
  {
    does: "takes a stream whose client is gone for sent",
    twist: stream((plan, response) =>
      sendPlan(
        withEnd(plan, () => plan.onEnd?.("sent")),
        response,
      ),
    ),
    caughtBy: endedEarly,
  },
  {
    does: "does not tell the end of an answer that it can't send",
    twist: {
      send: ({ onEnd, ...plan }, response) => {
        sendPlan(plan, response);
        void once(response, "close").then(() => onEnd?.("sent"));
      },
    },
    caughtBy: "an answer that can't be sent is 5xx, and told to have failed; a stream of it is ended unread",
  },
  {
    does: "does not read on while it streams",
    twist: stream((plan, response) => {
      const { req } = response;
      req.resume = () => req;
      return sendPlan(plan, response);
    }),
    caughtBy: "a client that is still sending when its stream begins is seen to go",
  },
];
