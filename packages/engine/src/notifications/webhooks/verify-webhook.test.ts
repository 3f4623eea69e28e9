import { createHmac } from "node:crypto";
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { recentIds } from "./recent-ids.js";
import { createSecret } from "./secret.js";
import { signedHeaders } from "./sign-callback.js";
import { type ReceivedWebhook, verifyWebhook } from "./verify-webhook.js";

const nowMs = Date.UTC(2026, 10, 22, 10, 0, 0, 999);
const secret = createSecret();
const body = '{ "type": "unclash.resource.changed", "subject": "articles/ü" }';
const sent = signedHeaders({ id: "evt_1", at: nowMs, body, secrets: [secret] });
const signature = sent["webhook-signature"];

function verify(changed: Readonly<Record<string, unknown>> = {}): boolean {
  const webhook: ReceivedWebhook = Object.assign({ secret, headers: { ...sent }, body, nowMs }, changed);
  return verifyWebhook(webhook);
}

const headers = (changed: Readonly<Record<string, unknown>>) => ({ headers: { ...sent, ...changed } });
const signedAt = (seconds: number, id = "evt_1") => ({
  headers: signedHeaders({ id, at: nowMs + seconds * 1_000, body, secrets: [secret] }),
});

const warnings: string[] = [];

beforeEach(() => {
  warnings.length = 0;
  vi.spyOn(process, "emitWarning").mockImplementation((text) => void warnings.push(String(text)));
  return () => vi.restoreAllMocks();
});

describe("a webhook is verified", () => {
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["as it was sent", {}],
    ["with its body in bytes", { body: new TextEncoder().encode(body) }],
    ["with its body in a Buffer", { body: Buffer.from(body) }],
    ["with headers of Fetch", { headers: new Headers({ ...sent }) }],
    ["with headers in another case", { headers: withCapitals(sent) }],
    ["with other headers beside", headers({ host: "example.com", cookie: undefined, "set-cookie": ["a", "b"] })],
    ["300 s after it was sent", signedAt(-300)],
    ["300 s before it was sent, by a clock that is behind", signedAt(300)],
    ["1 s after it was sent, where 1 s is allowed", { ...signedAt(-1), toleranceSeconds: 1 }],
    ["by either of two secrets", { secret: [createSecret(), secret] }],
    ["by the second of two signatures", headers({ "webhook-signature": `${other()} ${signature}` })],
    ["among signatures of unknown versions", headers({ "webhook-signature": `v1a,x v2 ${signature} v9,` })],
    ["by the eighth signature", headers({ "webhook-signature": `${`${other()} `.repeat(7)}${signature}` })],
    ["where its id is new", { isNew: () => true }],
  ])("%s", (_, changed) => {
    expect(verify(changed)).toBe(true);
    expect(warnings).toEqual([]);
  });

  test("by the clock of the process, unless a time is given", () => {
    const at = Date.now();
    const webhook = { secret, body, headers: signedHeaders({ id: "evt_1", at, body, secrets: [secret] }) };
    expect(verifyWebhook(webhook)).toBe(true);
    expect(verifyWebhook({ ...webhook, nowMs: at + 400_000 })).toBe(false);
    expect(verifyWebhook({ ...webhook, headers: new Headers(webhook.headers) })).toBe(true);
  });

  test("whatever bytes it is made of, in UTF-8 or not", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.uuid(), (text, id) => {
        const content = text.toWellFormed();
        const signed = signedHeaders({ id, at: nowMs, body: content, secrets: [createSecret(), secret] });
        expect(verify({ body: content, headers: signed })).toBe(true);
        expect(verify({ body: Buffer.from(content), headers: signed })).toBe(true);
        expect(verify({ body: `${content} `, headers: signed })).toBe(false);
      }),
    );
  });
});

