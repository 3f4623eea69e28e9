import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { JsonObject } from "@unclash/core/json";
import { type Answer, assertStatus, bodyOf, etagOf } from "./answer.js";
import type { Trial } from "./trial.js";

/** A resource as the last answer about it showed it. */
export interface Resource {
  readonly collection: string;
  readonly id: string;
  /** Below the mount: `/articles/1`. */
  readonly path: string;
  /** From the root on: `/api/articles/1`. */
  readonly wholePath: string;
  /** As problems name it: `articles/1`. */
  readonly key: string;
  readonly etag: string;
  /** The representation, byte for byte. */
  readonly text: string;
  readonly body: JsonObject;
}

/** Creates a resource by POST, with an id that no one else has unless one is given. */
export async function create(
  trial: Trial,
  collection: string,
  fields: JsonObject,
  { id = trial.nextName(), token }: { readonly id?: string; readonly token?: string } = {},
): Promise<Resource> {
  const sent = { json: { id, ...fields }, ...(token !== undefined && { token }) };
  const created = await trial.send("POST", `/${collection}`, sent);
  assertStatus(created, 201);
  return resourceOf(trial, collection, id, created);
}

/** Replaces a resource's fields, and gives the new state. */
export async function replace(trial: Trial, resource: Resource, fields: JsonObject, token?: string): Promise<Resource> {
  const sent = { json: fields, ifMatch: resource.etag, ...(token !== undefined && { token }) };
  const replaced = await trial.send("PUT", resource.path, sent);
  assertStatus(replaced, 200);
  return resourceOf(trial, resource.collection, resource.id, replaced);
}

export async function remove(trial: Trial, { path, etag }: Resource): Promise<void> {
  assertStatus(await trial.send("DELETE", path, { ifMatch: etag }), 204);
}

export function resourceOf(trial: Trial, collection: string, id: string, answer: Answer): Resource {
  const path = `/${collection}/${encodeURIComponent(id)}`;
  return {
    collection,
    id,
    path,
    wholePath: trial.prefix + path,
    key: `${collection}/${id}`,
    etag: etagOf(answer),
    text: answer.text,
    body: bodyOf(answer),
  };
}

/** Reads a resource, which must be there. */
export async function read(trial: Trial, { path }: Resource, token?: string): Promise<Answer> {
  const answer = await trial.send("GET", path, token === undefined ? {} : { token });
  assertStatus(answer, 200);
  return answer;
}

/** Checks that the resource is in exactly this state still. */
export async function assertUntouched(trial: Trial, resource: Resource, token?: string): Promise<void> {
  const answer = await read(trial, resource, token);
  assert.equal(etagOf(answer), resource.etag, `${resource.key} has the entity-tag that it had`);
  assert.equal(answer.text, resource.text, `${resource.key} is what it was, byte for byte`);
}

/** When a state was made, with its milliseconds: its history tells. */
export async function modifiedAtOf(trial: Trial, { path }: Resource, token?: string): Promise<unknown> {
  const history = await trial.send("GET", `${path}/versions?limit=1`, token === undefined ? {} : { token });
  assertStatus(history, 200);
  const { items } = bodyOf(history);
  const [newest]: readonly unknown[] = Array.isArray(items) ? items : [];
  assert(typeof newest === "object" && newest !== null && "modifiedAt" in newest);
  return newest.modifiedAt;
}

export function digestTag(algorithm: string, text: string): string {
  return `"${createHash(algorithm).update(text).digest("base64url")}"`;
}

/** A resource at its second version, and its first one, which a write can be late for. */
export async function createChanged(
  trial: Trial,
  collection: string,
  [before, after]: readonly [JsonObject, JsonObject],
  { token = "alice", ...more }: { readonly id?: string; readonly token?: string } = {},
): Promise<{ readonly first: Resource; readonly second: Resource }> {
  const first = await create(trial, collection, before, { token, ...more });
  return { first, second: await replace(trial, first, after, token) };
}
