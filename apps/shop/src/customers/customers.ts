import type { IncomingMessage } from "node:http";
import type { ResponsePlan } from "@unclash/core";
import type { Store } from "@unclash/core/store";
import type { GuardOptions, Identify } from "unclash";
import { nodeFacts, originForm } from "unclash/adapter";
import { answerRequest, type CustomerGuard } from "./answer.js";
import { type CustomerState, representationOf, stateOf } from "./customer.js";
import { type CustomerRequest, takeRequest } from "./request.js";
import type { CustomerTable } from "./table.js";

/** What the shop's customers are served with. */
export interface CustomerShop {
  readonly table: CustomerTable;
  /** Where the answers to requests with `Idempotency-Key` are kept. */
  readonly store: Store;
  /** Tells by its headers who makes a request. */
  readonly identify: Identify<unknown>;
  readonly conflictStatus: 409 | 412;
}

/**
 * The shop's customers, as a framework serves them: `take` each request below `/customers`, guard it with `guarding`,
 * and send what `answer` gives. Each of them is given Node's own request.
 */
export interface Customers {
  /** Whether a URL is that of the customers, or of one. */
  owns(url: string): boolean;
  /**
   * Reads a request, its content too, and answers what needs no guard. Else its content is to be put where the
   * framework's parser would have put it: the guard looks for it there.
   *
   * @param url the whole of it, where the framework has cut its path off
   */
  take(
    request: IncomingMessage,
    url?: string,
  ): Promise<
    { readonly kind: "taken"; readonly content: unknown } | { readonly kind: "answered"; readonly plan: ResponsePlan }
  >;
  /** The options of the guard; `nodeRequest` gives Node's request for the framework's. */
  guarding<Native>(nodeRequest: (native: Native) => IncomingMessage): GuardOptions<Native, CustomerState, true>;
  /** Answers a request that was taken, and that the guard has let through. */
  answer(request: IncomingMessage, guard: CustomerGuard): Promise<ResponsePlan>;
}

/** Makes the customers of a shop. */
export function createCustomers(shop: CustomerShop): Customers {
  const requests = new WeakMap<IncomingMessage, CustomerRequest>();
  const requestOf = (request: IncomingMessage): CustomerRequest => {
    const known = requests.get(request);
    if (known === undefined) throw new TypeError("A request for customers must be taken before it is guarded.");
    return known;
  };
  return {
    owns: (url) => /^\/customers(?:[/?]|$)/.test(originForm(url)),
    async take(request, url = request.url ?? "/") {
      const taken = await takeRequest(nodeFacts(request, { base: "", url, native: request }), shop.identify);
      if (taken.kind === "answered") return taken;
      requests.set(request, taken.request);
      return { kind: "taken", content: taken.request.content };
    },
    guarding: (nodeRequest) => guardOptions(shop, (native) => requestOf(nodeRequest(native))),
    answer: (request, guard) => answerRequest(requestOf(request), guard, shop.table),
  };
}

/** How the customers are guarded, in every framework: the guard loads by id, and knows the table's rows for states. */
export function guardOptions<Native>(
  { table, store, identify, conflictStatus }: CustomerShop,
  requestOf: (native: Native) => CustomerRequest,
): GuardOptions<Native, CustomerState, true> {
  return {
    async load(native) {
      const { id } = requestOf(native);
      const customer = id === undefined ? undefined : await table.find(id);
      return customer && stateOf(customer);
    },
    resource: (native) => {
      const { id } = requestOf(native);
      return id === undefined ? null : `customers/${id}`;
    },
    represent: representationOf,
    creates: true,
    checkContent: true,
    versionField: "version",
    etagField: "etag",
    identify,
    conflictStatus,
    requestLimits: { pageBytesMax: 12_582_912 },
    // A creation that runs again finds by its key what it has made; every other write names the version that it
    // replaces.
    idempotency: { store, rerun: true },
  };
}
