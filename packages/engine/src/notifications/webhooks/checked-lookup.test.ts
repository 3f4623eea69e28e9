import type { LookupAddress } from "node:dns";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Resolver } from "./checked-lookup.js";
import { isPublicAddress } from "./public-address.js";
import { type Receiver, respondWith, startReceiver } from "./receiver.test-support.js";
import { type CallbackOutcome, type CallbackSender, createCallbackSender } from "./send-callback.js";

/** In a block of global unicast that nobody was given, so that no packet gets anywhere. */
const publicAddress: LookupAddress = { address: "2d00::1", family: 6 };
const privateAddress: LookupAddress = { address: "127.0.0.1", family: 4 };

/** A sender as the engine has it, or one with a planted bug. */
type CreateSender = (lookup: Resolver) => Pick<CallbackSender, "send">;

/** What a sender must hold about the addresses of a name; it throws where it is broken. */
type Rule = (create: CreateSender) => Promise<void>;

const rules: Readonly<Record<string, Rule>> = {
  "connects to no address of a name that has a private one": async (create) => {
    for (const addresses of [
      [publicAddress, privateAddress],
      [privateAddress, publicAddress],
      [privateAddress],
      [publicAddress, { address: "::ffff:127.0.0.1", family: 6 }],
    ]) {
      const receiver = await startReceiver(respondWith("204 No Content"));
      expect(await sendTo(receiver, create(resolved(addresses)))).toMatchObject({ kind: "failed", reason: "address" });
      expect(receiver.sockets).toHaveLength(0);
    }
  },

  "connects to the address that it has checked, though the name has another a moment later": async (create) => {
    const receiver = await startReceiver(respondWith("204 No Content"));
    expect(await sendTo(receiver, create(resolved([publicAddress], [privateAddress])))).toMatchObject({
      kind: "failed",
      reason: expect.stringMatching(/^(connection|timeout)$/),
    });
    expect(receiver.sockets).toHaveLength(0);
  },

  "checks the addresses of each attempt anew": async (create) => {
    const receiver = await startReceiver(respondWith("204 No Content"));
    const sender = create(resolved([publicAddress], [privateAddress]));
    await sendTo(receiver, sender);
    expect(await sendTo(receiver, sender)).toMatchObject({ kind: "failed", reason: "address" });
    expect(receiver.sockets).toHaveLength(0);
  },
};

describe("row 59: a sender", () => {
  test.each(Object.entries(rules))("%s", async (_, rule) => {
    await rule((lookup) => createSender({ allowPrivateCallbacks: false, lookup }));
  });

  test.each(["127.0.0.1", "0x7f.1", "2130706433", "0", "[::1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]"])(
    "does not connect to %s",
    async (host) => {
      const receiver = await startReceiver(respondWith("204 No Content"));
      const sender = createSender({ allowPrivateCallbacks: false });
      expect(await sendTo(receiver, sender, host)).toMatchObject({ kind: "failed", reason: "address" });
      expect(receiver.sockets).toHaveLength(0);
    },
  );

  test("connects to a private address where it may", async () => {
    const receiver = await startReceiver(respondWith("204 No Content"));
    const sender = createSender({ allowPrivateCallbacks: true, lookup: resolved([privateAddress]), timeoutMs: 10_000 });
    expect(await sendTo(receiver, sender)).toMatchObject({ kind: "answered", status: 204 });
  });

  test.each<[string, Resolver]>([
    ["is not known", (_name, _options, done) => done(Object.assign(new Error("x"), { code: "ENOTFOUND" }), [])],
    ["has no address", resolved([])],
  ])("says so where a name %s", async (_, lookup) => {
    const sender = createSender({ allowPrivateCallbacks: false, lookup });
    expect(await sendTo({ port: 80 }, sender)).toMatchObject({ kind: "failed", reason: "resolution" });
  });

  test("ends in time where a name is never resolved", async () => {
    const sender = createSender({ allowPrivateCallbacks: false, lookup: () => {} });
    expect(await sendTo({ port: 80 }, sender)).toMatchObject({ kind: "failed", reason: "timeout" });
  });
});

describe("a planted bug is found", () => {
  const planted: Readonly<Record<string, CreateSender>> = {
    "only the first address is checked": (lookup) =>
      createSender({
        allowPrivateCallbacks: true,
        lookup: (name, options, done) =>
          lookup(name, options, (error, addresses) => {
            const isFine = isPublicAddress(addresses[0]?.address ?? "");
            return isFine ? done(error, addresses) : done(new Error("private"), []);
          }),
      }),
    "the name is resolved apart from connecting": (lookup) => {
      const sender = createSender({ allowPrivateCallbacks: true, lookup });
      return {
        send: async (attempt) => {
          const addresses = await new Promise<LookupAddress[]>((resolve) =>
            lookup(attempt.url.hostname, { all: true }, (_, found) => resolve(found)),
          );
          if (addresses.every(({ address }) => isPublicAddress(address))) return sender.send(attempt);
          return { kind: "failed", reason: "address", durationMs: 0 };
        },
      };
    },
    "a name is resolved once, and remembered": (lookup) => {
      let remembered: LookupAddress[] | undefined;
      return createSender({
        allowPrivateCallbacks: false,
        lookup: (name, options, done) =>
          remembered === undefined
            ? lookup(name, options, (error, found) => {
                remembered = found;
                done(error, found);
              })
            : done(null, remembered),
      });
    },
  };

  test.each(Object.entries(planted))("%s", async (_, create) => {
    const outcomes = await Promise.allSettled(Object.values(rules).map((rule) => rule(create)));
    expect(outcomes.map(({ status }) => status)).toContain("rejected");
  });
});

function createSender(options: Parameters<typeof createCallbackSender>[0]): CallbackSender {
  const sender = createCallbackSender({ timeoutMs: 300, ...options });
  onTestFinished(() => sender.close());
  return sender;
}

/** A resolver that gives these addresses: the first row to the first call, the last to all that come after. */
function resolved(...rows: readonly LookupAddress[][]): Resolver {
  let calls = 0;
  return (_name, _options, done) => {
    const row = rows[Math.min(calls, rows.length - 1)] ?? [];
    calls += 1;
    setImmediate(done, null, row);
  };
}

function sendTo(
  { port }: Pick<Receiver, "port">,
  sender: Pick<CallbackSender, "send">,
  host = "receiver.example",
): Promise<CallbackOutcome> {
  return sender.send({ url: new URL(`http://${host}:${port}/`), headers: {}, body: "{}" });
}
