import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { ResponsePlan } from "@unclash/core";
import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { type RequestFacts, refuseCredentials } from "unclash";
import { createGuard, type GuardAnswer, isGuardError, runHandler } from "unclash/adapter";
import { onTestFinished } from "vitest";
import { answerRequest } from "./answer.js";
import { type CustomerShop, guardOptions } from "./customers.js";
import { type CustomerRequest, takeRequest } from "./request.js";
import { openSqliteTable } from "./sqlite-table.js";
import type { CustomerTable } from "./table.js";

/** What is sent besides method and target. */
export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  /** Text or bytes as they come, or a value as a framework has parsed it. */
  readonly body?: string | Uint8Array | { readonly parsed: unknown };
}

/** Sends one request. */
export type Ask = (method: string, target: string, sent?: Sent) => Promise<GuardAnswer>;

/** The customers of one shop without a socket, and what they are kept in. */
export interface OpenCustomers {
  readonly ask: Ask;
  readonly table: CustomerTable;
}

/** Alice shows `Bearer a1`; anything else in `Authorization` is wrong. */
export function identifyAlice({ headers }: RequestFacts): { name: string } | undefined {
  if (headers["authorization"] === undefined) return undefined;
  return headers["authorization"] === "Bearer a1" ? { name: "alice" } : refuseCredentials();
}

/** Opens a new table; `wrap` may put something before it. */
export async function openCustomers(
  options: {
    readonly store?: Store;
    readonly conflictStatus?: 409 | 412;
    readonly wrap?: (table: CustomerTable) => CustomerTable;
  } = {},
): Promise<OpenCustomers> {
  const own = await openSqliteTable({ file: "" });
  onTestFinished(() => own.close());
  const { store = createMemoryStore(), conflictStatus = 409, wrap } = options;
  const table = wrap === undefined ? own : wrap(own);
  const shop = { table, store, identify: identifyAlice, conflictStatus };
  return { table, ask: (method, target, sent) => answerTo(shop, factsOf(method, target, sent)) };
}

/** A request as an adapter gives it. */
export function factsOf(method: string, target: string, { headers = {}, body = "" }: Sent = {}): RequestFacts<unknown> {
  const [path = "", query = ""] = target.split("?");
  return { method, base: "", path, query, headers, address: undefined, body: bodyOf(body), native: undefined };
}

function bodyOf(body: NonNullable<Sent["body"]>): RequestFacts["body"] {
  if (typeof body === "object" && "parsed" in body) return { kind: "parsed", value: body.parsed };
  const bytes = Buffer.from(body);
  return {
    kind: "unread",
    read: async (bytesMax) => (bytes.length > bytesMax ? { kind: "too-large" } : { kind: "bytes", bytes }),
  };
}

/** What a sample does with a request: take it, ask the guard, answer, and let the guard see to the answer's head. */
async function answerTo(
  { table, store, conflictStatus, identify }: CustomerShop,
  facts: RequestFacts<unknown>,
): Promise<GuardAnswer> {
  const taken = await takeRequest(facts, identify);
  if (taken.kind === "answered") return taken.plan;
  const { request } = taken;
  const shop = { table, store, conflictStatus, identify };
  const guards = createGuard(guardOptions<CustomerRequest>(shop, (native) => native));
  const { content: value } = request;
  const body: RequestFacts["body"] = value === undefined ? facts.body : { kind: "parsed", value };
  try {
    const entered = await guards.enter({ ...facts, body, native: request });
    if (entered.kind === "answer") return entered.error.answer;
    const { guardedResponse } = entered;
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    const plans: ResponsePlan[] = [];
    await runHandler(entered, response, async (context) => {
      plans.push(await answerRequest(request, context, table));
    });
    const [plan] = plans;
    if (plan === undefined) throw new TypeError("The handler gave no answer.");
    const { headers: own } = plan;
    const { set, remove } = guardedResponse.finish(plan.status, (name) => own[name] ?? guardedResponse.headers[name]);
    const headers = Object.entries({ ...guardedResponse.headers, ...own, ...set });
    return { ...plan, headers: Object.fromEntries(headers.filter(([name]) => !remove.includes(name))) };
  } catch (error) {
    if (isGuardError(error)) return error.answer;
    throw error;
  }
}

/** An answer's content, as JSON. */
export function content({ body }: GuardAnswer): unknown {
  return JSON.parse(body?.toString() ?? "null");
}
