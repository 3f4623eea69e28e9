// For the process of a sample: a shop that has waits and streams, beside all that it has. See with-waits.mjs.
//
// GET /waits/N waits, GET /streams/N streams one text and then waits, GET /waits says how many of each are open.
// With PLANTED=no-drain its engine can't be drained.
import { graceMs, runShop as runRealShop } from "@unclash/app-shop";
import { lifecycleOf } from "unclash/adapter";

export { graceMs };

export function runShop(createServer) {
  return runRealShop((unclash, customers) => createServer(withWaits(unclash), customers));
}

function withWaits(engine) {
  const lifecycle = lifecycleOf(engine);
  return Object.assign(Object.create(engine), {
    collections: [...engine.collections, "waits", "streams"],
    owns: (path) => engine.owns(path) || /^\/(?:waits|streams)(?:\/|$)/.test(path),
    async handle(facts) {
      if (facts.path === "/waits") return answer(200, JSON.stringify(lifecycle.open));
      if (facts.path.startsWith("/streams/")) return lifecycle.stream({ ...answer(200), body: stream() });
      if (!facts.path.startsWith("/waits/")) return engine.handle(facts);
      const waited = await lifecycle.wait({ timeoutMs: 60_000, disconnected: facts.disconnected?.() }, () => () => {});
      return answer(waited.kind === "draining" ? 503 : 500, waited.kind);
    },
    ...(process.env.PLANTED === "no-drain" && { drain: async () => {} }),
  });
}

function answer(status, body) {
  return { status, headers: { "content-type": "text/plain" }, body, outcome: "ok" };
}

/** Watches for no signal. */
async function* stream() {
  yield "hello";
  await new Promise(() => {});
}
