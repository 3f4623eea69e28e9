import { noGuard } from "./no-guard.js";
import type { SetupOptions } from "./setup.js";
import { type GuardMutant, handle, header, options, outcome, passing, without } from "./twists.test-support.js";

/** Options that say nothing of how to merge. */
function withoutPolicies<Given extends Pick<SetupOptions, "conflicts">>(given: Given): Given {
  const { merge: _merge, ...conflicts } = given.conflicts ?? {};
  return { ...given, conflicts };
}

/** Options with another strategy, and nothing that this would not look at. */
function withStrategy<Given extends Pick<SetupOptions, "conflicts">>(
  given: Given,
  strategy: "reject" | "last-write-wins",
): Given {
  const { conflicts, ...others } = withoutPolicies(given);
  return { ...given, ...others, conflicts: { ...conflicts, strategy } };
}

/** Faults of guards. */
export const mutants: readonly GuardMutant[] = [
  {
    does: "works on all requests of a connection at once",
    twist: { atOnce: true },
    caughtBy:
      "requests of one connection are worked on one after another: each is held against what those before it left",
  },
  {
    does: "takes the end of a request for that of its client",
    twist: {
      facts: (facts) => {
        const controller = new AbortController();
        facts.native.message.once("close", () => controller.abort());
        return { ...facts, disconnected: () => controller.signal };
      },
    },
    caughtBy: "identify is told when its client goes, and not when the content was read, or the answer has ended",
  },
  {
    does: "does not see its client go",
    twist: { facts: (facts) => ({ ...facts, disconnected: () => new AbortController().signal }) },
    caughtBy: "identify is told when its client goes, and not when the content was read, or the answer has ended",
  },
  {
    does: "does not load the state",
    twist: options(({ load: _load, ...rest }) => rest),
    caughtBy: "an If-Match of another state is a conflict, for all unsafe methods",
  },
  {
    does: "loads it once, and for all requests",
    twist: options(({ load, ...rest }) => {
      let first: ReturnType<NonNullable<typeof load>> | undefined;
      return {
        ...rest,
        ...(load && {
          load: (request) => {
            first ??= load(request);
            return first;
          },
        }),
      };
    }),
    caughtBy: "a whole resource under one guard: each of its resources has its own state",
  },
  {
    does: "requires no precondition",
    twist: options((given) => ({ ...given, preconditions: { ...given.preconditions, required: false } })),
    caughtBy: "row 1: an unsafe request that does not say which state it is for is 428",
  },
  {
    does: "requires one where none is required",
    twist: options((given) => ({ ...given, preconditions: { ...given.preconditions, required: true } })),
    caughtBy: "where preconditions are optional, a write without one passes, and one that fails is a conflict still",
  },
  {
    does: "swallows If-Match",
    twist: without("if-match"),
    caughtBy:
      "an If-Match of the current state lets the write through, and the answer has the entity-tag of the new one",
  },
  {
    does: "swallows If-None-Match",
    twist: without("if-none-match"),
    caughtBy: "a 304 by If-None-Match has the headers that the 200 has, and no content",
  },
  {
    does: "swallows If-Modified-Since",
    twist: without("if-modified-since"),
    caughtBy: "a 304 by If-Modified-Since, which means nothing beside If-None-Match",
  },
  {
    does: "swallows If-Unmodified-Since",
    twist: without("if-unmodified-since"),
    caughtBy: "row 17: with datesSuffice, If-Unmodified-Since alone decides",
  },
  {
    does: "swallows Prefer",
    twist: without("prefer"),
    caughtBy: "dry-run is honoured by a handler that asks for it: no entity-tag goes with what did not happen",
  },
  {
    does: "takes a weak entity-tag for a strong one",
    twist: header("if-match", (value) => value.replaceAll("W/", "")),
    caughtBy: "row 3: a weak If-Match never matches, though it names the current state",
  },
  {
    does: "takes an empty If-Match for none",
    twist: header("if-match", (value) => value.trim() || undefined),
    caughtBy: "row 7: an empty If-Match is 400, and never as good as none",
  },
  {
    does: "looks at the first of several entity-tags",
    twist: header("if-match", (value) => value.split(",", 1)[0]),
    caughtBy: "row 8: several If-Match lines are one list",
  },
  {
    does: "quotes what has no quotes",
    twist: header("if-match", (value) => (value.includes('"') || value === "*" ? value : `"${value}"`)),
    caughtBy: "row 2: an If-Match that is no list of entity-tags is 400",
  },
  {
    does: "accepts any date",
    twist: options((given) => ({ ...given, preconditions: { ...given.preconditions, datesSuffice: true } })),
    caughtBy: "row 17: If-Unmodified-Since alone is 428, and beside If-Match it means nothing",
  },
  {
    does: "ignores the version in the content",
    twist: options((given) => ({ ...given, versionField: false })),
    caughtBy: "with versionField, the version in the content is a precondition of PUT and merge patch",
  },
  {
    does: "takes entity-tags of proxies for ours",
    twist: options((given) => ({ ...given, preconditions: { ...given.preconditions, acceptProxyTags: true } })),
    caughtBy: "a tag that a proxy suffixed is a conflict that says so",
  },
  {
    does: "makes what is not there",
    twist: options((given) => ({ ...given, creates: true })),
    caughtBy: "what is not there is 404 for every method, before anything else is asked of it",
  },
  {
    does: "answers every conflict with 412",
    twist: options((given) => ({ ...given, conflictStatus: 412 })),
    caughtBy: "an If-Match of another state is a conflict, for all unsafe methods",
  },
  {
    does: "writes over what it should merge with",
    twist: options((given) => (given.conflicts?.strategy === "merge" ? withStrategy(given, "last-write-wins") : given)),
    caughtBy: "merge: what a stale write changes is merged with what others have changed, and it says so",
  },
  {
    does: "merges without its policies",
    twist: options(withoutPolicies),
    caughtBy: "merge: what a stale write changes is merged with what others have changed, and it says so",
  },
  {
    does: "shows everybody the current state",
    twist: options((given) =>
      given.represent ? { ...given, conflicts: { ...given.conflicts, discloseCurrent: true } } : given,
    ),
    caughtBy: "without discloseCurrent a conflict says whether it is identical, and does not show the state",
  },
  {
    does: "shows what represent shows nobody",
    twist: options(({ represent, ...given }) => (represent ? { ...given, represent: () => ({ title: "B" }) } : given)),
    caughtBy: "a caller to whom represent shows nothing learns neither the state nor its version",
  },
  {
    does: "does not ask for earlier states",
    twist: options((given) => (given.past === undefined ? given : { ...given, past: () => undefined })),
    caughtBy: "a conflict whole: what was expected, what there is, what has changed, and what of it the write touches",
  },
  {
    does: "rejects whatever the strategy",
    twist: options((given) => withStrategy(given, "reject")),
    caughtBy: "last-write-wins: a stale write is carried out over what is there, and says so",
  },
  {
    does: "lets stale writes through",
    twist: options((given) => withStrategy(given, "last-write-wins")),
    caughtBy: "an If-Match of another state is a conflict, for all unsafe methods",
  },
  {
    does: "allows all strategies",
    twist: options((given) => ({
      represent: () => ({ title: "B" }),
      ...given,
      conflicts: { ...given.conflicts, allowedStrategies: "all" },
    })),
    caughtBy: "a strategy that the app does not allow is ignored, and one that it does not know too",
  },
  {
    does: "does not say that a strategy has settled it",
    twist: passing((guardedResponse) => {
      guardedResponse.settled = undefined;
    }),
    caughtBy: "last-write-wins: a stale write is carried out over what is there, and says so",
  },
  {
    does: "loses the value of a strategy",
    twist: handle(() => ({ settled: undefined })),
    caughtBy:
      "a function settles a stale write: it is given the states and the proposal, and its value reaches the handler",
  },
  {
    does: "gives the handler no version to compare with",
    twist: handle(() => ({ expected: undefined })),
    caughtBy: "8 clients that read, change and write at the same time lose no update",
  },
  {
    does: "takes no row for one",
    twist: outcome(() => ({ expectRow: noGuard.outcome.expectRow })),
    caughtBy: "expectRow: a write that finds no row meets the conflict that is there by now",
  },
  {
    does: "takes no changed row for one",
    twist: outcome(() => ({ expectAffected: noGuard.outcome.expectAffected })),
    caughtBy: "expectRow: a write that finds no row meets the conflict that is there by now",
  },
  {
    does: "lets a success go that nobody held back",
    twist: passing((guardedResponse) => {
      guardedResponse.lose = () => undefined;
    }),
    caughtBy: "no await is needed: a write that has lost is a conflict, whatever the handler answers meanwhile",
  },
  {
    does: "remembers a loss that was made good",
    twist: passing((guardedResponse) => {
      guardedResponse.win = () => {};
    }),
    caughtBy: "a handler that catches the conflict may answer with another error, or try again and win",
  },
  {
    does: "never lets a handler run again",
    twist: passing((guardedResponse) => {
      guardedResponse.hasLostTo = () => false;
    }),
    caughtBy: "a write that said nothing of a state, and lost a race, runs again on the fresh one: racing",
  },
  {
    does: "observes nothing",
    twist: options(({ observe: _observe, ...rest }) => rest),
    caughtBy: "an observer is called once for each request, with its route, its resource, its outcome and itself",
  },
  {
    does: "observes twice",
    twist: options(({ observe, ...rest }) => ({
      ...rest,
      ...(observe && {
        observe: (decision) => {
          observe(decision);
          observe(decision);
        },
      }),
    })),
    caughtBy: "an observer is called once for each request, with its route, its resource, its outcome and itself",
  },
  {
    does: "names the route by the path of each request",
    twist: options((given) => ({ ...given, route: ({ message: { url } }) => url })),
    caughtBy: "an observer is called once for each request, with its route, its resource, its outcome and itself",
  },
  {
    does: "observes nothing of what passes",
    twist: passing((guardedResponse) => {
      guardedResponse.ended = () => {};
    }),
    caughtBy: "an observer is told of a stale write that a strategy let through",
  },
  {
    does: "takes every write for told",
    twist: passing((guardedResponse) => guardedResponse.win()),
    caughtBy: "a write that is acknowledged without an outcome is warned of, once a route",
  },
  {
    does: "takes every request for checked",
    twist: passing((guardedResponse) => {
      guardedResponse.hold();
      guardedResponse.win();
    }),
    caughtBy: "a write that is acknowledged behind a guard without load, and that nothing was checked of, is warned of",
  },
];
