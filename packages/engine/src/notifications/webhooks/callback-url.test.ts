import { describe, expect, test } from "vitest";
import { callbackUrlLengthMax, checkCallbackUrl } from "./callback-url.js";

const onlyPublic = { allowPrivateCallbacks: false };
const privateToo = { allowPrivateCallbacks: true };

const long = (length: number): string => "https://example.com/".padEnd(length, "x");

describe("a callback URL", () => {
  test.each([
    "https://example.com",
    "https://example.com/hook?x=1",
    "https://example.com./hook",
    "HTTPS://EXAMPLE.COM:443/",
    "https://example.com:1024/",
    "https://example.com:8443/",
    "https://example.com:65535/",
    "https://bücher.example/",
    "https://8.8.8.8/",
    "https://[2606:4700::1]/",
    "https://[::ffff:8.8.8.8]/",
    "https://localhost.example.com/",
    "https://mylocal/",
    "https://notinternal.example/",
    long(callbackUrlLengthMax),
  ])("may be %s", (text) => {
    expect(checkCallbackUrl(text, onlyPublic)).toEqual({ kind: "valid", url: new URL(text) });
  });

  test.each<[unknown, string]>([
    [undefined, "must be text"],
    [null, "must be text"],
    [7, "must be text"],
    [{ href: "https://example.com" }, "must be text"],
    ["", "must be an absolute URL"],
    ["/hook", "must be an absolute URL"],
    ["example.com/hook", "must be an absolute URL"],
    ["https://", "must be an absolute URL"],
    ["https://example.com:65536/", "must be an absolute URL"],
    ["https://1.2.3.256/", "must be an absolute URL"],
    ["https://[::1%25eth0]/", "must be an absolute URL"],
    [" https://example.com", "spaces or control characters"],
    ["https://exa\nmple.com", "spaces or control characters"],
    ["https://example.com/\0", "spaces or control characters"],
    ["https://example.com/#", "must not have a fragment"],
    ["https://example.com/#top", "must not have a fragment"],
    ["https://user:pw@example.com/", "must not hold credentials"],
    ["https://user@example.com/", "must not hold credentials"],
    ["https://:pw@example.com/", "must not hold credentials"],
    [long(callbackUrlLengthMax + 1), "must be at most 2048 characters long"],
    [`https://example.com/${"ü".repeat(1_000)}`, "must be at most 2048 characters long"],
  ])("must not be %j, whatever else is allowed", (text, fault) => {
    for (const options of [onlyPublic, privateToo]) {
      expect(checkCallbackUrl(text, options)).toEqual({ kind: "invalid", detail: expect.stringContaining(fault) });
    }
  });

  test.each(["ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "javascript:alert(1)", "data:,x"])(
    "must not be %s",
    (text) => {
      const begin = (scheme: string) => ({ kind: "invalid", detail: `A callback URL must begin with ${scheme}.` });
      expect(checkCallbackUrl(text, onlyPublic)).toEqual(begin("https:"));
      expect(checkCallbackUrl(text, privateToo)).toEqual(begin("https: or http:"));
    },
  );

  test.each([
    ["http://example.com/", "must begin with https:"],
    ...[22, 25, 80, 1_023].map((port) => [`https://example.com:${port}/`, "must have port 443, or one from 1024 on"]),
    ["https://example.com:6667/", "must have port 443, or one from 1024 on"],
    ...[
      "localhost",
      "LOCALHOST",
      "localhost.",
      "app.localhost",
      "app.localhost.",
      "printer.local",
      "metadata.google.internal",
      "metadata.google.internal.",
      "local",
      "internal",
      "localhost..",
      "example..com",
      "ｌｏｃａｌｈｏｓｔ",
      "127.0.0.1",
      "127.0.0.1.",
      "0177.0.0.1",
      "2130706433",
      "0x7f.1",
      "0x7f000001",
      "127.1",
      "１２７.０.０.１",
      "127。0。0。1",
      "0",
      "0.0.0.0",
      "10.0.0.1",
      "100.64.0.1",
      "169.254.169.254",
      "172.16.0.1",
      "192.0.0.1",
      "192.168.0.1",
      "224.0.0.1",
      "240.0.0.1",
      "255.255.255.255",
      "[::]",
      "[::1]",
      "[::ffff:7f00:1]",
      "[::ffff:127.0.0.1]",
      "[::7f00:1]",
      "[64:ff9b::7f00:1]",
      "[64:ff9b:1::7f00:1]",
      "[2002:7f00:1::]",
      "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
      "[fe80::1]",
      "[fd00::1]",
      "[ff02::1]",
    ].map((host) => [`https://${host}/`, "must not lead into a private network"]),
  ])("may be %s only where private ones are allowed", (text = "", fault) => {
    expect(checkCallbackUrl(text, onlyPublic)).toEqual({
      kind: "invalid",
      detail: expect.stringContaining(fault ?? ""),
    });
    expect(checkCallbackUrl(text, privateToo)).toMatchObject({ kind: "valid" });
  });

  test("must not have a port that Node's fetch refuses", async () => {
    const listed = [
      1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    ];
    const ports = new Set(listed.flatMap((port) => [port - 1, port, port + 1]));
    for (const port of ports) {
      const { kind } = checkCallbackUrl(`https://example.com:${port}/`, onlyPublic);
      expect(kind === "invalid", `${port}`).toBe(await isRefusedByFetch(port));
    }
    expect(ports.size).toBeGreaterThan(40);
  });
});

/** A fetch that comes no further than to its dispatcher: the port is looked at before. */
async function isRefusedByFetch(port: number): Promise<boolean> {
  const dispatcher = { dispatch: () => expect.unreachable() };
  const failure: unknown = await Reflect.apply(fetch, undefined, [
    `https://example.com:${port}/`,
    { dispatcher },
  ]).catch((error: unknown) => error);
  const cause = failure instanceof Error ? failure.cause : undefined;
  return cause instanceof Error && cause.message === "bad port";
}
