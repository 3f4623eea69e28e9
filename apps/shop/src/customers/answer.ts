import { idFault, isStoreError, type ResponsePlan, type StoreError } from "@unclash/core";
import type { ContextOf } from "unclash";
import { sentences } from "unclash/adapter";
import { uuidv7 } from "uuidv7";
import {
  type Customer,
  type CustomerFields,
  type CustomerState,
  customerSchema,
  representationOf,
  stateOf,
} from "./customer.js";
import { contentReply, emptyReply, problemReply } from "./reply.js";
import type { CustomerRequest } from "./request.js";
import type { CustomerTable, NewCustomer } from "./table.js";

/** What a guard has for the handler of a request. */
export type CustomerGuard = ContextOf<CustomerState, true>;

/**
 * Answers a request that the guard has let through. What is to be said of the customer's state (`ETag`,
 * `Last-Modified`, `Preference-Applied`) the guard says beside it.
 *
 * @throws GuardError, through the guard, where a problem is the answer
 */
export async function answerRequest(
  request: CustomerRequest,
  guard: CustomerGuard,
  table: CustomerTable,
): Promise<ResponsePlan> {
  const { method, instance } = request;
  try {
    if (method !== "GET" && method !== "HEAD") return await write({ request, guard, table });
    const plan = contentReply(200, "ok", await read(guard, table));
    return method === "HEAD" ? { ...plan, body: null } : plan;
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return unavailable(instance, error.outcome, "The store did not answer.");
  }
}

function unavailable(instance: string, outcome: StoreError["outcome"], detail: string): ResponsePlan {
  const slug = "store-unavailable";
  return problemReply(instance, { slug, detail, members: { outcome }, headers: { "retry-after": "1" } });
}

/** A customer; where the guard has loaded none, a page of the list. */
async function read({ current, readPage, outcome }: CustomerGuard, table: CustomerTable): Promise<unknown> {
  if (current !== undefined) return representationOf(current);
  const page = readPage();
  if (page.after !== undefined && idFault(page.after) !== undefined) {
    const detail = "`after` is not a cursor of this list.";
    const errors = [{ code: "malformed-cursor", parameter: "after", detail }];
    return outcome.refuse("malformed-request", detail, { errors });
  }
  return page.answer((await table.list({ after: page.after, limit: page.rowsMax })).map(stateOf));
}

/**
 * How often a write is tried that finds a value taken, and then nobody who has it: each time, its holder may have gone
 * in between.
 */
const triesMax = 8;

/** One write on its way. */
interface Writing {
  readonly request: CustomerRequest;
  readonly guard: CustomerGuard;
  readonly table: CustomerTable;
}

function write(writing: Writing): Promise<ResponsePlan> {
  const { request, guard } = writing;
  const { current } = guard;
  if (current !== undefined) return change(writing, current);
  const givenId = request.id ?? guard.readId();
  return make(writing, givenId ?? uuidv7(), givenId === undefined ? "customers" : `customers/${givenId}`);
}

async function make(writing: Writing, id: string, resource: string): Promise<ResponsePlan> {
  const { request, guard, table } = writing;
  const named: unknown = Reflect.get(membersOf(request.content), "id");
  if (request.id !== undefined && named !== undefined && String(named) !== id) {
    // The guard compares it with that of a row, and there is none.
    const detail = "The id in the content is not the one in the path.";
    const errors = [{ code: "contradictory-id", pointer: "/id", detail }];
    return guard.outcome.refuse("malformed-request", detail, { errors });
  }
  const fields = await guard.applyChange(undefined, customerSchema);
  // A PUT that comes again meets what it has made, and its precondition fails: it needs no key.
  const key = request.id === undefined ? guard.idempotencyKey : undefined;
  const customer = { id, ...fields, by: guard.actor?.name ?? null, key };
  for (let tries = 1; tries <= triesMax; tries++) {
    const made = guard.prefers("dry-run") ? await tryInsert(table, customer) : await table.insert(customer);
    if (made !== "taken") return written(request, guard, "created", made);
    const before = key === undefined ? undefined : await table.findMade(key);
    if (key !== undefined && before !== undefined) {
      const keptSince = Date.now() - keyMsMax;
      if (before.at >= keptSince) return madeBefore(request, guard, before);
      await table.releaseKey(key, keptSince);
      continue;
    }
    if ((await table.find(id)) !== undefined) {
      if (request.id !== undefined) return guard.outcome.expectRow(undefined);
      return guard.outcome.refuse("duplicate", "The id is taken.", { resource, field: "/id", holder: resource });
    }
    const holder = await table.findByEmail(fields.email);
    if (holder !== undefined) return emailTaken(guard, resource, holder);
  }
  return unavailable(request.instance, "not-applied", sentences.alwaysChanged(resource));
}

