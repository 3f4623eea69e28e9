import { createServer, type IncomingMessage, type ServerOptions, type ServerResponse } from "node:http";
import { listen, type Served } from "@unclash/conformance/adapter";
import { afterEach } from "vitest";

/** A Koa app, whatever its routers have made of its types. */
export interface App {
  callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

/** Serves an app on a free port of the loopback. */
export function serveApp(app: App, options: ServerOptions = {}): Promise<Served> {
  const handle = app.callback();
  return listen(createServer(options, (request, response) => void handle(request, response)));
}

const served: Served[] = [];

afterEach(async () => {
  await Promise.all(served.splice(0).map((each) => each.close()));
});

/** Serves an app until the test is over. */
export async function serve(app: App): Promise<string> {
  const started = await serveApp(app);
  served.push(started);
  return started.url;
}
