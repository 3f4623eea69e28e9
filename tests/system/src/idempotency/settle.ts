import { setTimeout as delay } from "node:timers/promises";
import { isOwn, isReused, scopeOf } from "./answers.js";
import type { KeyedRequest } from "./keyed-request.js";
import type { Sender } from "./sender.js";

const pauseMs = 250;
const atOnce = 16;

/**
 * Repeats every request until its key has answered, when nothing goes wrong any more. Dry runs leave nothing to ask
 * for.
 */
export async function settle(
  sender: Sender,
  origins: readonly string[],
  sent: readonly KeyedRequest[],
  patienceMs: number,
): Promise<void> {
  const byScope = new Map<string, KeyedRequest[]>();
  for (const request of sent) {
    if (request.dryRun) continue;
    const scope = scopeOf(request);
    const known = byScope.get(scope) ?? [];
    if (!known.some(({ said }) => said === request.said)) byScope.set(scope, [...known, request]);
  }
  const waiting = [...byScope.values()];
  const untilMs = performance.now() + patienceMs;
  const work = async (connection: number): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const isDone = await answerOne(sender, origins[connection % origins.length] ?? "", next, connection);
      if (isDone || performance.now() > untilMs) continue;
      // Others first: this one may take its time.
      waiting.unshift(next);
      if (waiting.length < atOnce) await delay(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, connection) => work(connection)));
}

/** Whether one of the requests with a key has an answer of its own, as they all are sent once more. */
async function answerOne(
  sender: Sender,
  origin: string,
  requests: readonly KeyedRequest[],
  connection: number,
): Promise<boolean> {
  for (const request of requests) {
    const attempt = await sender.send(origin, request, connection);
    if (isOwn(attempt)) return true;
    if (!isReused(attempt)) return false;
  }
  return false;
}
