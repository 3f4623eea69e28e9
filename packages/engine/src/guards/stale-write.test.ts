import type { JsonObject } from "@unclash/core/json";
import { expect, test } from "vitest";
import type { StaleWrite } from "../conflicts/strategy.js";
import type { NamedState } from "../preconditions/named-state.js";
import type { LoadedState } from "../states/loaded-state.js";
import { evaluateRequest } from "./evaluate-request.js";
import { exchangeOf } from "./exchange.test-support.js";
import type { GuardOptions } from "./guard-options.js";

interface Asked {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const current: LoadedState = { version: 4, value: { id: "1", title: "B", n: 1, version: 4 } };

async function settled(
  options: GuardOptions<unknown, LoadedState>,
  { method = "PUT", headers, body }: Asked,
  state = current,
) {
  const { exchange, parsedRequest } = exchangeOf(options, `${method} /articles/1`, {
    headers,
    body,
    actor: { name: "alice" },
  });
  const evaluation = await evaluateRequest(exchange, parsedRequest, exchange.select(state));
  return evaluation.kind === "pass" ? (evaluation.settled ?? "not stale") : evaluation.error.answer.status;
}

const last: GuardOptions<unknown, LoadedState> = {
  conflicts: { strategy: "last-write-wins" },
  versionField: "version",
};
const lastOf = { strategy: "last-write-wins" };

const counted: readonly (readonly [what: string, asked: Asked, result: unknown])[] = [
  ["the current state", { headers: { "if-match": '"4"' } }, "not stale"],
  ["an earlier version", { headers: { "if-match": '"3"' } }, lastOf],
  ["an earlier version among others", { headers: { "if-match": '"x", "2"' } }, lastOf],
  ["an earlier version in the content", { headers: {}, body: { version: 2 } }, lastOf],
  ["a later version", { headers: { "if-match": '"5"' } }, 409],
  ["a later version in the content", { headers: {}, body: { version: 5 } }, 409],
  ["a tag that is none of a counter", { headers: { "if-match": '"x"' } }, 409],
  ["a tag of a collection", { headers: { "if-match": '"3-p0aa"' } }, 409],
  ["a version with a zero before it", { headers: { "if-match": '"03"' } }, 409],
  ["a weak tag", { headers: { "if-match": 'W/"3"' } }, 409],
  ["nothing but that there is none", { headers: { "if-none-match": "*" } }, 409],
  ["an earlier version, and that there is none", { headers: { "if-match": '"3"', "if-none-match": "*" } }, 409],
  ["an earlier version, and not the current one", { headers: { "if-match": '"3"', "if-none-match": '"4"' } }, 409],
  ["an earlier version, and not some other one", { headers: { "if-match": '"3"', "if-none-match": '"2"' } }, lastOf],
];

test.each(counted)("last-write-wins, of a counter: a write that names %s", async (_what, asked, result) => {
  expect(await settled(last, asked)).toEqual(result);
});

const unnumbered: readonly (readonly [what: string, state: LoadedState, ifMatch: string])[] = [
  ["a date", { version: new Date(1_700_000_000_000) }, '"1600000000000"'],
  ["a text", { version: "4" }, '"3"'],
  ["an entity-tag of the app's own", { version: 4, etag: '"own"' }, '"3"'],
  ["a row", { version: { title: "B" } }, '"3"'],
];

test.each(unnumbered)("last-write-wins, of %s: only past knows the earlier states", async (_what, state, ifMatch) => {
  const asked = { headers: { "if-match": ifMatch } };
  expect(await settled(last, asked, state)).toBe(409);
  const names: NamedState[] = [];
  const past = (named: NamedState) => {
    names.push(named);
    return named.etag === ifMatch ? { title: "A" } : undefined;
  };
  expect(await settled({ ...last, past }, asked, state)).toEqual(lastOf);
  expect(await settled({ ...last, past }, { headers: { "if-match": '"never"' } }, state)).toBe(409);
  expect(names).toEqual([
    { version: Number(ifMatch.slice(1, -1)), etag: ifMatch },
    { version: undefined, etag: '"never"' },
  ]);
});

const earlier: JsonObject = { id: "1", title: "A", n: 1, version: 3 };

function deciding(settlement: "accept" | "reject", value?: JsonObject) {
  const writes: StaleWrite[] = [];
  const options: GuardOptions<unknown, LoadedState> = {
    versionField: "version",
    conflicts: {
      strategy(write) {
        writes.push(write);
        return settlement === "reject" ? { kind: "reject" } : { kind: "accept", ...(value && { value }) };
      },
    },
    past: ({ version }) => (version === 3 ? earlier : undefined),
    represent: (value) => (typeof value === "object" && value !== null ? { ...value } : undefined),
  };
  return { options, writes };
}

const stale = { "if-match": '"3"' };
const json = "application/json-patch+json";

const proposals: readonly (readonly [what: string, asked: Asked, proposed: JsonObject | null])[] = [
  [
    "the content of a PUT, but for id and version",
    { headers: stale, body: { id: "1", version: 3, title: "C" } },
    { title: "C" },
  ],
  [
    "a merge patch over the earlier state",
    { method: "PATCH", headers: stale, body: { title: "C" } },
    { title: "C", n: 1 },
  ],
  [
    "a JSON Patch over the earlier state",
    { method: "PATCH", headers: { ...stale, "content-type": json }, body: [{ op: "remove", path: "/n" }] },
    { title: "A" },
  ],
  ["nothing of a DELETE", { method: "DELETE", headers: stale }, null],
];

test.each(proposals)(
  "a function is given the fields of both states, and as the proposal %s",
  async (_what, asked, proposed) => {
    const { options, writes } = deciding("accept", { title: "D" });
    expect(await settled(options, asked)).toEqual({ strategy: "function", value: { title: "D" } });
    const { method = "PUT" } = asked;
    const states = { base: { title: "A", n: 1 }, current: { title: "B", n: 1 } };
    expect(writes).toEqual([{ resource: "articles/1", method, ...states, proposed, actor: { name: "alice" } }]);
  },
);

test("a function may accept without a value, or reject; it is not asked of a POST, or where no tag is", async () => {
  expect(await settled(deciding("accept").options, { headers: stale })).toEqual({
    strategy: "function",
  });
  expect(await settled(deciding("reject").options, { headers: stale })).toBe(409);
  const { options, writes } = deciding("accept");
  expect(await settled(options, { headers: { "if-match": '"2"' } })).toBe(409);
  expect(await settled(options, { method: "POST", headers: stale })).toBe(409);
  expect(await settled({ ...options, represent: () => undefined }, { headers: stale })).toBe(409);
  expect(writes).toEqual([]);
});
