import type { ServerResponse } from "node:http";
import { type StreamPlan, sendPlan } from "unclash/adapter";
import { answering, type Mutant, withHeader, withHeaders, without } from "./mutant.test-support.js";
import type { Facts, Twist } from "./tiny.test-support.js";

const isStream = ({ path }: Facts): boolean => path.endsWith("/conflict-notifications/stream");
const isPoll = ({ path }: Facts): boolean => path.endsWith("/conflict-notifications/events");

/** A server that changes the texts of its streams, or their heads. */
function stream(change: (plan: StreamPlan) => StreamPlan): Twist {
  return { stream: (plan: StreamPlan, response: ServerResponse) => sendPlan(change(plan), response) };
}

/** The same of their blocks: each becomes so many. */
function blocks(change: () => (block: string) => readonly string[]): Twist {
  return stream((plan) => ({ ...plan, body: changed(plan.body, change()) }));
}

async function* changed(body: AsyncIterable<string>, change: (block: string) => readonly string[]) {
  for await (const text of body) {
    yield text
      .split(/(?<=\n\n)/)
      .flatMap(change)
      .join("");
  }
}

const isEvent = (block: string): boolean => block.startsWith("event: unclash.");
const isHead = (block: string): boolean => block.includes("retry: ");

function query(change: (query: string) => string, isMeant: (facts: Facts) => boolean = isStream): Twist {
  return { facts: (facts) => (isMeant(facts) ? { ...facts, query: change(facts.query) } : facts) };
}

/** Lets whoever has a ticket in as often as they like. */
function forgiving(): Twist {
  let authorization: string | undefined;
  return {
    facts(facts) {
      if (facts.path.endsWith("/stream-tickets")) authorization = String(facts.headers.authorization);
      if (!isStream(facts) || !facts.query.includes("ticket=")) return facts;
      const headers = { ...facts.headers, authorization };
      return { ...facts, headers, query: facts.query.replace(/&?ticket=[^&]*/, "") };
    },
  };
}

const begins = "a stream begins at once with where it is, and tells of what is committed after its head";
const resumes = "after Last-Event-ID, and after a place in the query, nothing is lost and nothing comes twice";
const cap = "row 64: a client with as many streams as it may have is told to come again, and others are not";

const ofStreams: readonly Mutant[] = [
  { does: "lets caches keep a stream", twist: stream(kept), caughtBy: begins },
  { does: "sends no head of a stream", twist: blocks(() => (text) => (isHead(text) ? [] : [text])), caughtBy: begins },
  { does: "swallows Last-Event-ID", twist: without("last-event-id"), caughtBy: resumes },
  {
    does: "goes on from now where a client resumes",
    twist: {
      facts: (facts) =>
        isStream(facts)
          ? { ...facts, query: facts.query.replace(/&?after=[^&]*/, ""), headers: resumeNot(facts) }
          : facts,
    },
    caughtBy: resumes,
  },
  { does: "skips the first event", twist: blocks(skipping), caughtBy: resumes },
  {
    does: "repeats an event",
    twist: blocks(() => (text) => (isEvent(text) ? [text, text] : [text])),
    caughtBy: resumes,
  },
  {
    does: "gives no sign of life",
    twist: blocks(() => (text) => (isEvent(text) || isHead(text) ? [text] : [])),
    caughtBy: "a stream that has nothing to tell says where it is, so that its client resumes from near now",
  },
  {
    does: "drops a filter of types",
    twist: query((given) => given.replace(/&?type=[^&]*/g, "")),
    caughtBy: "a stream tells of what its filters name, resources and types, and of nothing else",
  },
  {
    does: "drops what it does not know of a filter",
    twist: query((given) => given.replace(/color=[^&]*/, "")),
    caughtBy: "a filter that names nothing there can be is 400, and says what it may be",
  },
  {
    does: "tells everyone what the admin may know",
    twist: withHeader("authorization", isStream, "Bearer admin"),
    caughtBy: "each event is held against the permissions of its reader at that moment, states included",
  },
  {
    does: "tells of events in the newest API version",
    twist: { url: (url) => url.replace("/v1/conflict-notifications", "/conflict-notifications") },
    caughtBy: "events have the entity-tag of the API version that they are asked for in",
  },
  {
    does: "gives lists no place",
    twist: { plan: (plan) => withHeaders(plan, { "unclash-cursor": undefined }) },
    caughtBy: "a list says from where a stream and a poll miss nothing of what comes after it",
  },
  {
    does: "answers over the cap with 429",
    twist: stream((plan) => (plan.outcome === "quota-exceeded" ? { ...plan, status: 429 } : plan)),
    caughtBy: cap,
  },
  {
    does: "does not see a stream end",
    twist: stream(({ onEnd: _, ...plan }) => plan),
    caughtBy: cap,
  },
  {
    does: "keeps a reset to itself",
    twist: blocks(() => (text) => (text.startsWith("event: reset") ? [] : [text])),
    caughtBy: "row 64: a place that is none, or that the log does not know, is a reset, and the stream goes on",
  },
  {
    does: "counts HEAD as a stream",
    twist: {
      stream: (plan, response) => {
        const { onEnd: _, ...endless } = plan;
        return sendPlan(response.req.method === "HEAD" ? endless : plan, response);
      },
    },
    caughtBy: "HEAD of a stream has its headers and no content, and takes no place",
  },
];

