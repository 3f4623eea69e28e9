import type { Store } from "@unclash/core/store";
import {
  type Authorize,
  type ChangeRule,
  type CollectionOptions,
  createUnclash,
  type Identity,
  type KnownResource,
  type RequestFacts,
  refuseCredentials,
  type Unclash,
} from "unclash";
import { anything, shape } from "./schema.js";

/** What wrong credentials are answered with. */
export const challenge = 'Bearer realm="conformance", error="invalid_token"';

/** What `type` begins with in problems of the guarded engine. */
export const guardedTypePrefix = "https://problems.example/unclash/";

const names: ReadonlySet<string> = new Set(["alice", "bob", "writer", "admin"]);

/**
 * A token is its holder's name. `broken` stands for an app whose `identify` throws, `broken-later` for one that
 * rejects.
 */
export function whoIs({ headers: { authorization } }: RequestFacts): Identity | Promise<Identity> {
  if (authorization === undefined) return undefined;
  const token = String(authorization).replace(/^Bearer /, "");
  if (token === "broken") throw new Error("This identify is broken.");
  if (token === "broken-later") return Promise.reject(new Error("This identify is broken."));
  if (!names.has(token)) return refuseCredentials(challenge);
  return token === "admin" ? { name: token, role: "admin" } : { name: token };
}

/**
 * The admin may do everything. For all others the beginning of an id decides: `hidden-` does not seem to exist,
 * `fixed-` can't be written, `veiled-` does not seem to exist and may be created, `new-` can't be created, `past-` has
 * no open history, `known-` is for those who say who they are, `since-` does not seem to exist once there is an article
 * whose id has `hides-` before it; and `writer` may write what it may not read.
 */
const mayDo =
  (store: Store): Authorize =>
  (action, key, actor, resource) => {
    const verdict = mayDoNow(action, key, actor, resource);
    if (actor?.name === "admin" || !key.includes("/since-")) return verdict;
    return store
      .read([key.replace("/since-", "/hides-since-")])
      .then(({ records: [hiding] }) => (hiding === undefined ? verdict : "hide"));
  };

const mayDoNow: Verdicts = (action, key, actor, resource) => {
  if (key.includes("/broken-")) throw new Error("This authorize is broken.");
  if (actor?.name === "admin") return "allow";
  const reads = action === "read" || action === "history";
  if (key.startsWith("owned/") && !mayTouch(resource, actor)) return reads ? "hide" : "deny";
  if (key.includes("/hidden-")) return "hide";
  if (key.includes("/veiled-")) return action === "create" ? "allow" : "hide";
  if (key.includes("/known-") && actor === undefined) return "deny";
  if (actor?.name === "writer" && reads) return "deny";
  if (key.includes("/fixed-") && !reads) return "deny";
  if (key.includes("/new-") && action === "create") return "deny";
  if (key.includes("/past-") && action === "history") return "deny";
  return "allow";
};

/** The same without a look at what is there. */
type Verdicts = (...asked: Parameters<Authorize>) => "allow" | "deny" | "hide";

/** Of what is owned, only its owner may do anything with a secret. */
function mayTouch({ current }: KnownResource, actor: { readonly name: string } | undefined): boolean {
  return current?.["secret"] === undefined || current["owner"] === actor?.name;
}

/** What has an owner is its owner's to change, and nobody makes anything in another's name. */
const ownersOnly: ChangeRule = ({ before, after, actor }) =>
  actor?.name === "admin" || [before ?? after, after].every(({ owner }) => owner === actor?.name)
    ? undefined
    : "forbidden";

const owned = {
  schema: shape({ owner: "text", a: "number?", about: "text?", status: "text?", secret: "text?" }),
  preconditions: { required: false },
  references: { about: "articles" },
  states: { status: { initial: ["new"], transitions: {} } },
  rules: [ownersOnly],
} as const satisfies CollectionOptions;

/** An engine with actors, and with RFC 9110's status for a failed precondition. */
export function createGuardedEngine(store: Store, seen: (facts: RequestFacts) => void): Unclash {
  return createUnclash({
    store,
    collections: {
      articles: { schema: anything },
      notes: {
        schema: anything,
        preconditions: { required: false },
        unique: ["name"],
        references: { about: "articles" },
      },
      owned,
      listed: { schema: anything },
      hashed: { schema: anything, entityTags: "sha-256" },
      drafts: { schema: anything, conflicts: { strategy: "last-write-wins" } },
      first: { schema: anything, conflicts: { strategy: "first-write-wins" } },
      decided: { schema: anything, conflicts: { strategy: () => ({ kind: "reject" }) } },
    },
    conflictStatus: 412,
    problemTypePrefix: guardedTypePrefix,
    authorize: mayDo(store),
    identify(facts) {
      seen(facts);
      return whoIs(facts);
    },
  });
}
