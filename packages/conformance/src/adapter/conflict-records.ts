import assert from "node:assert/strict";
import type { JsonObject } from "@unclash/core/json";
import { type Answer, assertStatus, bodyOf, headerOf, memberOf } from "./answer.js";
import { itemsOf } from "./lists.js";
import type { Message } from "./message.js";
import type { Trial } from "./trial.js";

/** Checks that a strategy has let a write through, and gives the id of the record that its sender is told. */
export function settledId(answer: Answer, strategy: string): string {
  const field = headerOf(answer, "unclash-conflict");
  const [, id] = /^id="([^"]+)", /.exec(field) ?? [];
  assert(id !== undefined, `a known caller is told the id of its conflict: ${field}`);
  assert.equal(field, `id="${id}", status=resolved, strategy=${strategy}`);
  return id;
}

/** Checks that a write is a conflict with a record that its sender is told, and gives the id. */
export function recordedId(answer: Answer): string {
  assertStatus(answer, 409);
  const id = memberOf(answer, "conflict");
  assert(typeof id === "string", `the conflict has a record that its sender may read: ${answer.text}`);
  return id;
}

/** Reads a conflict, which must be there. */
export async function conflictOf(trial: Trial, id: string, token: string, base = ""): Promise<JsonObject> {
  const answer = await trial.send("GET", `${base}/conflicts/${id}`, { token });
  assertStatus(answer, 200);
  return bodyOf(answer);
}

/** The conflicts of a resource that a caller is shown, the newest first. */
export async function conflictsOf(trial: Trial, resource: string, token: string): Promise<readonly JsonObject[]> {
  const answer = await trial.send("GET", `/conflicts?limit=100&resource=${encodeURIComponent(resource)}`, { token });
  assertStatus(answer, 200);
  return itemsOf(answer);
}

/** Sends a resolution. */
export function resolve(trial: Trial, json: object, message: Message = {}, base = ""): Promise<Answer> {
  return trial.send("POST", `${base}/resolve-conflict`, { json, ...message });
}
