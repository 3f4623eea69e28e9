import { isStoreError, type ProblemSlug, parseEntityTag } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import type { Store } from "@unclash/core/store";
import { type Actor, GuardError, type Identify } from "unclash";
import { type Customer, type CustomerState, customerKey, representationOf, stateOf } from "./customer.js";
import { unavailableReply } from "./reply.js";
import type { CustomerRequest } from "./request.js";
import type { CustomerTable } from "./table.js";

/** What the answers to customers' requests have of a guard. */
export interface CustomerGuard {
  readonly current: Customer | undefined;
  readonly actor: Actor | undefined;
  readonly idempotencyKey: string | undefined;
  prefers(preference: "return=minimal" | "dry-run"): boolean;
  readonly outcome: {
    updated(state: CustomerState): string;
    expectRow(row: Customer | undefined): Promise<Customer>;
    expectAffected(count: number): Promise<void>;
    refuse(slug: ProblemSlug, detail: string, members?: Readonly<Record<string, unknown>>): never;
  };
}

/** What the shop's customers are guarded with. */
export interface CustomerShop {
  readonly table: CustomerTable;
  /** Where the answers to requests with `Idempotency-Key` are kept. */
  readonly store: Store;
  /** Tells by its headers who makes a request. */
  readonly identify: Identify<unknown>;
  readonly conflictStatus: 409 | 412;
}

/** How the shop's customers are guarded, in every framework. */
export interface CustomerGuardOptions<Native> {
  load(request: Native): Promise<CustomerState | undefined>;
  resource(request: Native): string | null;
  represent(customer: Customer): JsonObject;
  readonly creates: true;
  readonly versionField: "version";
  readonly etagField: "etag";
  readonly identify: Identify<Native>;
  readonly conflictStatus: 409 | 412;
  readonly idempotency: { readonly store: Store; readonly rerun: true };
}

/**
 * The options of the guard: it loads by id, and knows the table's rows for states.
 *
 * @param requestOf gives what `takeRequest` has made of a framework's request
 */
export function customerGuardOptions<Native>(
  { table, store, identify, conflictStatus }: CustomerShop,
  requestOf: (native: Native) => CustomerRequest,
): CustomerGuardOptions<Native> {
  return {
    load: (native) => load(requestOf(native), table),
    resource: (native) => {
      const id = idOf(requestOf(native));
      return id === undefined ? null : customerKey(id);
    },
    represent: representationOf,
    creates: true,
    versionField: "version",
    etagField: "etag",
    identify,
    conflictStatus,
    // A creation that runs again finds by its key what it has made; every other write names the version that it
    // replaces.
    idempotency: { store, rerun: true },
  };
}

async function load(request: CustomerRequest, table: CustomerTable): Promise<CustomerState | undefined> {
  const id = idOf(request);
  if (id === undefined) return undefined;
  try {
    return stateOf(await table.find(id));
  } catch (error) {
    if (!isStoreError(error)) throw error;
    // Nothing has been written yet. Through the framework's error handler this becomes the answer.
    throw new GuardError(unavailableReply(request.instance, "not-applied", "The store did not answer."));
  }
}

/** The id that a request's path names; none where it is for the list, or a POST to it. */
function idOf(request: CustomerRequest): string | undefined {
  return request.kind === "list" || request.method === "POST" ? undefined : request.id;
}

/** The state of a customer as preconditions are evaluated on it. */
export function conditionStateOf(customer: Customer): {
  readonly kind: "present";
  readonly etag: { readonly weak: boolean; readonly opaque: string };
  readonly modifiedAt: number;
  readonly version: number;
} {
  const { etag, modifiedAt, version } = stateOf(customer);
  return { kind: "present", etag: parseEntityTag(etag) ?? { weak: false, opaque: "" }, modifiedAt, version };
}
