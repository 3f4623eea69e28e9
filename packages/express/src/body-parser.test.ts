import { createServer } from "node:http";
import { listen } from "@unclash/conformance/adapter";
import { createMemoryStore } from "@unclash/memory";
import type { Request } from "express";
import { expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { versions } from "./versions.test-support.js";

const schema = z.looseObject({});

test("what a body parser before the mount has parsed is taken, and the process is warned of it once", async () => {
  // Other files share this process, and may have had it warned: these modules know nothing of that.
  vi.resetModules();
  const { createUnclash } = await import("unclash");
  const { mount } = await import("./mount.js");
  const warnings: (string | undefined)[] = [];
  const onWarning = (warning: Error & { readonly code?: string }): void => void warnings.push(warning.code);
  process.on("warning", onWarning);
  onTestFinished(() => void process.off("warning", onWarning));
  for (const [, express] of versions) {
    const app = express();
    app.use(express.json());
    const notes = { schema, preconditions: { required: false } } as const;
    app.use(mount(createUnclash<Request>({ store: createMemoryStore(), collections: { notes } })));
    const { url, close } = await listen(createServer(app));
    const put = (body: string, type = "application/json"): Promise<Response> =>
      fetch(`${url}/notes/1`, { method: "PUT", headers: { "content-type": type }, body });

    expect(await (await put('{"a":1}')).json()).toEqual({ id: "1", version: 1, a: 1 });
    // The parser has read to the end, found nothing, and left an empty object.
    expect(await (await put("")).json()).toMatchObject({ status: 400, errors: [{ code: "malformed-json" }] });
    // The parser does not know this type, and leaves the body to unclash.
    const patched = await fetch(`${url}/notes/1`, {
      method: "PATCH",
      headers: { "content-type": "application/merge-patch+json" },
      body: '{"a":null,"b":2}',
    });
    expect(await patched.json()).toEqual({ id: "1", version: 2, b: 2 });
    await close();
  }
  expect(warnings.filter((code) => code?.startsWith("UNCLASH_"))).toEqual(["UNCLASH_PARSED_BODY"]);
});