function kept(plan: StreamPlan): StreamPlan {
  return { ...plan, headers: { ...plan.headers, "cache-control": "max-age=60" } };
}

function resumeNot({ headers }: Facts): Facts["headers"] {
  return { ...headers, "last-event-id": undefined };
}

function skipping(): (block: string) => readonly string[] {
  let skipped = 0;
  return (block) => {
    if (!isEvent(block)) return [block];
    skipped += 1;
    return skipped === 1 ? [] : [block];
  };
}

const ofPolls: readonly Mutant[] = [
  {
    does: "drops the place of a poll",
    twist: query((given) => given.replace(/&?after=[^&]*/, ""), isPoll),
    caughtBy: "a poll gives the events of a stream as a list, page by page, and always the place to go on from",
  },
  {
    does: "lets no poll wait",
    twist: without("prefer"),
    caughtBy: "a poll that may wait is answered with the first event that it is told of, and says that it waited",
  },
  {
    does: "does not tell of a reset",
    twist: answering(
      (_, facts) => isPoll(facts),
      ({ reset: _, ...rest }) => rest,
    ),
    caughtBy: "row 64: a place that a poll can't mean is 400, and one that the log does not know is told as a reset",
  },
  {
    does: "drops the filter of a poll",
    twist: query((given) => given.replace(/&?resource=[^&]*/g, ""), isPoll),
    caughtBy: "a page looks at so many events, and goes on from there though it has found none",
  },
  {
    does: "takes each poll for another client's",
    twist: {
      facts: (facts) => {
        polls += 1;
        return isPoll(facts)
          ? { ...facts, headers: { ...facts.headers, authorization: `Bearer poll-${polls}` } }
          : facts;
      },
    },
    caughtBy: "a client with as many polls that wait as it may have is 429, and others are not",
  },
  {
    does: "lets a ticket in twice",
    twist: forgiving(),
    caughtBy: "a ticket opens one stream with the rights of who asked for it, where the app knows no other credentials",
  },
  {
    does: "lets all in that have one ticket",
    twist: forgiving(),
    caughtBy: "of several that use a ticket at once one gets a stream",
  },
  {
    does: "drops the challenge of tickets",
    twist: { plan: (plan) => withHeaders(plan, { "www-authenticate": undefined }) },
    caughtBy: "anonymous callers have no tickets, and need none",
  },
];

let polls = 0;

/** Servers with a fault in how they tell of events. */
export const eventMutants: readonly Mutant[] = [...ofStreams, ...ofPolls];
