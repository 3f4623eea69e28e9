import { type Account, parseAccounts } from "./accounts.js";
import { EnvironmentError } from "./environment-error.js";

/** How a sample was asked to run. */
export interface Settings {
  /** `HOST`. @default "127.0.0.1" */
  readonly host: string;
  /** `PORT`; 0 takes a free one. @default 3000 */
  readonly port: number;
  /** `UNCLASH_STORE`; `?schema=` (PostgreSQL) and `?name=` (Redis) keep shops apart. @default "sqlite:data/shop.db" */
  readonly store: StoreLocation;
  /** `UNCLASH_CONFLICT_STATUS`. @default 409 */
  readonly conflictStatus: 409 | 412;
  /** `UNCLASH_TOKENS`. @default nobody has a name */
  readonly accounts: readonly Account[];
  /** `UNCLASH_PRIVATE_CALLBACKS`: webhooks may be sent to this machine and its network. @default no */
  readonly allowPrivateCallbacks: boolean;
}

/** Where a shop's data are: gone with the process, in a file, or on a server that many processes share. */
export type StoreLocation =
  | { readonly kind: "memory" }
  | { readonly kind: "sqlite"; readonly file: string }
  /** `schema` is that of the URL's query, and is not in the URL any more. */
  | { readonly kind: "postgres"; readonly url: string; readonly schema?: string }
  /** Likewise `name`, with which all keys begin. */
  | { readonly kind: "redis"; readonly url: string; readonly name?: string };

/**
 * Reads the settings of a sample from environment variables. One that is empty counts as not set.
 *
 * @throws EnvironmentError that names the variable and what it may be
 */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Settings {
  const tokens = variables["UNCLASH_TOKENS"];
  return {
    host: variables["HOST"] || "127.0.0.1",
    port: parsePort(variables["PORT"] || "3000"),
    store: parseStore(variables["UNCLASH_STORE"] || "sqlite:data/shop.db"),
    conflictStatus: parseConflictStatus(variables["UNCLASH_CONFLICT_STATUS"] || "409"),
    accounts: tokens ? parseAccounts(tokens) : [],
    allowPrivateCallbacks: parseYesOrNo("UNCLASH_PRIVATE_CALLBACKS", variables["UNCLASH_PRIVATE_CALLBACKS"] || "no"),
  };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port <= 65_535) return port;
  throw new EnvironmentError("PORT", `must be a whole number from 0 to 65535, and is ${JSON.stringify(text)}`);
}

// What stands here may hold a password, so that no message shows more of it than its scheme.
function parseStore(text: string): StoreLocation {
  const [scheme = "", file] = splitAtColon(text);
  if (scheme === "memory" && file === "") return { kind: "memory" };
  if (scheme === "sqlite" && file) return { kind: "sqlite", file };
  if (/^postgres(ql)?$/.test(scheme)) {
    const { url, value: schema } = takeParameter(text, "schema");
    return { kind: "postgres", url, ...(schema && { schema }) };
  }
  if (/^rediss?$/.test(scheme)) {
    const { url, value: name } = takeParameter(text, "name");
    return { kind: "redis", url, ...(name && { name }) };
  }
  throw new EnvironmentError(
    "UNCLASH_STORE",
    "must be sqlite:FILE, such as sqlite:data/shop.db, postgres://…, redis://…, or memory:",
  );
}

/** Takes a parameter out of a URL's query: clients of databases would not know it. */
function takeParameter(text: string, parameter: string): { readonly url: string; readonly value: string | null } {
  if (!URL.canParse(text)) throw new EnvironmentError("UNCLASH_STORE", "is no URL that can be read");
  const url = new URL(text);
  const value = url.searchParams.get(parameter);
  if (value === null) return { url: text, value };
  url.searchParams.delete(parameter);
  return { url: url.href, value };
}

function splitAtColon(text: string): readonly string[] {
  const colon = text.indexOf(":");
  return colon === -1 ? [] : [text.slice(0, colon), text.slice(colon + 1)];
}

function parseConflictStatus(text: string): 409 | 412 {
  if (text === "409") return 409;
  if (text === "412") return 412;
  throw new EnvironmentError("UNCLASH_CONFLICT_STATUS", `must be 409 or 412, and is ${JSON.stringify(text)}`);
}

function parseYesOrNo(variable: string, text: string): boolean {
  if (text === "yes" || text === "no") return text === "yes";
  throw new EnvironmentError(variable, `must be yes or no, and is ${JSON.stringify(text)}`);
}
