import type { JsonObject } from "@unclash/core/json";
import { rowIn } from "./article-handlers.js";
import { changingHandlers, pagedHandlers } from "./changing-handlers.js";
import type { Setup } from "./setup.js";
import {
  creatingHandlers,
  outcomeHandlers,
  preferringHandlers,
  racingHandlers,
  settledHandlers,
  showingHandlers,
} from "./special-handlers.js";
import { type Row, shown, type Table } from "./table.js";
import { whoIs } from "./who-is.js";
import { listHandlers } from "./whole-handlers.js";

const represent = (value: unknown): JsonObject | undefined => {
  const row = rowIn(value);
  return row && { id: row.id, ...row.fields };
};

const past = (table: Table) => ({
  represent,
  past: (named: { readonly version: number | undefined }, { id }: { readonly id: string | undefined }) =>
    table.past(id, named.version),
});

const changing = {
  versionField: "version",
  resource: ({ id }: { readonly id: string | undefined }) => (id === undefined ? null : `articles/${id}`),
  represent: (value: unknown) => {
    const row = rowIn(value);
    return row && shown(row);
  },
} as const;

const dated = (row: Row) => ({ modifiedAt: row.modifiedAt, by: "alice" });

/** Their names; each is about one thing that a guard can be told or given. */
export type SetupName =
  | "counted"
  | "big"
  | "stamped"
  | "opaque"
  | "tagged"
  | "named"
  | "hashed"
  | "dated"
  | "optional"
  | "content"
  | "fielded"
  | "bigText"
  | "uuid"
  | "stampText"
  | "stamp"
  | "bigVersion"
  | "spaced"
  | "racing"
  | "racingReport"
  | "contended"
  | "creating"
  | "making"
  | "rfc"
  | "last"
  | "first"
  | "decided"
  | "merging"
  | "allowing"
  | "allowingOne"
  | "disclosing"
  | "representing"
  | "shy"
  | "proxied"
  | "labelled"
  | "cached"
  | "known"
  | "formatted"
  | "worded"
  | "reporting"
  | "outcomes"
  | "whole"
  | "changing"
  | "checking"
  | "paged"
  | "nested"
  | "behind"
  | "preferring";

/** A resource that shows its version in its content as JSON has it, and takes it from there. */
function showing(version: (row: Row) => string | bigint | Date): Setup {
  return {
    version,
    options: () => ({ versionField: "version" }),
    handlers: (table) => showingHandlers(table, version),
  };
}

/** The kinds of resources of the suite, each guarded in all forms. */
export const setups: Readonly<Record<SetupName, Setup>> = {
  counted: {},
  big: { version: ({ version }) => BigInt(version) },
  stamped: { version: ({ modifiedAt }) => modifiedAt },
  opaque: { version: ({ id, version }) => `${id}/${version}` },
  tagged: { version: ({ id, version }) => `"v${version}-${id}"` },
  named: { state: ({ version }) => ({ etag: `"own-${version}"` }) },
  hashed: { version: ({ id, fields }) => ({ id, fields }) },
  dated: { state: dated },
  optional: { options: () => ({ preconditions: { required: false } }) },
  content: { state: dated, options: () => ({ preconditions: { datesSuffice: true } }) },
  fielded: { options: () => ({ versionField: "version", etagField: "etag" }) },
  bigText: showing(({ version }) => String(version)),
  uuid: showing(({ version }) => `0190c0de-0000-7000-8000-${String(version).padStart(12, "0")}`),
  stampText: showing(({ version }) => `2026-11-28 10:00:00.12345${version}+00`),
  stamp: showing(({ modifiedAt }) => modifiedAt),
  bigVersion: showing(({ version }) => 9_007_199_254_740_993n + BigInt(version)),
  spaced: { version: ({ version }) => `ü "${version}"\t%` },
  racing: { options: () => ({ preconditions: { required: false } }), handlers: racingHandlers },
  racingReport: { options: () => ({ reportOnly: true }), handlers: racingHandlers },
  contended: {
    options: () => ({ preconditions: { required: false }, requestLimits: { contendedWriteMs: 20 } }),
    handlers: racingHandlers,
  },
  creating: { options: () => ({ creates: true }), handlers: creatingHandlers },
  making: { options: () => ({ creates: true, preconditions: { required: false } }), handlers: creatingHandlers },
  rfc: { options: () => ({ conflictStatus: 412, versionField: "version" }) },
  last: { options: () => ({ conflicts: { strategy: "last-write-wins" } }), handlers: settledHandlers },
  first: { state: dated, options: (table) => ({ conflicts: { strategy: "first-write-wins" }, ...past(table) }) },
  decided: {
    handlers: settledHandlers,
    options: (table) => ({
      ...past(table),
      conflicts: {
        strategy: ({ base, current, proposed }) =>
          proposed === null || proposed["title"] === "refused"
            ? { kind: "reject" }
            : { kind: "accept", value: { ...current, ...proposed, from: base["title"] ?? null } },
      },
    }),
  },
  merging: {
    options: (table) => ({
      ...past(table),
      conflicts: { strategy: "merge", merge: { policies: { "/tags": "union" } } },
    }),
    handlers: settledHandlers,
  },
  allowing: {
    options: (table) => ({ conflicts: { allowedStrategies: "all" }, ...past(table) }),
    handlers: settledHandlers,
  },
  allowingOne: {
    options: () => ({ conflicts: { allowedStrategies: ["last-write-wins"] } }),
    handlers: settledHandlers,
  },
  disclosing: { state: dated, options: (table) => ({ conflicts: { discloseCurrent: true }, ...past(table) }) },
  representing: { options: () => ({ represent }) },
  shy: { options: () => ({ conflicts: { discloseCurrent: true }, represent: () => undefined }) },
  proxied: { options: () => ({ preconditions: { acceptProxyTags: true } }) },
  labelled: { options: () => ({ resource: ({ id }) => `articles/${id}` }) },
  cached: { options: () => ({ cacheControl: "max-age=5", vary: ["Accept-Language"] }) },
  known: {
    options: () => ({
      identify: ({ headers }) => whoIs(headers),
      credentialHeaders: ["authorization", "x-token"],
    }),
  },
  formatted: { options: () => ({ problem: ({ status, title }) => ({ error: { status, title } }) }) },
  worded: { options: () => ({ problem: ({ detail }) => `No: ${detail}` }) },
  reporting: { options: () => ({ reportOnly: true }) },
  outcomes: { options: (table) => past(table), handlers: outcomeHandlers },
  whole: {
    listHandlers,
    options: () => ({ resource: ({ id }) => (id === undefined ? null : `articles/${id}`) }),
  },
  changing: { handlers: changingHandlers, options: () => changing },
  checking: { handlers: changingHandlers, options: () => ({ ...changing, checkContent: true }) },
  paged: {
    handlers: changingHandlers,
    listHandlers: pagedHandlers,
    options: () => ({ ...changing, represent, etagField: "etag" }),
  },
  nested: { outer: (table) => ({ load: ({ id }) => table.load(id) }) },
  behind: { outer: () => ({}) },
  preferring: { handlers: preferringHandlers },
};
