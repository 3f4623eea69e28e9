import assert from "node:assert/strict";
import { assertUntouched, create, type Resource } from "./resource.js";
import type { Trial } from "./trial.js";

const prototypes = [Object, Array, String, Number, Boolean, Function, Map, Promise].map((each) => each.prototype);
const known = prototypes.map((prototype) => Reflect.ownKeys(prototype));

/** Checks that no global object was written to. The server runs in this process, so its prototypes are ours. */
export function assertCleanGlobals(): void {
  assert.equal("admin" in {}, false, "{}.admin is not there");
  assert.deepEqual(
    prototypes.map((prototype) => Reflect.ownKeys(prototype)),
    known,
    "prototypes are what they were",
  );
}

/**
 * Makes an article, lets a client do its worst to it, and checks that nothing has changed: neither the article, byte
 * for byte, nor anything that all share.
 */
export async function untouched(trial: Trial, attack: (resource: Resource) => Promise<void>): Promise<void> {
  const resource = await create(trial, "articles", { title: "before", body: "b", tags: ["a", "b"] });
  await attack(resource);
  await assertUntouched(trial, resource);
  assertCleanGlobals();
}