describe("row 63: a webhook is refused", () => {
  const repeated = recentIds();

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["301 s after it was sent", signedAt(-301)],
    ["301 s before it was sent", signedAt(301)],
    ["signed by another secret", { secret: createSecret() }],
    ["with its body serialized anew", { body: JSON.stringify(JSON.parse(body)) }],
    ["with another body", { body: body.replace("ü", "u") }],
    ["with a body that decodes to the same text", { body: Buffer.from(body, "latin1") }],
    ["with another id", headers({ "webhook-id": "evt_2" })],
    ["with another time", headers({ "webhook-timestamp": String(Number(sent["webhook-timestamp"]) + 1) })],
    ["with a time that has a zero in front", headers({ "webhook-timestamp": `0${sent["webhook-timestamp"]}` })],
    ["with a time and more", headers({ "webhook-timestamp": `${sent["webhook-timestamp"]}abc` })],
    ["with a time that is none", headers({ "webhook-timestamp": "NaN" })],
    ["with a time of any length", headers({ "webhook-timestamp": "9".repeat(10_000) })],
    ["with a signature that is shorter", headers({ "webhook-signature": signature.slice(0, -1) })],
    ["with a signature that is longer", headers({ "webhook-signature": `${signature}=` })],
    ["with an empty signature", headers({ "webhook-signature": "v1," })],
    ["with another version", headers({ "webhook-signature": signature.replace("v1", "v2") })],
    ["with 1,000 empty signatures", headers({ "webhook-signature": "v1, ".repeat(1_000) })],
    ["with its signature after 1,000 others", headers({ "webhook-signature": `${"v1,x ".repeat(1_000)}${signature}` })],
    ["with its signature as the ninth", headers({ "webhook-signature": `${`${other()} `.repeat(8)}${signature}` })],
    ["with a signature that is no ASCII", headers({ "webhook-signature": `v1,${"ü".repeat(44)}` })],
    ...["webhook-id", "webhook-timestamp", "webhook-signature"].flatMap((name) =>
      [
        ["is missing", undefined],
        ["is empty", ""],
        ["is there twice", `${Reflect.get(sent, name)}, ${Reflect.get(sent, name)}`],
        ["is there twice, in a list", [Reflect.get(sent, name), Reflect.get(sent, name)]],
      ].map(([how, value]): [string, Readonly<Record<string, unknown>>] => [
        `where ${name} ${how}`,
        headers({ [name]: value }),
      ]),
    ),
    ["where a header is there in two cases", headers({ "Webhook-Id": "evt_1" })],
    ["of Fetch without headers", { headers: new Headers() }],
    ["with an id that holds a dot", signedByHand("evt.1")],
    ["with an id that holds a space", signedByHand("evt 1")],
    ["with an id of 256 characters", signedByHand("e".repeat(256))],
    ["whose id is not new", { isNew: () => false }],
  ])("%s", (_, changed) => {
    expect(verify(changed)).toBe(false);
    expect(warnings).toEqual([]);
  });

  test("the second time, where ids are remembered", () => {
    expect(verify({ isNew: repeated })).toBe(true);
    expect(verify({ isNew: repeated })).toBe(false);
    expect(verify({ ...signedAt(1), isNew: repeated })).toBe(false);
    expect(verify({ ...signedAt(0, "evt_2"), isNew: repeated })).toBe(true);
  });

  test("without remembering its id, where it was forged", () => {
    const isNew = recentIds();
    expect(verify({ ...headers({ "webhook-signature": other() }), isNew })).toBe(false);
    expect(verify({ isNew })).toBe(true);
  });

  test("whatever its headers and its body are", () => {
    const value = fc.oneof(fc.string(), fc.constant(undefined), fc.array(fc.string()), fc.constant(signature));
    const names = fc.constantFrom(...Object.keys(sent));
    fc.assert(
      fc.property(fc.dictionary(names, value), fc.anything(), (changed, content) => {
        expect(verify({ ...headers({ "webhook-id": "x", ...changed }), body: content })).toBe(false);
      }),
    );
  });
});

describe("a mistake of the app", () => {
  const short = `whsec_${Buffer.alloc(23).toString("base64")}`;

  test.each<[unknown, string]>([
    [undefined, "must be whsec_ and the base64 of 24 to 64 bytes"],
    ["", "must be whsec_ and the base64 of 24 to 64 bytes"],
    [short, "must be whsec_ and the base64 of 24 to 64 bytes"],
    [["secret of 24 characters."], "must be whsec_ and the base64 of 24 to 64 bytes"],
    [[], "must not be empty"],
  ])("is told once by a warning, where the secret is %j", async (given, fault) => {
    vi.resetModules();
    const fresh = await import("./verify-webhook.js");
    const webhook: ReceivedWebhook = Object.assign({ secret, headers: { ...sent }, body, nowMs }, { secret: given });
    expect([fresh.verifyWebhook(webhook), fresh.verifyWebhook(webhook)]).toEqual([false, false]);
    expect(warnings).toEqual([`The secret that verifyWebhook() was given ${fault}.`]);
  });

  test.each([[undefined], [{ type: "x" }], [null]])("is told by a warning where the body is %j", async (given) => {
    vi.resetModules();
    const fresh = await import("./verify-webhook.js");
    const webhook: ReceivedWebhook = Object.assign({ secret, headers: { ...sent }, body, nowMs }, { body: given });
    expect([fresh.verifyWebhook(webhook), fresh.verifyWebhook(webhook)]).toEqual([false, false]);
    expect(warnings).toEqual([expect.stringContaining("must be text or bytes, as they came in")]);
  });

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ["an unknown option", { tolerance: 5 }, "verifyWebhook.tolerance"],
    ["a negative tolerance", { toleranceSeconds: -1 }, "verifyWebhook.toleranceSeconds"],
    ["a tolerance without an end", { toleranceSeconds: Number.POSITIVE_INFINITY }, "verifyWebhook.toleranceSeconds"],
    ["a time that is none", { nowMs: Number.NaN }, "verifyWebhook.nowMs"],
    ["headers that are none", { headers: "webhook-id: 1" }, "verifyWebhook.headers"],
    ["no headers", { headers: undefined }, "verifyWebhook.headers"],
    ["no function", { isNew: new Set() }, "verifyWebhook.isNew"],
    ["a function that promises", { isNew: async () => true }, "isNew must return true or false"],
    ["a function that returns nothing", { isNew: () => undefined }, "isNew must return true or false"],
  ])("is thrown where it gives %s", (_, changed, text) => {
    expect(() => verify(changed)).toThrow(text);
  });
});

/** A signature of something else. */
function other(): string {
  return signedHeaders({ id: "evt_0", at: nowMs, body, secrets: [secret] })["webhook-signature"];
}

/** Signed as a sender would that keeps to no rule about ids. */
function signedByHand(id: string): Readonly<Record<string, unknown>> {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const timestamp = sent["webhook-timestamp"];
  const digest = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return headers({ "webhook-id": id, "webhook-signature": `v1,${digest}` });
}

function withCapitals(from: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name.toUpperCase(), value]));
}
