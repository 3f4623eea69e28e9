import { formatEntityTag } from "@unclash/core";
import { isSafe } from "../http/methods.js";
import type { Loaded, ValueOf, VersionOf } from "../states/loaded-state.js";
import type { RowState } from "../states/row-state.js";
import { contentHandle } from "./apply-content.js";
import { assertPreference } from "./context-arguments.js";
import type { Evaluation } from "./evaluate-request.js";
import type { GuardContext, Preference } from "./guard-context.js";
import { readPage } from "./list-page.js";
import type { Passed } from "./passed-requests.js";
import { HandlerOutcome } from "./write-outcome.js";

/** What a request was held against, and whether it may be carried out on that. */
export interface Evaluated {
  /** The state that `load` gave, as preconditions are held against it. */
  readonly selected: RowState | undefined;
  readonly evaluation: Evaluation;
}

/** Lets a request on to its handler, over the state that it was held against: a read shows that state. */
export function createContext<State extends Loaded>(
  passed: Passed,
  { selected, evaluation }: Evaluated,
): GuardContext<State> {
  const { exchange, parsedRequest, guardedResponse, idempotencyKey } = passed;
  const settled = evaluation.kind === "pass" ? evaluation.settled : undefined;
  guardedResponse.settled = settled;
  if (selected !== undefined && isSafe(exchange.request.method)) guardedResponse.show(selected);
  return {
    current: rowOf<State>(selected),
    expected: versionOf<State>(selected),
    etag: selected && formatEntityTag(selected.etag),
    actor: exchange.actor,
    idempotencyKey,
    settled,
    prefers(preference: Preference): boolean {
      assertPreference(preference);
      const isAsked = preference === "dry-run" ? parsedRequest.preferences.dryRun : parsedRequest.preferences.minimal;
      if (isAsked) guardedResponse.apply(preference);
      return isAsked;
    },
    ...contentHandle(passed, selected),
    readPage: (options) => readPage<State>(passed, selected, options),
    outcome: new HandlerOutcome<State>(passed, selected),
  };
}

// The types of what `load` gives are taken from what it gives; the values below are those types by definition.

function rowOf<State extends Loaded>(selected: RowState | undefined): ValueOf<State>;
function rowOf(selected: RowState | undefined): unknown {
  return selected?.loaded.value;
}

function versionOf<State extends Loaded>(selected: RowState | undefined): VersionOf<State>;
function versionOf(selected: RowState | undefined): unknown {
  return selected?.loaded.version;
}
