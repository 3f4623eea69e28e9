import type { Actor } from "../actor.js";
import type { RequestFacts } from "../request.js";
import { fingerprint } from "./fingerprint.js";
import { type KeyScope, scopedKey } from "./scope.js";

/** A request with a key, and what is known of it. */
export interface Identified {
  readonly request: RequestFacts;
  readonly actor: Actor | undefined;
  readonly header: (name: string) => string | undefined;
  /** The path of the request, mount and all. */
  readonly instance: string;
}

/**
 * What a request with a key is known by: its key within its scope, and what a repeat must have in common with it.
 *
 * @param body its content as it was parsed, `undefined` where it has none
 */
export function identifyKeyed(
  { request, actor, header, instance }: Identified,
  keeper: KeyScope["keeper"],
  key: string,
  body: unknown,
): { readonly scoped: string; readonly fingerprint: string } {
  const { method, address, query } = request;
  return {
    scoped: scopedKey({ keeper, actor, address, method, path: instance, key }),
    fingerprint: fingerprint({ query, contentType: header("content-type"), ifMatch: header("if-match"), body }),
  };
}
