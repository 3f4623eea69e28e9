import { createServer } from "node:http";
import { commit } from "../scale/fill.js";
import { openStore, type SourceName, serveByHand, serveStore, sourceNames } from "./source.js";

/** What this process is asked, and what it says. */
export type EventServerRequest = { readonly kind: "state" } | { readonly kind: "write"; readonly perSecond: number };
export type EventServerMessage =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "state"; readonly rssMb: number; readonly heapMb: number; readonly streams: number };

const [name = "", location = ""] = process.argv.slice(2);
const source = sourceNames.find((known) => known === name);
if (source === undefined) throw new TypeError(`There is no source ${name}.`);
await serve(source);

/** Serves a stream until the process that has started this one lets go of it. */
async function serve(source: SourceName): Promise<void> {
  const store = source === "listen" || source === "subscribe" ? undefined : await openStore(source, location);
  const byHand = source === "listen" || source === "subscribe" ? await serveByHand(source, location) : undefined;
  const events = store === undefined ? byHand : serveStore(store);
  if (events === undefined) throw new TypeError("Nothing serves the events.");
  const server = createServer(events.listener);
  const say = (message: EventServerMessage): void => void process.send?.(message);
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    say({ kind: "listening", port: typeof address === "object" && address !== null ? address.port : 0 });
  });
  let writing: NodeJS.Timeout | undefined;
  let written = 0;
  process.on("message", (request: EventServerRequest) => {
    if (request.kind === "write") {
      clearInterval(writing);
      if (request.perSecond === 0 || store === undefined) return;
      writing = setInterval(() => {
        written += 1;
        const key = `articles/${written % 100}`;
        const write = { key, expect: "any", put: `{"n":${written}}`, keep: "none" } as const;
        void commit(store, { writes: [write], events: [{ type: "resource.changed", key, version: written }] });
      }, 1_000 / request.perSecond);
      return;
    }
    const { rss, heapUsed } = process.memoryUsage();
    say({ kind: "state", rssMb: rss / 1_048_576, heapMb: heapUsed / 1_048_576, streams: events.openStreams() });
  });
  process.once("disconnect", () => process.exit());
}
