import { createHash, getHashes } from "node:crypto";
import { type OptionRule, oneOf } from "@unclash/core/options";
import { createMemo } from "./memo.js";

/**
 * Digests for entity-tags made from content, by their names in RFC 9530 and before; `md5` is for compatibility only.
 */
const algorithms = {
  "sha-256": "sha256",
  "sha-384": "sha384",
  "sha-512": "sha512",
  "sha-1": "sha1",
  md5: "md5",
} as const;

export type ContentDigest = keyof typeof algorithms;

/** The digest function of that name: from content to base64url, as an entity-tag may hold it. */
export function contentDigest(name: ContentDigest): (content: string) => string {
  const algorithm = algorithms[name];
  return (content) => createHash(algorithm).update(content).digest("base64url");
}

const rememberedMax = 10_000;

/** A digest that remembers: `name` stands for one content for ever. */
export type NamedDigest = (content: string, name: string) => string;

/** The name of a digest that this Node has; some are built without the old ones. */
export const isDigest: OptionRule = oneOf(
  ...Object.entries(algorithms).flatMap(([name, algorithm]) => (getHashes().includes(algorithm) ? [name] : [])),
);

/** Makes the digest that the option `entityTags` names; none for `version`. */
export function resolveDigest(chosen: "version" | ContentDigest | undefined): NamedDigest | undefined {
  if (chosen === undefined || chosen === "version") return undefined;
  const digest = contentDigest(chosen);
  const remembered = createMemo(rememberedMax);
  return (content, name) => remembered(name, () => digest(content));
}
