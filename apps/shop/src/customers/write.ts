import { setTimeout as pause } from "node:timers/promises";
import { assertNever, evaluatePreconditions, type ResponsePlan } from "@unclash/core";
import type { Change } from "./change.js";
import { create, tryToCreate } from "./create.js";
import {
  type Customer,
  type CustomerFields,
  customerKey,
  customerPath,
  representationOf,
  stateOf,
} from "./customer.js";
import { type CustomerGuard, type CustomerShop, conditionStateOf } from "./guarded.js";
import { proposedFields } from "./propose.js";
import { contentReply, emptyReply, problemReply, unavailableReply } from "./reply.js";
import type { CustomerRequest, WriteRequest } from "./request.js";
import type { CustomerTable } from "./table.js";

/** One write on its way. */
interface Writing {
  readonly request: CustomerRequest & WriteRequest;
  readonly guard: CustomerGuard;
  readonly table: CustomerTable;
  readonly isDryRun: boolean;
}

/** How often a write is tried that loses races, and whose precondition (`If-Match: *`) holds all the same. */
const racesMax = 8;

/**
 * Carries out a write on the state that the guard has let it through for. Where others were faster it is tried on their
 * state, if its precondition holds there too; if not, the guard answers.
 */
export async function write(
  request: CustomerRequest & WriteRequest,
  guard: CustomerGuard,
  { table, conflictStatus }: Pick<CustomerShop, "table" | "conflictStatus">,
): Promise<ResponsePlan> {
  if (request.method === "POST" && request.conditions.ifNoneMatch !== undefined)
    return collectionExists(request, conflictStatus);
  const writing = { request, guard, table, isDryRun: guard.prefers("dry-run") };
  let current = request.method === "POST" ? undefined : guard.current;
  for (let attempt = 1; attempt <= racesMax; attempt++) {
    if (attempt > 1) await pause(Math.random() * 2 ** attempt);
    const plan = current === undefined ? await makeCustomer(writing) : await changeCustomer(writing, current);
    if (plan !== "raced") return plan;
    if (request.method !== "POST") current = await freshState(writing);
  }
  const key = request.idGiven ? customerKey(request.id) : "customers";
  const detail = `Others changed ${key} ${racesMax} times while this request was running.`;
  return unavailableReply(request.instance, "not-applied", detail);
}

/** A POST that is to happen only where the collection does not exist. */
function collectionExists({ base, instance }: CustomerRequest, status: 409 | 412): ResponsePlan {
  const detail = "customers exists, and this request is for one that does not.";
  const links = { resource: customerPath(base) };
  const members = { resource: "customers", expected: { absent: true }, identical: false, links };
  return problemReply(instance, "version-conflict", detail, { status, members });
}

/** The state that a late write may be tried on; where its precondition does not hold, the guard ends the request. */
async function freshState({ request, guard, table }: Writing): Promise<Customer | undefined> {
  const fresh = await table.find(request.id);
  const state = fresh === undefined ? ({ kind: "absent" } as const) : conditionStateOf(fresh);
  const isCreation = fresh === undefined && request.method === "PUT";
  const holds = evaluatePreconditions(request.method, request.conditions, state).kind === "proceed";
  if (holds && (fresh !== undefined || isCreation)) return fresh;
  return guard.outcome.expectRow(undefined);
}

async function makeCustomer({ request, guard, table, isDryRun }: Writing): Promise<ResponsePlan | "raced"> {
  const { id, idGiven, method } = request;
  const fields = proposedFields(changing(request.change), id, undefined, guard);
  // A PUT that comes again meets what it has made, and its precondition fails: it needs no key.
  const key = method === "POST" ? guard.idempotencyKey : undefined;
  const made = await (isDryRun ? tryToCreate : create)(table, { id, ...fields, by: guard.actor?.name ?? null, key });
  switch (made.kind) {
    case "made":
      return written({ request, guard, isDryRun }, "created", made.customer);
    case "made-before":
      if (made.customer !== undefined) return written({ request, guard, isDryRun }, "created", made.customer);
      return emptyReply(201, "created", { location: customerPath(request.base, made.id), "content-length": "0" });
    case "id-taken":
      if (method !== "POST") return "raced";
      return guard.outcome.refuse("duplicate", "The id is taken.", {
        resource: customerKey(id),
        field: "/id",
        holder: customerKey(id),
      });
    case "email-taken":
      return emailTaken(guard, idGiven ? customerKey(id) : "customers", made.holder);
    case "raced":
      return "raced";
    default:
      return assertNever(made);
  }
}

async function changeCustomer(writing: Writing, current: Customer): Promise<ResponsePlan | "raced"> {
  const { request, guard, table, isDryRun } = writing;
  const { id, change } = request;
  const by = guard.actor?.name ?? null;
  if (change.kind === "delete") {
    const removed = isDryRun ? "removed" : await table.remove(id, current.version, { by });
    if (removed === "stale") return "raced";
    if (!isDryRun) await guard.outcome.expectAffected(1);
    return emptyReply(204, isDryRun ? "dry-run" : "deleted");
  }
  const fields = proposedFields(change, id, current, guard);
  if (fields.name === current.name && fields.email === current.email) return written(writing, "unchanged", current);
  const changed = isDryRun
    ? await tryToUpdate(table, current, fields)
    : await table.update(id, current.version, { ...fields, by });
  if (changed === "stale") return "raced";
  if (changed !== "taken") return written(writing, "changed", changed);
  const holder = await table.findByEmail(fields.email);
  return holder === undefined || holder.id === id ? "raced" : emailTaken(guard, customerKey(id), holder);
}

async function tryToUpdate(
  table: CustomerTable,
  current: Customer,
  fields: CustomerFields,
): Promise<Customer | "taken"> {
  const holder = await table.findByEmail(fields.email);
  if (holder !== undefined && holder.id !== current.id) return "taken";
  return { ...current, ...fields, version: current.version + 1 };
}

/** 200 or 201 with the state that is there now, and what the guard is to say of it. */
function written(
  { request, guard, isDryRun }: Pick<Writing, "request" | "guard" | "isDryRun">,
  outcome: "created" | "changed" | "unchanged",
  customer: Customer,
): ResponsePlan {
  // What was only tried out has no entity-tag; what stays as it is has kept its own.
  if (!isDryRun || outcome === "unchanged") guard.outcome.updated(stateOf(customer));
  const path = customerPath(request.base, customer.id);
  const isCreated = outcome === "created";
  const told = isDryRun ? "dry-run" : outcome;
  const location = isCreated ? { location: path } : {};
  if (guard.prefers("return=minimal"))
    return isCreated ? emptyReply(201, told, { ...location, "content-length": "0" }) : emptyReply(204, told);
  const headers = { ...location, "content-location": path };
  return contentReply(isCreated ? 201 : 200, told, headers, JSON.stringify(representationOf(customer)));
}

function emailTaken(guard: CustomerGuard, resource: string, holder: Customer): never {
  return guard.outcome.refuse("duplicate", "The value of email is taken.", {
    resource,
    field: "/email",
    holder: customerKey(holder.id),
  });
}

/** A creation comes with content: nothing that is not there can be deleted. */
function changing(change: Change): Exclude<Change, { readonly kind: "delete" }> {
  if (change.kind !== "delete") return change;
  throw new TypeError("A deletion makes nothing.");
}
