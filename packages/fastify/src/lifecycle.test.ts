import { lifecycleSuite } from "@unclash/conformance/adapter";
import { createMemoryStore } from "@unclash/memory";
import Fastify from "fastify";
import { createUnclash } from "unclash";
import { expect, test } from "vitest";
import { z } from "zod";
import { mount } from "./mount.js";

lifecycleSuite({
  test,
  store: () => createMemoryStore(),
  async start(unclash) {
    const app = Fastify();
    app.register(mount(unclash));
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    return { url, shutdown: () => app.close(), cut: () => app.server.close().closeAllConnections() };
  },
});

test("an engine that is mounted in several apps ends with the last of them, and can't be mounted again", async () => {
  const unclash = createUnclash({ store: createMemoryStore(), collections: { notes: { schema: z.looseObject({}) } } });
  const apps = [Fastify(), Fastify()];
  for (const app of apps) {
    app.register(mount(unclash), { prefix: "/a" });
    app.register(mount(unclash), { prefix: "/b" });
    await app.ready();
  }
  await apps[0]?.close();
  expect(unclash.state).toBe("new");
  await apps[1]?.close();
  expect(unclash.state).toBe("closed");
  const late = Fastify();
  late.register(async (inside) => void inside.register(mount(unclash)));
  await expect(async () => late.ready()).rejects.toThrow(
    /^mount\(\) was given an engine that has been drained or closed/,
  );
});
