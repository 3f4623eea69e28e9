import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Resolver } from "./checked-lookup.js";
import { type Receiver, respondWith, startReceiver } from "./receiver.test-support.js";
import { type CallbackOutcome, createCallbackSender } from "./send-callback.js";

let identity: { readonly key: string; readonly cert: string };

beforeAll(() => {
  identity = selfSigned("receiver.example");
});

const loopback: Resolver = (_name, _options, done) => done(null, [{ address: "127.0.0.1", family: 4 }]);
const refused = { kind: "failed", reason: "tls" };

describe("an attempt over TLS", () => {
  test("is answered where the certificate is trusted and names the host", async () => {
    const receiver = await startReceiver(respondWith("204 No Content"), identity);
    expect(await sendTo(receiver, { ca: identity.cert })).toMatchObject({ kind: "answered", status: 204 });
    expect(receiver.requests[0]).toContain("POST / HTTP/1.1");
  });

  test("sends nothing where the certificate signs itself", async () => {
    const receiver = await startReceiver(respondWith("204 No Content"), identity);
    expect(await sendTo(receiver)).toMatchObject(refused);
    expect(receiver.requests.join("")).toBe("");
  });

  test("sends nothing where the environment would have any certificate taken", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    onTestFinished(() => void vi.restoreAllMocks());
    const receiver = await startReceiver(respondWith("204 No Content"), identity);
    expect(await sendTo(receiver)).toMatchObject(refused);
    expect(receiver.requests.join("")).toBe("");
  });

  test("sends nothing where the certificate names another host", async () => {
    const receiver = await startReceiver(respondWith("204 No Content"), identity);
    expect(await sendTo(receiver, { ca: identity.cert, host: "other.example" })).toMatchObject(refused);
    expect(receiver.requests.join("")).toBe("");
  });

  test("fails where the receiver speaks no TLS", async () => {
    const receiver = await startReceiver(respondWith("204 No Content"));
    expect(await sendTo(receiver)).toMatchObject(refused);
  });

  test("ends in time where the handshake does not", async () => {
    const receiver = await startReceiver(() => {});
    expect(await sendTo(receiver, { timeoutMs: 100 })).toMatchObject({ kind: "failed", reason: "timeout" });
  });
});

interface Sending {
  readonly ca?: string;
  readonly host?: string;
  readonly timeoutMs?: number;
}

function sendTo({ port }: Receiver, { host = "receiver.example", ...options }: Sending = {}): Promise<CallbackOutcome> {
  const sender = createCallbackSender({ allowPrivateCallbacks: true, lookup: loopback, ...options });
  onTestFinished(() => sender.close());
  return sender.send({ url: new URL(`https://${host}:${port}/`), headers: {}, body: "{}" });
}

function selfSigned(host: string): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), "unclash-certificate-"));
  try {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    execFileSync("openssl", ["req", "-x509", ...curve, ...subject, "-keyout", key, "-out", cert], { stdio: "pipe" });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
