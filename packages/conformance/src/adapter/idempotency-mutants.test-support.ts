import { type Mutant, withHeaders, without } from "./mutant.test-support.js";

/** Adapters with a fault that only requests with `Idempotency-Key` show. */
export const idempotencyMutants: readonly Mutant[] = [
  {
    does: "swallows Idempotency-Key",
    twist: without("idempotency-key"),
    caughtBy:
      "with a key, a write is answered again as it was, though its If-Match is stale by then, and nothing " +
      "happens twice",
  },
  {
    does: "takes the first of several keys",
    twist: {
      facts: (facts) => ({
        ...facts,
        headers: { ...facts.headers, "idempotency-key": facts.native.headersDistinct["idempotency-key"]?.[0] },
      }),
    },
    caughtBy:
      "row 65: two keys in one header, one of 300 bytes, an empty one and an anonymous caller's short one are 400",
  },
  {
    does: "takes an empty key for none",
    twist: {
      facts: (facts) => ({
        ...facts,
        headers: { ...facts.headers, "idempotency-key": facts.headers["idempotency-key"] || undefined },
      }),
    },
    caughtBy:
      "row 65: two keys in one header, one of 300 bytes, an empty one and an anonymous caller's short one are 400",
  },
  {
    does: "tells one caller's requests apart by their ports",
    twist: { facts: (facts) => ({ ...facts, address: `${facts.address}:${Math.random()}` }) },
    caughtBy: "with a key, a POST without an id that is repeated makes one resource, and gives its id each time",
  },
  {
    does: "drops what says that an answer is an old one",
    twist: { plan: (plan) => withHeaders(plan, { "idempotency-replayed": undefined }) },
    caughtBy: "with a key, a refusal is answered again as it was, though its reason is gone",
  },
  {
    does: "names every caller alike",
    twist: { facts: (facts) => ({ ...facts, headers: { ...facts.headers, authorization: "Bearer alice" } }) },
    caughtBy: "row 65: a key of another caller's is another key, and tells nothing of theirs",
  },
];
