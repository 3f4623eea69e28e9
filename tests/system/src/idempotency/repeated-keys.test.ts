// These tests run built samples: `pnpm build` comes first. Row 65 of hostile input, on the app's own table behind a
// guard.
import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { member } from "../black-box/answer.js";
import { type SampleName, type ShopProcess, sampleNames, startShop } from "../black-box/shop-process.js";
import { tokens } from "./keyed-request.js";

interface Answer {
  readonly status: number;
  readonly content: unknown;
  readonly replayed: boolean;
}

const shops = new Map<string, ShopProcess>();

beforeAll(async () => {
  const start = async (sample: SampleName): Promise<unknown> =>
    shops.set(sample, await startShop({ sample, store: "memory:", variables: { UNCLASH_TOKENS: tokens } }));
  await Promise.all(sampleNames.map(start));
}, 150_000);

afterAll(() => Promise.all([...shops.values()].map((shop) => shop.stop())));

describe.each(sampleNames)("row 65 on customers of %s:", (sample) => {
  const url = (path: string): string => `${shops.get(sample)?.origin}${path}`;

  function send(
    method: string,
    path: string,
    keys: string | readonly string[],
    { name, headers = {} }: { readonly name: string; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Answer> {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    return new Promise((resolve, reject) => {
      const outgoing = request(url(path), {
        method,
        // Several lines of one header, as an array: `fetch` would join them.
        headers: { "content-type": type, "idempotency-key": typeof keys === "string" ? keys : [...keys], ...headers },
      });
      outgoing.on("error", reject).on("response", async (incoming) => {
        const chunks: Buffer[] = [];
        for await (const chunk of incoming) chunks.push(chunk);
        const body = Buffer.concat(chunks).toString();
        const replayed = incoming.headers["idempotency-replayed"] === "true";
        resolve({ status: incoming.statusCode ?? 0, content: body === "" ? undefined : JSON.parse(body), replayed });
      });
      // Node frames no content of a DELETE by itself.
      outgoing.end(method === "DELETE" ? undefined : JSON.stringify({ name, email: `${name}@shop.example` }));
    });
  }

  async function names(): Promise<readonly unknown[]> {
    const list = member(await (await fetch(url("/customers?limit=100"))).json(), "items");
    return Array.isArray(list) ? list.map((item) => member(item, "name")) : [];
  }

  const someTag = { "if-match": '"1-AAAAAAAAAAAAAAAA"' };
  const requests = [
    ["POST", "/customers", {}],
    ["PUT", "/customers/1", someTag],
    ["PATCH", "/customers/1", someTag],
    ["DELETE", "/customers/1", someTag],
  ] as const;
  const keys = [
    ["two keys in two lines", ["key-number-one-of-two", "key-number-two-of-two"]],
    ["two keys in one line", '"key-number-one-of-two", "key-number-two-of-two"'],
    ["a key of 300 bytes", "k".repeat(300)],
  ] as const;
  it.each(requests.flatMap((request) => keys.map((key) => [...request, ...key] as const)))(
    "%s %s (%j) with %s is 400, and nothing changes",
    async (method, path, headers, _, key) => {
      const before = await names();
      const answer = await send(method, path, key, { name: "never", headers });
      expect(answer).toMatchObject({ status: 400, replayed: false });
      expect(answer.content).toMatchObject({
        errors: [{ header: "Idempotency-Key", code: "malformed-idempotency-key" }],
      });
      expect(await names()).toEqual(before);
    },
  );

  it("another caller's key is another key, and tells nothing of theirs", async () => {
    const key = randomUUID();
    const callers = [{ authorization: "Bearer alice-token" }, { authorization: "Bearer bob-token" }, {}];
    const made: unknown[] = [];
    for (const [index, headers] of callers.entries()) {
      const name = `caller-${index}`;
      const answer = await send("POST", "/customers", key, { name, headers });
      expect(answer).toMatchObject({ status: 201, replayed: false, content: { name } });
      made.push(answer.content);
    }
    for (const [index, headers] of callers.entries()) {
      const answer = await send("POST", "/customers", key, { name: `caller-${index}`, headers });
      expect(answer).toMatchObject({ status: 201, replayed: true, content: made[index] });
      // What another has sent with the key is not what I have sent with it.
      const others = await send("POST", "/customers", key, { name: `caller-${(index + 1) % 3}`, headers });
      expect(others).toMatchObject({ status: 422, replayed: false });
      expect(JSON.stringify(others.content)).not.toContain("caller-");
    }
    expect((await names()).filter((name) => String(name).startsWith("caller-"))).toHaveLength(3);
  });
});
