import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { type Asked, ask, bodyOf } from "../ask.test-support.js";
import { ContentBudget } from "../http/content-room.js";
import type { UnclashOptions } from "../options.js";
import { createUnclash, type Unclash } from "../unclash.js";

const note = { schema: z.looseObject({}), preconditions: { required: false } } as const;
const collections = { notes: note, drafts: { ...note, conflicts: { strategy: "last-write-wins" } } } as const;

/** An engine that learns of its commits that were applied only at `open`, once `shut` was called. */
function setUp(options: Partial<UnclashOptions> = {}) {
  const memory = createMemoryStore();
  let commits = 0;
  let opened: Promise<void> | undefined;
  let open = (): void => {};
  const store: Store = {
    ...memory,
    async commit(commit) {
      commits += 1;
      const result = await memory.commit(commit);
      if (result.kind === "committed") await opened;
      return result;
    },
  };
  const unclash = createUnclash({ store, collections, ...options });
  return {
    unclash,
    commits: () => commits,
    shut() {
      opened = new Promise((resolve) => {
        open = () => {
          opened = undefined;
          resolve();
        };
      });
    },
    open: () => open(),
    put: (path: string, json: object, headers: Asked["headers"] = {}) => ask(unclash, `PUT ${path}`, { json, headers }),
  };
}

/** Lets all go on that waits for nothing but its next turn. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function versionOf(unclash: Unclash, path: string): Promise<unknown> {
  return bodyOf(await ask(unclash, `GET ${path}`))["version"];
}

test("of 40 stale writers at once, under last-write-wins, all are applied, by two commits each at most", async () => {
  const { unclash, put, commits } = setUp();
  const { headers } = await put("/drafts/1", { n: -2 });
  await put("/drafts/1", { n: -1 });
  const before = commits();
  const stale = { "if-match": headers["etag"] ?? "" };
  const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => put("/drafts/1", { n }, stale)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from(answers, () => 200));
  expect(await versionOf(unclash, "/drafts/1")).toBe(42);
  expect(commits() - before).toBeLessThan(2 * 40);
});

test("writers whose state is gone learn that while others wait for their turn", async () => {
  const { put, shut, open } = setUp();
  const { headers } = await put("/notes/1", { n: -1 });
  shut();
  const first = put("/notes/1", { n: 0 });
  const waiting = Array.from({ length: 5 }, (_, n) => put("/notes/1", { n: n + 1 }));
  await settle();
  const stale = { "if-match": headers["etag"] ?? "" };
  expect(await put("/notes/1", { n: 9 }, stale)).toMatchObject({ status: 409 });
  open();
  for (const { status } of await Promise.all([first, ...waiting])) expect(status).toBe(200);
});

test("a write that comes while others wait goes behind them, and one of another resource does not", async () => {
  const { unclash, put, shut, open, commits } = setUp();
  await put("/notes/1", { n: -1 });
  const order: number[] = [];
  const write = (n: number) => put("/notes/1", { n }).then(() => order.push(n));
  shut();
  const all = [write(0), write(1), write(2)];
  await settle();
  // One has won, one has its turn, and one waits.
  const lost = commits();
  all.push(write(3), write(4));
  await settle();
  expect(commits()).toBe(lost);
  const other = put("/notes/2", { n: 0 });
  await settle();
  expect(commits()).toBe(lost + 1);
  open();
  expect(await other).toMatchObject({ status: 201 });
  await Promise.all(all);
  expect(order).toEqual([0, 1, 2, 3, 4]);
  expect(await versionOf(unclash, "/notes/1")).toBe(6);
});

test("what is tried out, and what has a key, waits for nobody at its first try", async () => {
  const { put, shut, open, commits } = setUp();
  const anonymous = "a-key-of-sixteen-letters";
  await put("/notes/1", { n: -1 }, { "idempotency-key": anonymous });
  shut();
  const all = [put("/notes/1", { n: 0 }), put("/notes/1", { n: 1 })];
  await settle();
  const before = commits();
  const replayed = await put("/notes/1", { n: -1 }, { "idempotency-key": anonymous });
  expect(replayed.headers["idempotency-replayed"]).toBe("true");
  expect(await put("/notes/1", { n: 9 }, { prefer: "dry-run" })).toMatchObject({ outcome: "dry-run" });
  expect(commits()).toBe(before);
  open();
  await Promise.all(all);
});

test("a writer whose client goes while it waits writes nothing", async () => {
  const { unclash, put, shut, open } = setUp();
  await put("/notes/1", { n: -1 });
  const client = new AbortController();
  const facts = { method: "PUT", base: "", path: "/notes/1", query: "", address: undefined, native: undefined };
  const body = { kind: "parsed", value: { n: "gone" } } as const;
  const headers = { "content-type": "application/json" };
  shut();
  const others = [put("/notes/1", { n: 0 }), put("/notes/1", { n: 1 }), put("/notes/1", { n: 2 })];
  await settle();
  const gone = unclash.handle({ ...facts, headers, body, disconnected: () => client.signal });
  await settle();
  client.abort();
  expect(await gone).toMatchObject({ status: 503 });
  open();
  await Promise.all(others);
  expect(await versionOf(unclash, "/notes/1")).toBe(4);
});

test("no more writers wait for one resource than is set, and the next one is told so at once", async () => {
  const { put, shut, open } = setUp({ requestLimits: { contendedWritersMax: 2 } });
  await put("/notes/1", { n: -1 });
  shut();
  // One has won, one has its turn, and two wait.
  const others = Array.from({ length: 4 }, (_, n) => put("/notes/1", { n }));
  await settle();
  const refused = await put("/notes/1", { n: 9 });
  expect(refused).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
  expect(bodyOf(refused)).toMatchObject({ outcome: "not-applied", detail: expect.stringContaining("waiting") });
  open();
  for (const { status } of await Promise.all(others)) expect(status).toBe(200);
});

/** What comes of as many writers of one resource as would fill the process, and of one of another resource. */
async function crowd(
  put: ReturnType<typeof setUp>["put"],
  { shut, open }: Pick<ReturnType<typeof setUp>, "shut" | "open">,
) {
  await put("/notes/1", { n: -1 });
  shut();
  const crowding = Array.from({ length: 10 }, (_, n) => put("/notes/1", { n, text: "x".repeat(700) }));
  await settle();
  const other = put("/notes/2", { text: "x".repeat(700) });
  await settle();
  open();
  const statuses = (await Promise.all(crowding)).map(({ status }) => status);
  return { other: (await other).status, statuses };
}

