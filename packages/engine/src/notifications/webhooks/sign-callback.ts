import type { Moment } from "@unclash/core/store";
import { Webhook } from "standardwebhooks";

/** What one attempt of a callback sends. */
export interface SignedCallback {
  /** Of the event, the same on every attempt. It must not hold a dot. */
  readonly id: string;
  /** When the attempt is made. */
  readonly at: Moment;
  /** The content, byte for byte as it is sent. */
  readonly body: string;
  /** The secrets that sign: for a day after a change the new one and the one before. */
  readonly secrets: readonly string[];
}

/**
 * The headers of Standard Webhooks 1.0.0: the id of the event; the time of the attempt, in seconds since 1970; and one
 * signature `v1,<base64>` for each secret, with a space between them.
 */
export type SignatureHeaders = Readonly<Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>>;

/**
 * Signs a callback with HMAC-SHA256 over `id.timestamp.body` (Standard Webhooks 1.0.0, "Signature scheme").
 *
 * @throws TypeError where the id holds a dot, and so what is signed could be read in two ways, or no secret is given
 */
export function signedHeaders({ id, at, body, secrets }: SignedCallback): SignatureHeaders {
  if (id === "" || id.includes(".")) throw new TypeError("The id of a webhook must be text without dots.");
  if (secrets.length === 0) throw new TypeError("A webhook must be signed with a secret.");
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, new Date(at), body));
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at / 1_000)),
    "webhook-signature": signatures.join(" "),
  };
}
