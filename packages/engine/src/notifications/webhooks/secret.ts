import { randomBytes } from "node:crypto";

const prefix = "whsec_";

/** How many bytes the key of a secret may have (Standard Webhooks, "Signature scheme"). */
export const keyBytesMin = 24;
export const keyBytesMax = 64;

/** Makes the secret that callbacks of a subscription are signed with: `whsec_` and the base64 of 32 random bytes. */
export function createSecret(): string {
  return prefix + randomBytes(32).toString("base64");
}

/** Says what is wrong with a secret, as the end of a sentence, without showing any of it; nothing for a sound one. */
export function secretFault(secret: unknown): string | undefined {
  return keyOf(secret) === undefined ? requirement : undefined;
}

const requirement = `must be ${prefix} and the base64 of ${keyBytesMin} to ${keyBytesMax} bytes`;

/** The key that a secret stands for; `undefined` where it is none. */
export function keyOf(secret: unknown): Buffer | undefined {
  if (typeof secret !== "string" || !secret.startsWith(prefix)) return undefined;
  const text = secret.slice(prefix.length);
  const key = Buffer.from(text, "base64");
  const isWhole = key.toString("base64") === text;
  return isWhole && key.length >= keyBytesMin && key.length <= keyBytesMax ? key : undefined;
}
