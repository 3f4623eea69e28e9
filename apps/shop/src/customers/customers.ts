import type { IncomingMessage } from "node:http";
import type { ResponsePlan } from "@unclash/core";
import type { Json } from "@unclash/core/json";
import { nodeFacts, originForm } from "unclash/adapter";
import { answerRequest } from "./answer.js";
import { type CustomerGuard, type CustomerGuardOptions, type CustomerShop, customerGuardOptions } from "./guarded.js";
import { type CustomerRequest, takeRequest } from "./request.js";

/**
 * The shop's customers, as a framework serves them: `take` each request below `/customers`, guard it with `guarding`,
 * and send what `answer` gives. Each of them is given Node's own request.
 */
export interface Customers {
  /** Whether a URL is that of the customers, or of one. */
  owns(url: string): boolean;
  /**
   * Reads a request, its body too, and answers what needs no guard. Else its content is to be put where the framework's
   * parser would have put it: the guard looks for it there.
   *
   * @param url the whole of it, where the framework has cut its path off
   */
  take(request: IncomingMessage, url?: string): Promise<Taken>;
  /** The options of the guard; `nodeRequest` gives Node's request for the framework's. */
  guarding<Native>(nodeRequest: (native: Native) => IncomingMessage): CustomerGuardOptions<Native>;
  /** Answers a request that was taken, and that the guard has let through. */
  answer(request: IncomingMessage, guard: CustomerGuard): Promise<ResponsePlan>;
}

/** A request that may go on to the guard, or the answer to one that may not. */
export type Taken =
  | { readonly kind: "taken"; readonly content: Json | undefined }
  | { readonly kind: "answered"; readonly plan: ResponsePlan };

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
      const facts = nodeFacts(request, { base: "", url, native: request });
      const taken = await takeRequest(facts, shop.identify);
      if (taken.kind === "answered") return taken;
      requests.set(request, taken.request);
      return { kind: "taken", content: taken.request.kind === "write" ? taken.request.content : undefined };
    },
    guarding: (nodeRequest) => customerGuardOptions(shop, (native) => requestOf(nodeRequest(native))),
    answer: (request, guard) => answerRequest(requestOf(request), guard, shop),
  };
}
