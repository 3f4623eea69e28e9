import { type ResponsePlan, textPlan } from "@unclash/core";
import type { Store } from "@unclash/core/store";
import { createUnclash, type Unclash } from "unclash";
import { identifyByToken } from "./accounts.js";
import { api, collections } from "./collections.js";

/** Credentials of an editor, who may see and resolve every conflict. */
export const asEditor = { authorization: "Bearer e1" };

/** The shop over a store, without a socket. */
export function createShop(store: Store): Unclash {
  const identify = identifyByToken([{ name: "editor", token: "e1", role: "admin" }]);
  return createUnclash({ store, collections, apiVersions: api, identify });
}

/** A request to the shop; a body is sent as JSON, as a merge patch where the method is PATCH. */
export async function send(
  unclash: Unclash,
  method: string,
  target: string,
  { headers, body }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown } = {},
): Promise<ResponsePlan> {
  const [path = "", query = ""] = target.split("?");
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const plan = await unclash.handle({
    method,
    base: "",
    path,
    query,
    headers: { ...(body !== undefined && { "content-type": type }), ...headers },
    address: undefined,
    body: { kind: "parsed", value: body },
    native: undefined,
  });
  return textPlan(plan);
}

/** The content of an answer, as JSON. */
export function content({ body }: ResponsePlan): unknown {
  return JSON.parse(body ?? "null");
}
