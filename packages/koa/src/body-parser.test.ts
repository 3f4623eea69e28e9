import { createServer } from "node:http";
import { listen } from "@unclash/conformance/adapter";
import { createMemoryStore } from "@unclash/memory";
import Koa, { type Context } from "koa";
import { expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { parseBodies } from "./body-parser.test-support.js";

test("what a body parser before the mount has parsed is taken, and the process is warned of it once", async () => {
  // Other files share this process, and may have had it warned: these modules know nothing of that.
  vi.resetModules();
  const { createUnclash } = await import("unclash");
  const { mount } = await import("./mount.js");
  const warnings: (string | undefined)[] = [];
  const onWarning = (warning: Error & { readonly code?: string }): void => void warnings.push(warning.code);
  process.on("warning", onWarning);
  onTestFinished(() => void process.off("warning", onWarning));
  const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;
  const app = new Koa();
  app.use(parseBodies);
  app.use(mount(createUnclash<Context>({ store: createMemoryStore(), collections: { notes } })));
  const handle = app.callback();
  const { url, close } = await listen(createServer((request, response) => void handle(request, response)));
  const put = (body: string): Promise<Response> =>
    fetch(`${url}/notes/1`, { method: "PUT", headers: { "content-type": "application/json" }, body });

  expect(await (await put('{"a":1}')).json()).toEqual({ id: "1", version: 1, a: 1 });
  expect(await (await put('{"a":2}')).json()).toEqual({ id: "1", version: 2, a: 2 });
  // The parser has read to the end, found nothing, and left an empty object.
  expect(await (await put("")).json()).toMatchObject({ status: 400, errors: [{ code: "malformed-json" }] });

  await close();
  expect(warnings.filter((code) => code?.startsWith("UNCLASH_"))).toEqual(["UNCLASH_PARSED_BODY"]);
});
