import { CallbackError } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import type { LoadedState } from "../states/loaded-state.js";
import { representedObject } from "../states/represented.js";
import { isHashed, type RowState } from "../states/row-state.js";
import type { GuardExchange } from "./guard-exchange.js";

/**
 * A row as JSON: what `represent` shows of it to this caller, which may be nothing; without `represent`, the row
 * itself.
 *
 * @throws CallbackError that names what of a row has no form in JSON
 */
export function shownRow({ settings }: GuardExchange, state: RowState): JsonObject | undefined {
  if (settings.represent !== undefined) return state.representation();
  return representedObject("load", rowOf(state.loaded), faultOfRow);
}

/** What a patch is applied to: the same, without a version that clients are told by the entity-tag alone. */
export function patchedRow(exchange: GuardExchange, state: RowState): JsonObject | undefined {
  const { represent, versionField } = exchange.settings;
  const shown = shownRow(exchange, state);
  if (shown === undefined || represent !== undefined || versionField !== false || !isOwnState(state.loaded))
    return shown;
  const { version: _, ...fields } = shown;
  return fields;
}

/** Of a row that is hashed the version is the row; a version that is no JSON is shown as a text. */
function rowOf(loaded: LoadedState): object {
  const { version, value } = loaded;
  if (!isOwnState(loaded)) return Object(value);
  if (isHashed(loaded)) return Object(version);
  return typeof version === "bigint" ? withTextOf(version, Object(value)) : Object(value);
}

/** What a row says itself of what is shown of it (`toJSON`) stands: it may leave out what is secret. */
function withTextOf(version: bigint, row: object): object {
  const given: unknown = "toJSON" in row && typeof row.toJSON === "function" ? row.toJSON() : row;
  const isShown = typeof given === "object" && given !== null && "version" in given && given.version === version;
  return isShown ? { ...given, version: String(version) } : Object(given);
}

/** Whether the version is a member of the row. */
function isOwnState({ version, value }: LoadedState): boolean {
  return typeof value === "object" && value !== null && "version" in value && value.version === version;
}

function faultOfRow(problem: string): CallbackError {
  return new CallbackError("load", `${problem}. Say with \`represent\` what of a row clients may see`);
}
