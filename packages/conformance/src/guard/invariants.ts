import assert from "node:assert/strict";
import type { Received } from "../adapter/client.js";
import { assertSound } from "../adapter/invariants.js";

/** Checks what holds for every answer of a guard, and of a handler behind one. */
export function assertGuarded(received: Received, typePrefix: string): void {
  const { answer, lines } = received;
  if (answer.status >= 300) {
    assertSound(received, { typePrefix });
    return;
  }
  // The framework sends these, in its own way: with an entity-tag of its own after a safe method, or in chunks.
  const names = lines.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  const where = `the answer to ${answer.method} ${answer.path}, ${answer.status}`;
  assert.deepEqual(names.toSorted(), [...new Set(names)].toSorted(), `${where}, carries no header twice`);
  if (answer.status === 204 || answer.method === "HEAD") assert.equal(answer.text, "", `${where}, has no content`);
}
