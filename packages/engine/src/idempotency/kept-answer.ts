import type { Key, ResponsePlan, Version } from "@unclash/core";
import type { Exchange } from "../access/exchange.js";
import type { WriteIntent } from "../resources/write-request.js";
import { withoutState } from "./hidden-state.js";
import type { KeptAnswer } from "./record.js";
import { withLength } from "./replay.js";

/** What an answer shows: a resource, and the version of it that is the content of a success. */
export interface ShownState {
  readonly intent: WriteIntent;
  readonly version: Version | undefined;
}

/** An answer of a collection as it is kept: as little of it as will do. */
export function keptAnswer(settings: KeepingSettings, plan: ResponsePlan, shown: ShownState): KeptAnswer {
  return plan.status < 300 ? keptSuccess(settings, plan, shown) : keptProblem(settings, plan, shown.intent);
}

type KeepingSettings = Pick<Exchange["settings"], "idempotency" | "problemTypePrefix">;

/** A state is named, not copied; but where past states may be gone soon, a small one is. */
function keptSuccess(
  { idempotency }: KeepingSettings,
  { status, headers, body }: ResponsePlan,
  { intent, version }: ShownState,
): KeptAnswer {
  if (body === null || version === undefined) return { status, headers, body };
  const isLasting = intent.collection.retention === "all";
  if (!isLasting && Buffer.byteLength(body) <= idempotency.answerBytesMax)
    return { status, headers, body, shows: intent.key };
  return { status, headers, body: null, shows: intent.key, version };
}

/** A problem may tell of a state. What is too large is kept without that, or without content. */
function keptProblem(
  { idempotency: { answerBytesMax }, problemTypePrefix }: KeepingSettings,
  { status, headers, body, outcome }: ResponsePlan,
  { key }: WriteIntent,
): KeptAnswer {
  const shows = outcome === "duplicate" ? holderIn(body) : ofState.has(outcome) ? key : undefined;
  const isSmall = (content: string | null | undefined): boolean => Buffer.byteLength(content ?? "") <= answerBytesMax;
  if (isSmall(body)) return { status, headers, body, ...(shows !== undefined && { shows }) };
  const smaller = withoutState(body, problemTypePrefix);
  return smaller !== undefined && isSmall(smaller)
    ? { status, headers: withLength(headers, smaller), body: smaller }
    : { status, headers, body: null, withoutBody: true };
}

/** The outcomes whose problems tell of the state of the resource itself. */
const ofState: ReadonlySet<string> = new Set(["version-conflict", "invalid-state", "gone"]);

function holderIn(body: string | null): Key | undefined {
  const problem: unknown = JSON.parse(body ?? "{}");
  const holder: unknown = Reflect.get(Object(problem), "holder");
  return typeof holder === "string" ? holder : undefined;
}
