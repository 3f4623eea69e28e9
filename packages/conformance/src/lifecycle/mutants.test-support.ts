import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Unclash } from "unclash";
import { closeIdleConnections, createShutdown, nodeFacts, sendPlan } from "unclash/adapter";
import { listen } from "../adapter/listen.js";
import type { ServedForLife, StartForLife } from "./trial.js";

/** What a twisted server does otherwise than a sound one. */
export interface LifeTwist {
  readonly disconnects?: false;
  /** An engine of which nothing is known but how it answers. */
  readonly engine?: (unclash: Unclash) => Unclash;
  readonly shutdown?: (server: Server, unclash: Unclash) => () => Promise<unknown>;
}

/** A server with a fault in how it ends, and the case that must not let it pass. */
export interface LifeMutant {
  readonly does: string;
  readonly twist: LifeTwist;
  /** The name of the case. */
  readonly caughtBy: string;
}

/** The smallest server that there can be, or one that is twisted in a single place. */
export function tinyStartForLife({
  disconnects,
  engine = (unclash) => unclash,
  shutdown = createShutdown,
}: LifeTwist): StartForLife {
  return async (given): Promise<ServedForLife> => {
    const unclash = engine(given);
    const server = createServer(async (request: IncomingMessage, response) => {
      const facts = nodeFacts(request, { base: "", url: request.url ?? "/", response, native: request });
      const { disconnected: _, ...blind } = facts;
      await sendPlan(await unclash.handle(disconnects === false ? blind : facts), response);
    });
    const end = shutdown(server, unclash);
    const { url } = await listen(server);
    return { url, shutdown: end, cut: () => server.close().closeAllConnections() };
  };
}

function closing(server: Server): Promise<unknown> {
  return new Promise((resolve) => server.close(resolve));
}

const many = "a server ends with many waiting and streaming: who waits gets 503, and streams are whole";
const unread = "a server ends though a client reads nothing of its stream, and one that reads gets what was sent";
const running = "what runs is finished, its client learns that the connection ends, and nothing new is let in";

export const lifeMutants: readonly LifeMutant[] = [
  {
    does: "does not see its clients go",
    twist: { disconnects: false },
    caughtBy: "who waits, and what streams, is gone as soon as its client is",
  },
  {
    does: "has streams go on after it was drained",
    twist: {
      engine: (unclash) => ({
        ...unclash,
        async handle(facts) {
          const plan = await unclash.handle(facts);
          if (!facts.path.startsWith("/streams/")) return plan;
          return {
            ...plan,
            body: {
              async *[Symbol.asyncIterator]() {
                yield "hello";
                await new Promise(() => {});
              },
            },
          };
        },
      }),
    },
    caughtBy: many,
  },
  {
    does: "waits for clients that do not read",
    twist: {
      engine: (unclash) => ({
        ...unclash,
        async handle(facts) {
          const plan = await unclash.handle(facts);
          return "onBegin" in plan ? { ...plan, onBegin: () => {} } : plan;
        },
      }),
    },
    caughtBy: unread,
  },
  {
    does: "waits for those that wait",
    twist: { shutdown: (server, unclash) => () => closing(server).then(() => unclash.close()) },
    caughtBy: many,
  },
  {
    does: "cuts off what waits and streams",
    twist: {
      shutdown: (server) => () => {
        server.closeAllConnections();
        return closing(server);
      },
    },
    caughtBy: many,
  },
  {
    does: "leaves connections open that it has let finish",
    twist: {
      shutdown: (server, unclash) => () => {
        void unclash.drain();
        return closing(server).then(() => unclash.close());
      },
    },
    caughtBy: running,
  },
  {
    does: "does not say that a connection ends",
    twist: {
      shutdown: (server, unclash) => () => {
        void unclash.drain();
        closeIdleConnections(server);
        return closing(server).then(() => unclash.close());
      },
    },
    caughtBy: running,
  },
  {
    does: "ends as often as it is told to",
    twist: {
      shutdown: (server, unclash) => () => {
        closeIdleConnections(server);
        return new Promise<void>((resolve, reject) => {
          server.close((error) => (error === undefined ? resolve() : reject(error)));
        }).then(() => unclash.close());
      },
    },
    caughtBy: "a server that is told twice to end ends once",
  },
  {
    does: "leaves its engine open",
    twist: {
      shutdown: (server, unclash) => () => {
        closeIdleConnections(server);
        return Promise.all([unclash.drain(), closing(server)]);
      },
    },
    caughtBy: "an engine that has ended answers 503, and can't be mounted again",
  },
];
