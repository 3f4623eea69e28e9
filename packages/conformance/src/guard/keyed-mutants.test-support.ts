import {
  type GuardMutant,
  keys,
  options,
  outcome,
  passing,
  sent,
  withHeaders,
  without,
} from "./twists.test-support.js";

/** Faults in how requests with keys are treated. */
export const keyedMutants: readonly GuardMutant[] = [
  {
    does: "swallows the key",
    twist: without("idempotency-key"),
    caughtBy: "with a key, a request is carried out once, and its answer is given again, by other processes too",
  },
  {
    does: "does not say that an answer is given again",
    twist: sent((answer) => withHeaders(answer, { "idempotency-replayed": undefined })),
    caughtBy: "with a key, a request is carried out once, and its answer is given again, by other processes too",
  },
  {
    does: "takes any body for the first one",
    twist: { facts: (facts) => ({ ...facts, body: { kind: "parsed", value: null } }) },
    caughtBy: "the same key with another body, If-Match, Content-Type or query is 422, and nothing runs",
  },
  {
    does: "takes any type for the first one",
    twist: without("content-type"),
    caughtBy: "the same key with another body, If-Match, Content-Type or query is 422, and nothing runs",
  },
  {
    does: "takes any query for the first one",
    twist: { facts: (facts) => ({ ...facts, query: "" }) },
    caughtBy: "the same key with another body, If-Match, Content-Type or query is 422, and nothing runs",
  },
  {
    does: "lets resources share a key",
    twist: { facts: (facts) => ({ ...facts, path: "/one" }) },
    caughtBy: "a key is one resource's and one method's, and the same in quotes and bare",
  },
  {
    does: "lets actors share a key",
    twist: options(({ identify, ...rest }) => (identify ? { ...rest, identify: () => ({ name: "anyone" }) } : rest)),
    caughtBy: "a key is its actor's, who may use a short one; wrong credentials take none",
  },
  {
    does: "lets anyone use a short key",
    twist: options((given) => ({ ...given, identify: () => ({ name: "anyone" }) })),
    caughtBy: "a short anonymous key, two keys, an empty one and one of 256 bytes are 400, and nothing runs",
  },
  {
    does: "keeps no answer",
    twist: passing(({ run }) => {
      const settle = run?.settle.bind(run);
      if (run !== undefined && settle !== undefined) run.settle = () => settle({ kind: "harmless" });
    }),
    caughtBy: "with a key, a refusal by the handler is given again",
  },
  {
    does: "keeps failures",
    twist: passing(({ run }) => {
      const settle = run?.settle.bind(run);
      const answer = { status: 500, headers: {}, body: "so it is" };
      if (run !== undefined && settle !== undefined)
        run.settle = (end) => settle(end.kind === "answer" ? end : { kind: "answer", answer });
    }),
    caughtBy: "answers of 401, 403, 423 and 429 are not kept: a repeat runs",
  },
  {
    does: "gives the key of what failed back",
    twist: passing(({ run }) => {
      const settle = run?.settle.bind(run);
      if (run !== undefined && settle !== undefined)
        run.settle = (end) => settle(end.kind === "unknown" ? { kind: "harmless" } : end);
    }),
    caughtBy: "once a handler has begun, a 5xx, thrown or answered, leaves its effect unknown: it does not run again",
  },
  {
    does: "does not hear that nothing was applied",
    twist: outcome(() => ({ notApplied() {} })),
    caughtBy: "where the handler says that nothing was applied, its failure is not kept: a repeat runs",
  },
  {
    does: "does not know why it refused",
    twist: passing((guardedResponse) =>
      Object.defineProperty(guardedResponse, "refusal", { get: () => undefined, set() {} }),
    ),
    caughtBy: "a 409 that may pass by itself is not kept: a repeat runs",
  },
  {
    does: "does not hear which codings a repeat accepts",
    twist: without("accept-encoding"),
    caughtBy: "content that was sent in a coding is given again in one that the repeat accepts",
  },
  {
    does: "keeps bytes as text",
    twist: sent((answer) => ({ ...answer, body: answer.body && Buffer.from(answer.body).toString("utf8") })),
    caughtBy: "bytes are given again as they are",
  },
  {
    does: "keeps as much content as there is",
    twist: keys({ answerBytesMax: 1_000_000 }),
    caughtBy: "an answer with more content than is kept is given again without it",
  },
  {
    does: "requires no key",
    twist: keys({ required: false }),
    caughtBy: "where keys are required, an unsafe request without one is 400; a read needs none",
  },
  {
    does: "runs again what another process may have carried out",
    twist: keys({ rerun: true }),
    caughtBy: "what a process that is gone has begun is known as unknown, and does not run again by itself",
  },
  {
    does: "never runs again",
    twist: keys({ rerun: false }),
    caughtBy: "with rerun, what a process that is gone has begun runs again: the handler knows a repeat by itself",
  },
  {
    does: "renews no lease",
    twist: passing((guardedResponse) => guardedResponse.run?.abandon()),
    caughtBy: "the lease of a key is renewed for as long as its handler runs",
  },
  {
    does: "sends nothing where the client is gone",
    twist: {
      answer(answer, { message }) {
        if (message.socket.destroyed) throw new Error("Nobody is there.");
        return answer;
      },
    },
    caughtBy:
      "a client that goes away while its request runs gets the answer when it repeats it, and nothing happens twice",
  },
];
