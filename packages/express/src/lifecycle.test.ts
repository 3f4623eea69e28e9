import { lifecycleSuite } from "@unclash/conformance/adapter";
import { createMemoryStore } from "@unclash/memory";
import { createShutdown } from "unclash/adapter";
import { describe, expect, test } from "vitest";
import { mount } from "./mount.js";
import { versions } from "./versions.test-support.js";

describe.each(versions)("%s", (_name, express) => {
  lifecycleSuite({
    test,
    store: () => createMemoryStore(),
    async start(unclash) {
      const app = express();
      app.use(mount(unclash));
      const server = app.listen(0, "127.0.0.1");
      const shutdown = createShutdown(server, unclash);
      await new Promise((resolve) => server.once("listening", resolve));
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      return { url: `http://127.0.0.1:${port}`, shutdown, cut: () => server.close().closeAllConnections() };
    },
  });

  test("an app is no server: what its listen() returns is one", () => {
    const call = () => Reflect.apply(createShutdown, undefined, [express(), {}]);
    expect(call).toThrow("must be given a server of Node's first, and was given the function app: an app is none");
  });
});
