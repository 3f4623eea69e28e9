import { createServer } from "node:http";
import { listen, type Served } from "@unclash/conformance/adapter";
import type { Express } from "express";
import { afterEach } from "vitest";

const served: Served[] = [];

afterEach(async () => {
  await Promise.all(served.splice(0).map((each) => each.close()));
});

/** Serves an app on a free port of the loopback until the test is over. */
export async function serve(app: Express): Promise<string> {
  app.set("env", "test");
  const started = await listen(createServer(app));
  served.push(started);
  return started.url;
}
