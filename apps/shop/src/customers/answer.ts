import { assertNever, isStoreError, type ResponsePlan } from "@unclash/core";
import { representationOf } from "./customer.js";
import type { CustomerGuard, CustomerShop } from "./guarded.js";
import { listCustomers } from "./list.js";
import { contentReply, unavailableReply } from "./reply.js";
import type { CustomerRequest } from "./request.js";
import { write } from "./write.js";

/**
 * Answers a request that the guard has let through. What is to be said of the customer's state (`ETag`,
 * `Last-Modified`, `Preference-Applied`) the guard says beside it.
 *
 * @throws GuardError, through the guard, where a problem is the answer
 */
export async function answerRequest(
  request: CustomerRequest,
  guard: CustomerGuard,
  shop: Pick<CustomerShop, "table" | "conflictStatus">,
): Promise<ResponsePlan> {
  try {
    const plan = await carryOut(request, guard, shop);
    return request.method === "HEAD" ? { ...plan, body: null } : plan;
  } catch (error) {
    if (isStoreError(error)) return unavailableReply(request.instance, error.outcome, "The store did not answer.");
    throw error;
  }
}

async function carryOut(
  request: CustomerRequest,
  guard: CustomerGuard,
  shop: Pick<CustomerShop, "table" | "conflictStatus">,
): Promise<ResponsePlan> {
  switch (request.kind) {
    case "list":
      return listCustomers(request, guard, shop.table);
    case "read":
      // What is not there has been answered by the guard.
      return contentReply(200, "ok", {}, JSON.stringify(guard.current && representationOf(guard.current)));
    case "write":
      return write(request, guard, shop);
    default:
      return assertNever(request);
  }
}
