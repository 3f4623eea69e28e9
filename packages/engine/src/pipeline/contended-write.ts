import type { ResponsePlan } from "@unclash/core";
import type { Key } from "@unclash/core/store";
import { type Lost, tryInLine } from "../commits/try-in-line.js";
import { contended } from "../http/refusal.js";
import { refusedResponse } from "../http/responses.js";
import type { CollectionExchange } from "../resources/collection-exchange.js";

/**
 * Tries a write of a resource until it is answered. Where others are faster, it waits for its turn among the writers of
 * this process, and is given up once its time is up, its client is gone, or too many wait, or too much content: 503.
 *
 * @param isInLine whether it waits for its turn before its first try
 * @param tryOnce gives the response, or what to do after a lost race
 * @throws whatever `tryOnce` throws
 */
export async function tryUntilAnswered(
  exchange: CollectionExchange,
  key: Key,
  isInLine: boolean,
  tryOnce: () => Promise<ResponsePlan | Lost>,
): Promise<ResponsePlan> {
  const { requestLimits, writerLines: lines } = exchange.settings;
  exchange.writeEndsAt = performance.now() + requestLimits.contendedWriteMs;
  const first = isInLine ? "line-up" : await tryOnce();
  if (typeof first === "object") return first;
  let attempts = isInLine ? 0 : 1;
  const patience = { endsAt: exchange.writeEndsAt, waitingMax: requestLimits.contendedWritersMax };
  const { room: content } = exchange;
  const settled = await tryInLine({ lines, key, content, ...patience, signal: exchange.disconnected() }, first, () => {
    attempts += 1;
    exchange.attempts = attempts;
    return tryOnce();
  });
  if (typeof settled === "object") return settled;
  exchange.isUnanswered = settled === "gone";
  return refusedResponse(exchange, contended(key, settled));
}
