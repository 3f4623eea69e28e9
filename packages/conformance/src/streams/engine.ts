import type { RequestFacts, Unclash } from "unclash";
import type { ResponsePlan, StreamPlan } from "unclash/adapter";

/** What a case answers a request with. */
export type Script = (facts: RequestFacts) => Promise<ResponsePlan | StreamPlan>;

/** An engine without a store: what it answers is up to the cases, so that they see what adapters make of any answer. */
export interface StreamEngine {
  readonly unclash: Unclash;
  /** The path below the mount whose requests are answered so. */
  play(script: Script): string;
}

export function createStreamEngine(): StreamEngine {
  const scripts = new Map<string, Script>();
  return {
    unclash: {
      collections: ["streams"],
      apiVersions: [],
      paths: ["/streams"],
      owns: (path) => path.startsWith("/streams/"),
      handle: async (facts) => (scripts.get(facts.path) ?? unknownPath)(facts),
      indexReferences: async () => 0,
      migrate: async () => ({ looked: 0, rewritten: 0, blocked: [], blockedCount: 0 }),
      apiVersionUse: () => [],
      guardConflicts() {
        throw new Error("Streams meet no conflicts.");
      },
      state: "started",
      start: () => {},
      drain: async () => {},
      close: async () => {},
    },
    play(script) {
      const path = `/streams/${scripts.size + 1}`;
      scripts.set(path, script);
      return path;
    },
  };
}

async function unknownPath(): Promise<ResponsePlan> {
  return { status: 404, headers: { "content-length": "0" }, body: null, outcome: "not-found" };
}
