import fc from "fast-check";
import type { VersionName } from "./articles.js";

/** What of an article a write changes; what its API version does not know is left out. */
export type Cell = "text" | "format" | "rating" | "author" | "email" | "label" | "color" | "order" | "add" | "remove";

const cells: readonly Cell[] = [
  ...["text", "format", "rating", "author", "email"],
  ...["label", "color", "order", "add", "remove"],
] as readonly Cell[];

/** What a client does next. */
export type Move =
  | { readonly do: "get" }
  /** Writes back what it saw last. */
  | { readonly do: "rewrite" }
  | {
      readonly do: "put" | "patch";
      readonly cells: readonly Cell[];
      /** What its precondition names: what it reads just now, or what it saw last, by either version's entity-tag. */
      readonly names:
        | "tag"
        | "seen tag"
        | "other tag"
        | "seen other tag"
        | "version"
        | "seen version"
        | "any"
        | "nothing";
    };

/** How a client chooses its API version. */
export type Way = "path" | "accept" | "api-version";

/** A race for one article. */
export interface Plan {
  readonly strategy: "reject" | "first-write-wins" | "last-write-wins";
  /** The API version in which the article is made. */
  readonly madeIn: VersionName;
  /** The first one is of v1, the second one of v2. */
  readonly clients: readonly { readonly version: VersionName; readonly way: Way; readonly moves: readonly Move[] }[];
}

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("get" as const, "rewrite" as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom("put" as const, "patch" as const),
      cells: fc.uniqueArray(fc.constantFrom(...cells), { minLength: 1, maxLength: 5 }),
      names: fc.constantFrom(
        ...(["tag", "tag", "seen tag", "other tag", "seen other tag"] as const),
        ...(["version", "seen version", "any", "nothing"] as const),
      ),
    }),
  },
);

const version = fc.constantFrom<VersionName>("v1", "v2");
const client = (of: fc.Arbitrary<VersionName>) =>
  fc.record({
    version: of,
    way: fc.constantFrom<Way>("path", "accept", "api-version"),
    moves: fc.array(move, { minLength: 1, maxLength: 4 }),
  });

/** Races of two to three clients, at least one of each API version. */
export const plans: fc.Arbitrary<Plan> = fc.record({
  strategy: fc.constantFrom("reject", "first-write-wins", "last-write-wins"),
  madeIn: version,
  clients: fc
    .tuple(client(fc.constant("v1")), client(fc.constant("v2")), fc.option(client(version), { nil: undefined }))
    .map((all) => all.filter((each) => each !== undefined)),
});
