import { createHash } from "node:crypto";
import { evaluatePreconditions, formatEntityTag, type ResponsePlan } from "@unclash/core";
import { pageBytesMax } from "@unclash/core/store";
import { formatCursor, listText, nextLink } from "unclash";
import { type Customer, customerPath, representationOf, stateOf } from "./customer.js";
import type { CustomerGuard } from "./guarded.js";
import { contentReply, emptyReply, problemReply } from "./reply.js";
import type { CustomerRequest, ListRequest } from "./request.js";
import type { CustomerTable } from "./table.js";

/** A page of customers, by id, each with its entity-tag; the page has one as well. */
export async function listCustomers(
  request: CustomerRequest & ListRequest,
  guard: CustomerGuard,
  table: CustomerTable,
): Promise<ResponsePlan> {
  const { limit, after, conditions, method, base } = request;
  const found = await table.list({ after, limit: limit + 1 });
  const shown = fitting(found.slice(0, limit).map(itemOf));
  const last = shown.at(-1);
  const next = last !== undefined && shown.length < found.length ? formatCursor(last.id) : null;
  const opaque = fingerprint(shown, next);
  const headers = {
    "cache-control": guard.actor === undefined ? "no-cache" : "private, no-cache",
    vary: "authorization",
    etag: `"${opaque}"`,
  };
  const verdict = evaluatePreconditions(method, conditions, { kind: "present", etag: { weak: false, opaque } });
  if (verdict.kind === "not-modified") return emptyReply(304, "not-modified", headers);
  if (verdict.kind === "failed") {
    const detail = "The list is not in the state that this request is for.";
    const expected = {
      etag: conditions.ifMatch?.kind === "tags" ? conditions.ifMatch.tags.map(formatEntityTag) : ["*"],
    };
    const members = { resource: "customers", expected, current: { etag: headers.etag } };
    return problemReply(request.instance, "version-conflict", detail, { status: 412, members });
  }
  const link = nextLink(customerPath(base), limit, next);
  const text = listText(
    shown.map((item) => item.text),
    next,
  );
  return contentReply(200, "ok", { ...headers, ...link }, text);
}

interface Item {
  readonly id: string;
  readonly etag: string;
  readonly text: string;
}

function itemOf(customer: Customer): Item {
  const { etag } = stateOf(customer);
  return { id: customer.id, etag, text: JSON.stringify({ ...representationOf(customer), etag }) };
}

/** As many as one answer may hold: always one, where there is one. */
function fitting(items: readonly Item[]): readonly Item[] {
  let length = 0;
  const end = items.findIndex(({ text }) => {
    length += text.length;
    return length >= pageBytesMax;
  });
  return end === -1 ? items : items.slice(0, end + 1);
}

/** An entity-tag for a page, from those of its items: the same items in the same states are the same bytes. */
function fingerprint(items: readonly Item[], next: string | null): string {
  const hash = createHash("sha256").update(`${next}`);
  for (const { id, etag } of items) hash.update(`\n${id}\n${etag}`);
  return hash.digest("base64url");
}
