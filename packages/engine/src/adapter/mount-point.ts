import type { OptionRule } from "@unclash/core/options";

/** Where a request stands to a mount: the two parts of its URL, as sent. */
export interface MountPoint {
  /** What is above the mount: its prefix, and what outer mounts have cut off; without a `/` at its end. */
  readonly base: string;
  /** Path and query below the mount. */
  readonly url: string;
}

/**
 * Splits a URL at a prefix; `undefined` where the prefix is not there.
 *
 * @param url as it reaches the mount: outer mounts (koa-mount, connect) may have cut their own prefix off
 * @param prefix as `normalizePrefix` makes it
 * @param original as the client sent it, so that links lead through the outer mounts again. @default url
 */
export function findMount(url: string, prefix: string, original: string = url): MountPoint | undefined {
  const inner = originForm(url);
  const below = belowPrefix(inner, prefix);
  if (below === undefined) return undefined;
  const whole = originForm(original);
  const outer = whole.endsWith(inner) ? whole.slice(0, whole.length - inner.length) : "";
  return { base: outer + prefix, url: below };
}

/** The option `prefix` of a mount: a path, or empty. It is compared with what clients send, and so no pattern. */
export const isPrefix: OptionRule = (value) => {
  if (typeof value !== "string" || /[?#\s]/.test(value)) return "must be a path, such as /api";
  if (/(?:^|\/):|[*(){}[\]]/.test(value)) return "must be a path, such as /api, and no pattern";
  return /[^\x21-\x7e]/.test(value) ? "must be a path as clients send it, percent-encoded" : undefined;
};

/** A prefix as `MountPoint.base` holds it: begins with `/` unless empty, and does not end in one. */
export function normalizePrefix(prefix: string): string {
  const trimmed = prefix.replace(/\/+$/, "");
  return trimmed === "" || trimmed.startsWith("/") ? trimmed : `/${trimmed}`;
}

/** What is below a prefix, of path and query as sent; `undefined` where the prefix is not there. */
export function belowPrefix(url: string, prefix: string): string | undefined {
  if (!url.startsWith(prefix)) return undefined;
  const rest = url.slice(prefix.length);
  if (rest === "" || rest.startsWith("?")) return `/${rest}`;
  // The target `*` is no path (RFC 9112 §3.2.4): it is below the root, and below nothing else.
  return rest.startsWith("/") || prefix === "" ? rest : undefined;
}

const schemeAndAuthority = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** Path and query of a request's target; one that is a whole URL, as sent to proxies, is the same (RFC 9112 §3.2.2). */
export function originForm(target: string): string {
  if (target.startsWith("/")) return target;
  const authority = schemeAndAuthority.exec(target)?.[0];
  if (authority === undefined) return target;
  const rest = target.slice(authority.length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}
