import type { Key, ResponsePlan, Snapshot, Text, Version } from "@unclash/core";
import type { Exchange } from "../access/exchange.js";
import { notFound } from "../resources/refusals.js";
import { withoutContent } from "../resources/written.js";
import { withoutState } from "./hidden-state.js";
import type { KeptAnswer } from "./record.js";
import { type ReplayedAnswer, replayedAnswer, withLength } from "./replay.js";

/** A kept answer as this caller may see it now: of a state no more than a fresh answer would show. */
export async function answerAgain(exchange: Exchange, answer: KeptAnswer, snapshot: Snapshot): Promise<ResponsePlan> {
  const plan = planOf(replayedAnswer(answer));
  const { shows, version } = answer;
  if (shows === undefined) return plan;
  if (!(await exchange.mayRead(shows))) return hidden(exchange, answer, shows);
  if (version === undefined) return plan;
  const text = await textOf(exchange, { key: shows, version }, snapshot);
  return text === undefined ? withoutContent(plan) : { ...plan, headers: withLength(plan.headers, text), body: text };
}

/** The state at a version: the current one, or one of the history; nothing where it is no longer there. */
async function textOf(
  { settings: { store } }: Exchange,
  { key, version }: { readonly key: Key; readonly version: Version },
  { records: [current] }: Snapshot,
): Promise<Text | undefined> {
  const isCurrent = current?.key === key && current.version === version;
  if (isCurrent) return current.text ?? undefined;
  const { records } = await store.history(key, { before: version + 1, limit: 1, texts: true });
  const [found] = records;
  return found?.version === version ? (found.text ?? undefined) : undefined;
}

/** What is left of a kept answer for who may no longer read the state. */
function hidden(exchange: Exchange, answer: KeptAnswer, key: Key): ResponsePlan {
  const plan = planOf(replayedAnswer(answer));
  if (plan.status < 300) return withoutContent(plan);
  if (plan.status === 410) {
    const missing = notFound(exchange, key);
    return { ...missing, headers: { ...missing.headers, "idempotency-replayed": "true" }, outcome: "replayed" };
  }
  const body = withoutState(answer.body, exchange.settings.problemTypePrefix);
  if (body === undefined) return planOf(replayedAnswer({ ...answer, body: null, withoutBody: true }));
  const { "unclash-conflict": _conflict, ...headers } = plan.headers;
  return { ...plan, headers: withLength(headers, body), body };
}

/** An answer that was kept here is text, and has each header once. */
function planOf({ status, headers, body, outcome }: ReplayedAnswer): ResponsePlan {
  const fields = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === "string" ? value : value.join(", "),
  ]);
  const text = body instanceof Uint8Array ? Buffer.from(body).toString("utf8") : body;
  return { status, headers: Object.fromEntries(fields), body: text, outcome };
}
