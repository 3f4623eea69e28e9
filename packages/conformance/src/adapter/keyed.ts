import assert from "node:assert/strict";
import { type Answer, assertHeaders } from "./answer.js";
import { itemsOf } from "./lists.js";
import type { Message } from "./message.js";
import type { Trial } from "./trial.js";

/** A key that no other case uses, long enough for an anonymous caller. */
export function freshKey(trial: Trial): string {
  return `8e03978e-40d5-43e8-${trial.nextName()}`;
}

/** All of an answer but what is of its moment and its connection. */
function contentOf({ status, headers, text }: Answer): object {
  const { date: _date, connection: _connection, "keep-alive": _alive, ...rest } = headers;
  return { status, text, headers: rest };
}

/** Checks that an answer is the first one once more, byte for byte, and says so. */
export function assertReplayed(again: Answer, first: Answer): void {
  assertHeaders(first, { "idempotency-replayed": undefined });
  const marked = { ...first, headers: { ...first.headers, "idempotency-replayed": "true" } };
  assert.deepEqual(contentOf(again), contentOf(marked));
}

/** Sends a request twice, and checks that the second answer is the first one. */
export async function sendTwice(trial: Trial, method: string, path: string, message: Message): Promise<Answer> {
  const first = await trial.send(method, path, message);
  assertReplayed(await trial.send(method, path, message), first);
  return first;
}

/** How many versions the history of a resource holds. */
export async function versionsOf(trial: Trial, path: string): Promise<number> {
  return itemsOf(await trial.send("GET", `${path}/versions`)).length;
}
