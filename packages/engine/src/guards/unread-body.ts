import { warnOnce } from "../options/warnings.js";
import type { GuardExchange } from "./guard-exchange.js";

/** Whether a request has content. */
export function hasContent({ header }: GuardExchange): boolean {
  return Number(header("content-length") ?? 0) > 0 || header("transfer-encoding") !== undefined;
}

/** Whether content of a media type is JSON (RFC 6839 §3.1). */
export function isJsonType(mediaType: string): boolean {
  return /^application\/(?:.+\+)?json$/.test(mediaType);
}

/** What a guard goes by, and does not see. */
const unseen: Readonly<Record<"body" | "files" | "version", string>> = {
  body:
    "A guard keeps answers by Idempotency-Key, and nothing before it has parsed the body: the same key with " +
    "another body can't be told from a repeat. Put the body parser before the guard.",
  files:
    "A guard keeps answers by Idempotency-Key, and does not see the files of a multipart body: the same key " +
    "with another file is answered as a repeat. Give their digests in `idempotency.fingerprint`.",
  version:
    "A guard takes a precondition from the body (`versionField`, `etagField`), and nothing before it has " +
    "parsed one: the version that the client names is not compared. Put the body parser before the guard.",
};

/** Warns, once in a process, of what a guard does not see. */
export function warnOfUnseen(what: keyof typeof unseen): void {
  warnOnce("UNCLASH_UNPARSED_BODY", what, unseen[what]);
}

/** The same where the body may name a version, or an entity-tag, that the write is for. */
export function warnOfUnreadBody(exchange: GuardExchange): void {
  const { versionField, etagField } = exchange.settings;
  if (versionField === false && etagField === false) return;
  const { method, body } = exchange.request;
  if (body.kind === "parsed" || (method !== "PUT" && method !== "PATCH")) return;
  if (hasContent(exchange) && isJsonType(exchange.mediaType)) warnOfUnseen("version");
}
