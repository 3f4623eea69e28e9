import { isJsonObject, type Json, type JsonObject } from "@unclash/core/json";
import type { ResponsePlan } from "unclash/adapter";
import type { Facts, Twist } from "./tiny.test-support.js";

/** An adapter with one fault, and the case that must not let it pass. */
export interface Mutant {
  readonly does: string;
  readonly twist: Twist;
  /** The name of the case. */
  readonly caughtBy: string;
}

export function withHeaders(plan: ResponsePlan, headers: Readonly<Record<string, string | undefined>>): ResponsePlan {
  const kept = Object.entries({ ...plan.headers, ...headers }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...plan, headers: Object.fromEntries(kept) };
}

export function without(name: string): Twist {
  return { facts: (facts) => ({ ...facts, headers: { ...facts.headers, [name]: undefined } }) };
}

/** An adapter that changes the content of some requests. */
export function sending(isMeant: (facts: Facts) => boolean, change: (content: JsonObject) => JsonObject): Twist {
  return {
    facts(facts) {
      const { body } = facts;
      if (body.kind !== "unread" || !isMeant(facts)) return facts;
      const read: typeof body.read = async (max) => {
        const found = await body.read(max);
        if (found.kind !== "bytes" || found.bytes.length === 0) return found;
        const content: Json = JSON.parse(found.bytes.toString());
        return isJsonObject(content) ? { ...found, bytes: Buffer.from(JSON.stringify(change(content))) } : found;
      };
      return { ...facts, body: { ...body, read } };
    },
  };
}

/** An adapter that changes the content of some answers. */
export function answering(
  isMeant: (plan: ResponsePlan, facts: Facts) => boolean,
  change: (content: JsonObject, facts: Facts) => JsonObject,
): Twist {
  return {
    plan(plan, facts) {
      const content: Json | undefined = plan.body === null || !isMeant(plan, facts) ? undefined : JSON.parse(plan.body);
      if (!isJsonObject(content)) return plan;
      const body = JSON.stringify(change(content, facts));
      const length = String(Buffer.byteLength(body));
      return { ...withHeaders(plan, { "content-length": length }), body };
    },
  };
}

/** An adapter that changes a header of some requests. */
export function withHeader(name: string, isMeant: (facts: Facts) => boolean, value: string | undefined): Twist {
  return {
    facts: (facts) =>
      isMeant(facts) && facts.headers[name] !== undefined
        ? { ...facts, headers: { ...facts.headers, [name]: value } }
        : facts,
  };
}