/** The members of sound content, as they were sent. */
function membersOf(content: unknown): object {
  const text = content instanceof Uint8Array ? Buffer.from(content).toString() : content;
  return Object(typeof text === "string" && text !== "" ? JSON.parse(text) : text);
}

/** The same answer again, as far as the customer is still there. */
function madeBefore(
  request: CustomerRequest,
  guard: CustomerGuard,
  { id, customer }: { readonly id: string; readonly customer?: Customer | undefined },
): ResponsePlan {
  if (customer !== undefined) return written(request, guard, "created", customer);
  return emptyReply(201, "created", { location: pathOf(request, id), "content-length": "0" });
}

/** For how long a guard knows a key, unless it is told otherwise: after that the same key is another request's. */
const keyMsMax = 86_400_000;

/** Says how it would go to make a customer, and makes none. */
async function tryInsert(table: CustomerTable, { id, by, ...fields }: NewCustomer): Promise<Customer | "taken"> {
  if ((await table.find(id)) !== undefined || (await table.findByEmail(fields.email)) !== undefined) return "taken";
  return { id, ...fields, version: (await table.lastVersion(id)) + 1, tag: "", modifiedAt: 0, modifiedBy: by };
}

async function change(writing: Writing, current: Customer): Promise<ResponsePlan> {
  const { request, guard, table } = writing;
  const { id, version } = current;
  const by = guard.actor?.name ?? null;
  const isDryRun = guard.prefers("dry-run");
  if (request.method === "DELETE") {
    // The guard knows what to do with a write that has lost: a conflict, or to run all this again.
    if (!isDryRun) await guard.outcome.expectAffected((await table.remove(id, version, { by })) === "removed" ? 1 : 0);
    return emptyReply(204, isDryRun ? "dry-run" : "deleted");
  }
  const fields = await guard.applyChange(representationOf(current), customerSchema);
  if (fields.name === current.name && fields.email === current.email)
    return written(request, guard, "unchanged", current);
  for (let tries = 1; tries <= triesMax; tries++) {
    const changed = isDryRun
      ? await tryUpdate(table, current, fields)
      : await table.update(id, version, { ...fields, by });
    if (changed === "stale") return guard.outcome.expectRow(undefined);
    if (changed !== "taken") return written(request, guard, "changed", changed);
    const holder = await table.findByEmail(fields.email);
    if (holder !== undefined && holder.id !== id) return emailTaken(guard, `customers/${id}`, holder);
  }
  return unavailable(request.instance, "not-applied", sentences.alwaysChanged(`customers/${id}`));
}

async function tryUpdate(table: CustomerTable, current: Customer, fields: CustomerFields): Promise<Customer | "taken"> {
  const holder = await table.findByEmail(fields.email);
  if (holder !== undefined && holder.id !== current.id) return "taken";
  return { ...current, ...fields, version: current.version + 1 };
}

/** 200 or 201 with the state that is there now, and what the guard is to say of it. */
function written(
  request: CustomerRequest,
  guard: CustomerGuard,
  outcome: "created" | "changed" | "unchanged",
  customer: Customer,
): ResponsePlan {
  const isDryRun = guard.prefers("dry-run");
  // What was only tried out has no entity-tag; what stays as it is has kept its own.
  if (!isDryRun || outcome === "unchanged") guard.outcome.updated(stateOf(customer));
  const told = isDryRun ? "dry-run" : outcome;
  const path = pathOf(request, customer.id);
  const location = outcome === "created" ? { location: path } : {};
  const status = outcome === "created" ? 201 : 200;
  if (!guard.prefers("return=minimal"))
    return contentReply(status, told, representationOf(customer), { ...location, "content-location": path });
  return status === 201 ? emptyReply(201, told, { ...location, "content-length": "0" }) : emptyReply(204, told);
}

function pathOf({ base }: CustomerRequest, id: string): string {
  return `${base}/customers/${encodeURIComponent(id)}`;
}

function emailTaken({ outcome }: CustomerGuard, resource: string, holder: Customer): never {
  const members = { resource, field: "/email", holder: `customers/${holder.id}` };
  return outcome.refuse("duplicate", "The value of email is taken.", members);
}
