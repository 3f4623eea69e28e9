import { createHash, timingSafeEqual } from "node:crypto";
import { type Actor, type Identify, refuseCredentials } from "unclash";
import { EnvironmentError } from "./environment-error.js";

/** Someone who may use the shop by name, and how they show who they are. */
export interface Account {
  readonly name: string;
  /** A bearer token (RFC 6750 §2.1). */
  readonly token: string;
  readonly role: "client" | "admin";
}

// A token may hold `=` at its end, and no `:`.
const accountPattern = /^(?<name>[^=:,\s]+)=(?<token>[A-Za-z0-9._~+/-]+=*):(?<role>client|admin)$/;

/**
 * Reads accounts as `UNCLASH_TOKENS` holds them: `name=token:role`, comma apart.
 *
 * @throws EnvironmentError for what is none, and for a name or a token that stands there twice. It says which one by
 *   its place, and never shows a token.
 */
export function parseAccounts(text: string): readonly Account[] {
  const accounts = text.split(",").map((item, index) => parseAccount(item.trim(), index + 1));
  for (const member of ["name", "token"] as const) {
    if (new Set(accounts.map((account) => account[member])).size < accounts.length) {
      throw new EnvironmentError("UNCLASH_TOKENS", `must not hold the same ${member} twice`);
    }
  }
  return accounts;
}

function parseAccount(item: string, place: number): Account {
  const { name, token, role } = accountPattern.exec(item)?.groups ?? {};
  if (name !== undefined && token !== undefined && (role === "client" || role === "admin"))
    return { name, token, role };
  throw new EnvironmentError(
    "UNCLASH_TOKENS",
    "must be name=token:role, comma apart, where role is client or admin and a token has letters, digits " +
      `and -._~+/ only; entry ${place} is not`,
  );
}

/**
 * Tells by `Authorization: Bearer <token>` who makes a request: without the header an anonymous one, with anything in
 * it that is no account's token a refused one.
 */
export function identifyByToken(accounts: readonly Account[]): Identify<unknown> {
  const known = accounts.map(({ name, role, token }) => ({ actor: { name, role }, digest: digestOf(token) }));
  return ({ headers: { authorization } }) => {
    if (authorization === undefined) return undefined;
    const digest = digestOf(bearerToken(String(authorization)));
    // Every digest is compared, and each in constant time: how long it takes says nothing about any token.
    let actor: Actor | undefined;
    for (const account of known) if (timingSafeEqual(account.digest, digest)) actor = account.actor;
    return actor ?? refuseCredentials('Bearer realm="shop", error="invalid_token"');
  };
}

/** Finds whoever has a name by now: an account that was taken away has nothing sent to its callbacks any more. */
export function actorByName(accounts: readonly Account[]): (name: string) => Actor | undefined {
  const actors = new Map(accounts.map(({ name, role }) => [name, { name, role }]));
  return (name) => actors.get(name);
}

/** The token of a bearer's credentials, or an empty one, which no account has. */
function bearerToken(authorization: string): string {
  return /^bearer +(\S+) *$/i.exec(authorization)?.[1] ?? "";
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
