import { createHook } from "node:async_hooks";
import { expect, test } from "vitest";
import { createCallbackSender } from "./send-callback.js";

test("a name of a client takes no thread of the process while its servers keep silent", async () => {
  const asked: string[] = [];
  const hook = createHook({ init: (_id, type) => void asked.push(type) }).enable();
  const sender = createCallbackSender({ allowPrivateCallbacks: false });
  try {
    const outcome = await sender.send({ url: new URL("https://nothing.invalid/"), headers: {}, body: "{}" });
    expect(outcome).toMatchObject({ kind: "failed", reason: "resolution" });
  } finally {
    hook.disable();
    sender.close();
  }
  expect(asked).toContain("QUERYWRAP");
  expect(asked).not.toContain("GETADDRINFOREQWRAP");
});