/** Six of the contents above fill the process. */
const narrow = { requestLimits: { bodyBytesMax: 800, bodyBytesInFlightMax: 4_800 } };

test("writers that wait for one resource hold half of all content, and keep no writer of another out", async () => {
  const { put, ...store } = setUp(narrow);
  const { other, statuses } = await crowd(put, store);
  expect(other).toBe(201);
  // Six found room. One of them won, one had its turn, and three waited; all others were told at once.
  expect(statuses.filter((status) => status === 200)).toHaveLength(5);
  expect(statuses.filter((status) => status === 503)).toHaveLength(5);
  expect((await put("/notes/1", { text: "x".repeat(700) })).status).toBe(200);
});

test("it is found out where what waits may fill the process", async () => {
  const planted = vi.spyOn(ContentBudget.prototype, "beginWait").mockReturnValue(true);
  onTestFinished(() => planted.mockRestore());
  const { put, ...store } = setUp(narrow);
  expect((await crowd(put, store)).other).toBe(503);
});

test.each<[who: string, status: number, authorize: NonNullable<UnclashOptions["authorize"]>]>([
  ["is hidden from", 404, (_action, _key, actor) => (actor === undefined ? "allow" : "hide")],
  ["its state closes to", 403, (_a, _k, actor, { current }) => (!actor || current?.["n"] === 9 ? "allow" : "deny")],
])("what %s a caller tells it nothing of those who wait", async (_who, status, authorize) => {
  const identify: NonNullable<UnclashOptions["identify"]> = ({ headers }) =>
    headers["x-bob"] === undefined ? null : { name: "bob" };
  const { unclash, put, shut, open } = setUp({ authorize, identify });
  await put("/notes/1", { n: -1 });
  shut();
  const others = Array.from({ length: 3 }, (_, n) => put("/notes/1", { n }));
  await settle();
  // It does not wait: the others still do.
  expect(await ask(unclash, "DELETE /notes/1", { headers: { "x-bob": "1" } })).toMatchObject({ status });
  open();
  for (const other of await Promise.all(others)) expect(other.status).toBe(200);
});

test("observers learn that nobody got the response of a writer whose client went while it waited", async () => {
  const decided: string[] = [];
  const { unclash, put, shut, open } = setUp({
    observe: (decision) => decision.kind === "request" && void decided.push(`${decision.status} ${decision.outcome}`),
  });
  await put("/notes/1", { n: -1 });
  shut();
  const others = Array.from({ length: 3 }, (_, n) => put("/notes/1", { n }));
  await settle();
  const client = new AbortController();
  const gone = ask(unclash, "PUT /notes/1", { json: { n: 9 }, disconnected: () => client.signal });
  await settle();
  client.abort();
  await gone;
  expect(decided.at(-1)).toBe("499 unanswered");
  open();
  await Promise.all(others);
});
