import { createServer } from "node:http";
import { createStreamEngine, listen, ProbeStream, type Start, streamSuite } from "@unclash/conformance/adapter";
import compression from "compression";
import type { ErrorRequestHandler } from "express";
import { describe, expect, test, vi } from "vitest";
import { mount } from "./mount.js";
import { serve } from "./serve.test-support.js";
import { versions } from "./versions.test-support.js";

describe.each(versions)("%s", (_name, express) => {
  describe("behind compression, with entity-tags", () => {
    const start: Start = (unclash, { prefix, server }) => {
      const app = express();
      app.set("etag", "strong").set("env", "test");
      app.use(compression({ threshold: 0 }));
      app.use(prefix, mount(unclash));
      return listen(createServer(server, app));
    };
    streamSuite({ test, start });
  });

  test("what a stream throws reaches the app's error handlers, and none of them can answer any more", async () => {
    const { unclash, play } = createStreamEngine();
    const stream = new ProbeStream();
    const seen = vi.fn();
    const onError: ErrorRequestHandler = (error, _request, response, next) => {
      seen(error.message, response.headersSent);
      next(error);
    };
    const app = express();
    app.use("/api", mount(unclash), onError);
    const url = await serve(app);
    const answer = await fetch(`${url}/api${play(async () => stream.plan())}`);
    stream.fail(new Error("The stream is broken."));
    await expect(answer.text()).rejects.toThrow();
    expect(seen.mock.calls).toEqual([["The stream is broken.", true]]);
  });
});
