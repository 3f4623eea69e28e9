import fc from "fast-check";

/** What a client does next. What it names is what it read just now, or what it saw last, which may be old. */
export type Move =
  | { readonly do: "get"; readonly id: string }
  | { readonly do: "create"; readonly id: string; readonly by: "POST" | "PUT" }
  /** Reads, and writes what it read. */
  | { readonly do: "rewrite"; readonly id: string }
  | {
      readonly do: "replace" | "patch" | "delete";
      readonly id: string;
      readonly names: "tag" | "version" | "seen tag" | "seen version" | "any" | "nothing";
    };

export const strategies = ["reject", "first-write-wins", "last-write-wins", "function"] as const;

/** A race: some clients at one collection. */
export interface Plan {
  readonly strategy: (typeof strategies)[number];
  /** Whether the first resource is there before the race. */
  readonly begun: boolean;
  /** The moves of each client, one after the other. */
  readonly clients: readonly (readonly Move[])[];
}

const id = fc.constantFrom("1", "1", "1", "1", "2");

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("get" as const), id }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("create" as const), id, by: fc.constantFrom("POST", "PUT") }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("rewrite" as const), id }) },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constantFrom("replace", "replace", "patch", "patch", "delete"),
      id,
      names: fc.constantFrom("tag", "tag", "version", "seen tag", "seen version", "any", "nothing", "nothing"),
    }),
  },
);

/** Races of two to four clients. */
export const plans: fc.Arbitrary<Plan> = fc.record({
  strategy: fc.constantFrom(...strategies),
  begun: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  clients: fc.array(fc.array(move, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 }),
});
