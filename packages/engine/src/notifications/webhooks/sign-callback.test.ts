import { Webhook } from "standardwebhooks";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { vectors, vectorsFolder } from "../../../../core/src/vectors.test-support.js";
import { createSecret, secretFault } from "./secret.js";
import { signedHeaders } from "./sign-callback.js";

const at = Date.UTC(2026, 10, 22, 10, 0, 0, 999);

describe("a signed callback", () => {
  test("is signed by each secret, and the library's own receivers take it", () => {
    vi.useFakeTimers({ now: at, toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const secrets = [createSecret(), createSecret()];
    const body = '{"type":"unclash.resource.changed","subject":"articles/ü"}';
    const headers = signedHeaders({ id: "evt_1", at, body, secrets });
    expect(headers["webhook-timestamp"]).toBe(String(Date.UTC(2026, 10, 22, 10) / 1_000));
    expect(headers["webhook-signature"]).toMatch(/^v1,\S{44} v1,\S{44}$/);
    for (const secret of secrets) expect(new Webhook(secret).verify(body, { ...headers })).toEqual(JSON.parse(body));
    expect(() => new Webhook(createSecret()).verify(body, { ...headers })).toThrow();
  });

  test.each(["", "a.b", "."])("has no id %j", (id) => {
    expect(() => signedHeaders({ id, at, body: "", secrets: [createSecret()] })).toThrow(TypeError);
  });

  test("is none without a secret", () => {
    expect(() => signedHeaders({ id: "evt_1", at, body: "", secrets: [] })).toThrow(TypeError);
  });
});

describe("a secret", () => {
  test("is made of 32 random bytes", () => {
    const made = Array.from({ length: 100 }, createSecret);
    expect(new Set(made).size).toBe(100);
    for (const secret of made) {
      expect(secretFault(secret)).toBeUndefined();
      expect(Buffer.from(secret.slice("whsec_".length), "base64")).toHaveLength(32);
    }
  });

  const ofBytes = (length: number): string => `whsec_${Buffer.alloc(length, 1).toString("base64")}`;

  test.each([24, 25, 26, 27, 63, 64])("may have %i bytes", (length) => {
    expect(secretFault(ofBytes(length))).toBeUndefined();
  });

  test.each([
    undefined,
    7,
    "",
    "whsec_",
    ofBytes(23),
    ofBytes(65),
    ofBytes(32).slice("whsec_".length),
    ofBytes(32).toUpperCase(),
    ofBytes(32).replace("=", ""),
    `${ofBytes(32)}=`,
    ` ${ofBytes(32)}`,
    `${ofBytes(32)}\n`,
    `whsec_${Buffer.alloc(32, 0xff).toString("base64url")}`,
    `whsec_${"!".repeat(44)}`,
  ])("must not be %j", (secret) => {
    expect(secretFault(secret)).toBe("must be whsec_ and the base64 of 24 to 64 bytes");
  });
});

describe.skipIf(vectorsFolder === undefined)("public test vectors", () => {
  test("signatures are those of the libraries of Standard Webhooks", () => {
    const row = z.object({
      secret: z.string(),
      id: z.string(),
      timestamp: z.number(),
      payload: z.string(),
      signature: z.string(),
    });
    const { cases } = z.object({ cases: z.array(row) }).parse(vectors("webhooks/sign.json"));
    for (const { secret, id, timestamp, payload, signature } of cases) {
      const headers = signedHeaders({ id, at: timestamp * 1_000, body: payload, secrets: [secret] });
      expect(headers).toEqual({
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": signature,
      });
    }
    expect(cases.length).toBeGreaterThanOrEqual(2);
  });
});
