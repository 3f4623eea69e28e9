import { createMemoryStore } from "@unclash/memory";
import { expect, test, vi } from "vitest";
import type { GuardIdempotency } from "../idempotency/guard-keeping.js";
import { createGuard } from "../pipeline/guard.js";
import { checkRequest } from "./check.js";

interface Upload {
  readonly boundary: string;
  readonly file: string;
}

/** What a multipart POST meets that a parser has left no fields of, each time with the same key. */
async function upload(fingerprint: GuardIdempotency<Upload>["fingerprint"], ...uploads: readonly Upload[]) {
  const idempotency = { store: createMemoryStore(), ...(fingerprint && { fingerprint }) };
  const guard = createGuard<Upload, never>({
    identify: () => ({ name: "alice" }),
    resource: () => null,
    idempotency,
  });
  const outcomes: string[] = [];
  for (const each of uploads) {
    const native = { ...each };
    const type = `multipart/form-data; boundary=${native.boundary}`;
    const headers = { "content-type": type, "content-length": "100", "idempotency-key": "k" };
    const facts = { method: "POST", base: "", path: "/files", query: "", address: undefined, headers, native };
    const entered = await guard.enter({ ...facts, body: { kind: "parsed", value: {} } });
    if (entered.kind === "answer") outcomes.push(entered.error.answer.outcome);
    else {
      outcomes.push("runs");
      await entered.guardedResponse.run?.settle({ kind: "answer", answer: { status: 201, headers: {}, body: "made" } });
    }
  }
  return outcomes;
}

const a = { boundary: "1", file: "a" };
const sameWithNewBoundary = { boundary: "2", file: "a" };
const b = { boundary: "3", file: "b" };

test.each<[what: string, fingerprint: GuardIdempotency<Upload>["fingerprint"]]>([
  ["a text", ({ file }) => file],
  ["bytes", ({ file }) => Buffer.from(file)],
  ["a list", ({ file }) => [file, "more"]],
  ["a promise", async ({ file }) => file],
])(
  "row 71: a multipart POST is repeated with another boundary, and refused with another file, by %s",
  async (_, given) => {
    expect(await upload(given, a, sameWithNewBoundary, b)).toEqual(["runs", "replayed", "idempotency-key-reused"]);
  },
);

test("row 71: where nothing tells files apart, the process is warned, once", async () => {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  expect(await upload(undefined, a, sameWithNewBoundary, b)).toEqual(["runs", "replayed", "replayed"]);
  expect(warned.mock.calls).toEqual([
    [expect.stringContaining("idempotency.fingerprint"), expect.objectContaining({ code: "UNCLASH_UNPARSED_BODY" })],
  ]);
  warned.mockRestore();
});

test.each([[undefined], [5], [{}], [[1]], [null]])("%j is no fingerprint, and the app's fault", async (given) => {
  const wrong = { code: "ERR_UNCLASH_CALLBACK", callback: "idempotency.fingerprint" };
  await expect(upload(() => JSON.parse(JSON.stringify({ given })).given, a)).rejects.toMatchObject(wrong);
});

test("check takes no idempotency: a repeat must be known before its handler runs", async () => {
  const facts = { method: "PUT", base: "", path: "/a", query: "", headers: {}, address: undefined, native: {} };
  const options: object = { identify: () => undefined, idempotency: { store: createMemoryStore() } };
  const checked = checkRequest({ ...facts, body: { kind: "parsed", value: {} } }, { version: 1 }, options);
  await expect(checked).rejects.toMatchObject({ code: "ERR_UNCLASH_CONFIGURATION", option: "idempotency" });
});
