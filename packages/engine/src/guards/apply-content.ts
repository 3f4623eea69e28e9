import { type ProblemEntry, UsageError, unsupportedConditions } from "@unclash/core";
import { isJsonObject, type JsonObject } from "@unclash/core/json";
import { describeValue, isPromise } from "@unclash/core/options";
import { applyChange, type Change, mergePatchType } from "../conflicts/change.js";
import { listExists } from "../conflicts/conflict.js";
import type { AskedChange, ContentMethod } from "../conflicts/read-change.js";
import { wrongType } from "../http/body.js";
import { invalidContent, malformed, noObject } from "../http/refusal.js";
import { describeRequest } from "../http/request.js";
import { isStateForRow } from "../states/loaded-state.js";
import { representedObject } from "../states/represented.js";
import type { RowState } from "../states/row-state.js";
import { checkFields, isSchema, type Schema } from "../states/schema.js";
import { type ContentAsker, contentMethod, isCreation, otherIdAsked, readAsked, readAskedId } from "./asked-change.js";
import { CheckOutcome } from "./check-outcome.js";
import type { GuardContext } from "./guard-context.js";
import { isGuardError } from "./guard-error.js";
import type { GuardExchange } from "./guard-exchange.js";
import type { Passed } from "./passed-requests.js";
import { patchedRow } from "./shown-row.js";
import { refuseRequest } from "./write-outcome.js";

/** The content of one request, as its handler works with it. */
export type ContentHandle = Pick<GuardContext<never>, "applyChange" | "readId">;

/** @param selected the state that the request was held against */
export function contentHandle(passed: Passed, selected: RowState | undefined): ContentHandle {
  async function applyContent(onto?: object | null, schema?: Schema): Promise<object> {
    if (schema !== undefined && !isSchema(schema)) throw noSchema(schema);
    const fields = fieldsAsked(passed, selected, onto ?? undefined);
    if (schema === undefined) return fields;
    const { exchange } = passed;
    const named = { option: "applyChange.schema", schema, waiting: () => describeRequest(exchange.request) };
    const checked = await checkFields(named, fields, exchange.settings.requestLimits.errorsMax);
    if (checked.kind === "valid") return checked.output;
    return refuseRequest(passed, invalidContent(checked.errors, checked.count));
  }
  function applyLater(onto?: object | null): Promise<JsonObject>;
  function applyLater(onto: object | null | undefined, schema: Schema): Promise<object>;
  function applyLater(onto?: object | null, schema?: Schema): Promise<object> {
    assertOnto(onto);
    return CheckOutcome.of(applyContent(onto, schema), (thrown) => {
      if (!isOfRequest(thrown)) return false;
      passed.guardedResponse.ignoreRefusal();
      return true;
    });
  }
  return { applyChange: applyLater, readId: () => askedChange("readId", passed, selected).id };
}

/** Whether what `applyChange` rejects with comes of the request: content that no parser has read, too. */
function isOfRequest(thrown: unknown): boolean {
  return isGuardError(thrown) || thrown instanceof UsageError;
}

/** The fields that a write asks for; those of a strategy that has settled it, where it has. */
function fieldsAsked(passed: Passed, selected: RowState | undefined, onto: object | undefined): JsonObject {
  const { exchange, guardedResponse } = passed;
  const { settings, resource = "The resource" } = exchange;
  const { change } = askedChange("applyChange", passed, selected);
  if (guardedResponse.settled?.value !== undefined) return guardedResponse.settled.value;
  const target = { resource, ownMembers: settings.ownMembers, limits: settings.requestLimits };
  // By its tests and copies a JSON Patch tells all that the row holds, and nobody has said that it may be shown.
  const tellsRow = change.kind === "json-patch" && onto === undefined && settings.represent === undefined;
  if (tellsRow && selected !== undefined) return refuseRequest(passed, wrongType("PATCH", [mergePatchType]));
  const applied = applyChange(change, stateUnder(exchange, change, selected, onto), target);
  if (applied.kind === "refused") return refuseRequest(passed, applied);
  return isJsonObject(applied.value) ? applied.value : refuseRequest(passed, noObject);
}

/** What content asks for, well-formed, and the id that it gives to what is made. */
function askedChange(
  call: "applyChange" | "readId",
  passed: Passed,
  selected: RowState | undefined,
): { readonly change: Change; readonly id: string | undefined } {
  const { exchange, parsedRequest } = passed;
  const method = contentMethod(exchange);
  if (method === undefined)
    throw new UsageError(call, `is for POST, PUT and PATCH, and was called at ${describeRequest(exchange.request)}`);
  const errors: ProblemEntry[] = [];
  const asked = exchange.asked ?? readOrRefuse(passed, { method, asker: call }, errors);
  const id = asked && readAskedId(exchange, asked, errors);
  const otherId = asked && otherIdAsked(exchange, asked, selected);
  if (otherId !== undefined) errors.push(otherId);
  const creates = isCreation(exchange, selected);
  if (creates) errors.push(...unsupportedConditions(parsedRequest.conditions));
  if (asked === undefined || errors.length > 0) return refuseRequest(passed, malformed(errors));
  if (creates && parsedRequest.conditions.ifNoneMatch !== undefined)
    return refuseRequest(passed, listExists(exchange, { resource: nameOfList(exchange), path: exchange.instance }));
  return { change: asked.change, id };
}

function readOrRefuse(
  passed: Passed,
  wanted: { readonly method: ContentMethod; readonly asker: ContentAsker },
  errors: ProblemEntry[],
): AskedChange | undefined {
  const read = readAsked(passed.exchange, wanted, errors);
  return read?.kind === "refused" ? refuseRequest(passed, read) : read;
}

/** The name of a list: its path. */
export function nameOfList({ request, resource }: GuardExchange): string {
  return resource ?? (request.base + request.path).slice(1);
}

/** The state that a patch is applied to. */
function stateUnder(
  exchange: GuardExchange,
  { kind }: Change,
  selected: RowState | undefined,
  onto: object | undefined,
): JsonObject {
  if (kind === "replace") return {};
  if (onto !== undefined) return representedObject("applyChange", onto, faultOfOnto);
  const shown = selected && patchedRow(exchange, selected);
  if (shown !== undefined) return shown;
  const why = selected === undefined ? "the guard has loaded none" : "`represent` shows this caller nothing of it";
  throw new UsageError("applyChange", `must be given the state that a patch is applied to, since ${why}`);
}

/**
 * A schema in the place of the state would check nothing, of a promise a patch would keep nothing, and of a state with
 * its version it would make fields that hold the row.
 */
function assertOnto(onto: unknown): void {
  if (isSchema(onto)) throw new UsageError("applyChange", "takes a schema as its second argument, behind the state");
  if (isPromise(onto))
    throw new UsageError("applyChange", `must be given a state, and was given ${describeValue(onto)}`);
  if (isStateForRow(onto)) {
    const instead = "the fields themselves: the `value` of such a state, or fields without a `version`";
    throw new UsageError("applyChange", `was given { version, value } as its state, and must be given ${instead}`);
  }
}

function faultOfOnto(problem: string): UsageError {
  return new UsageError(
    "applyChange",
    problem.replace("must return", "must be given").replace("returned", "was given"),
  );
}

function noSchema(given: unknown): UsageError {
  const what = "must be given a schema that speaks Standard Schema (zod, valibot, arktype) as its second argument";
  return new UsageError("applyChange", `${what}, and was given ${describeValue(given)}`);
}
