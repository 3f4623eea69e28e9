import { describe, expect, it } from "vitest";
import { check } from "./checker.js";
import type { History, Operation, Outcome, State, ViolationKind } from "./history.js";

const resource = "articles/1";

function operation(
  number: number,
  [startedAtMs, endedAtMs]: readonly [number, number],
  method: Operation["method"],
  outcome: Outcome,
  rest: Partial<Operation> = {},
): Operation {
  const isWrite = method !== "GET" && method !== "DELETE" && rest.unchanged === undefined;
  const written = isWrite ? { marker: `${number}`, sent: { title: `${number}` } } : {};
  return { number, client: number % 3, startedAtMs, endedAtMs, method, resource, outcome, ...written, ...rest };
}

function body(version: number, title: number): string {
  return JSON.stringify({ id: "1", version, title: `${title}` });
}

function answered(status: number, version: number, etag: string, title: number): Outcome {
  return { kind: "answered", status, version, etag, body: body(version, title) };
}

function state(version: number, etag: string, title: number): State {
  return { version, etag, deleted: false, body: body(version, title), marker: `${title}`, modifiedAtMs: version * 10 };
}

/** One of each: made, read, replaced, refused, changed without an answer, deleted, made again, left as it was. */
const operations: readonly Operation[] = [
  operation(1, [0, 10], "POST", answered(201, 1, "A", 1)),
  operation(2, [11, 12], "GET", answered(200, 1, "A", 1)),
  operation(3, [13, 20], "PUT", answered(200, 2, "B", 3), { base: { etag: "A" } }),
  operation(4, [14, 25], "PATCH", { kind: "answered", status: 409, version: 2, etag: "B" }, { base: { etag: "A" } }),
  operation(5, [26, 100], "PATCH", { kind: "unknown", why: "cut" }, { base: { version: 2 } }),
  operation(6, [30, 40], "GET", answered(200, 3, "C", 5)),
  operation(7, [41, 50], "DELETE", { kind: "answered", status: 204 }, { base: { etag: "C" } }),
  operation(8, [51, 52], "GET", { kind: "answered", status: 410, version: 4 }),
  operation(9, [53, 60], "PUT", answered(201, 5, "E", 9)),
  operation(10, [61, 70], "PUT", answered(200, 5, "E", 9), { base: { etag: "E" }, unchanged: true }),
  operation(11, [62, 63], "PUT", { kind: "answered", status: 409, version: 5, etag: "E" }, { base: { version: 1 } }),
  operation(12, [64, 65], "PUT", { kind: "not-sent" }, { base: { etag: "E" } }),
  operation(13, [66, 67], "DELETE", { kind: "unknown", why: "cut" }, { base: { etag: "E" } }),
];

const tombstone: State = { version: 4, deleted: true, modifiedAtMs: 40 };
const states: readonly State[] = [state(1, "A", 1), state(2, "B", 3), state(3, "C", 5), tombstone, state(5, "E", 9)];

function history(changes: {
  readonly operations?: readonly Operation[];
  readonly states?: readonly State[];
  readonly current?: { readonly version: number; readonly etag?: string; readonly body?: string };
}): History {
  const last = (changes.states ?? states).at(-1);
  const { version = 0, etag, body: text } = last ?? {};
  const current = { version, ...(etag !== undefined && { etag }), ...(text !== undefined && { body: text }) };
  return {
    operations: changes.operations ?? operations,
    resources: [{ resource, states: changes.states ?? states, current: changes.current ?? current }],
  };
}

/** The operations, one of them changed. */
function changed(number: number, changes: Partial<Operation>): readonly Operation[] {
  return operations.map((one) => (one.number === number ? { ...one, ...changes } : one));
}

function kinds(one: History): readonly ViolationKind[] {
  return [...new Set(check(one).violations.map(({ kind }) => kind))];
}

describe("the checker", () => {
  it("finds nothing in a history without faults", () => {
    expect(check(history({}))).toEqual({ violations: [], lost: [] });
  });

  it("takes a write without an answer as applied or not", () => {
    const deleted = { version: 6, deleted: true, modifiedAtMs: 60 };
    expect(check(history({ states: [...states, deleted] })).violations).toEqual([]);
  });

  it("takes a refused write that the network delivered twice as applied or not", () => {
    const late = operation(14, [68, 80], "PUT", { kind: "answered", status: 409 }, { base: { etag: "E" } });
    const applied = history({
      operations: [...operations, { ...late, duplicated: true }],
      states: [...states, state(6, "F", 14)],
    });
    expect(check(applied).violations).toEqual([]);
    expect(kinds({ ...applied, operations: [...operations, late] })).toEqual(["refused-with-effect"]);
  });

  it.each<readonly [string, ViolationKind, History]>([
    [
      "an acknowledged write that is not there",
      "lost-update",
      history({
        operations: [...operations, operation(14, [80, 90], "PUT", answered(200, 6, "F", 14), { base: { etag: "E" } })],
      }),
    ],
    [
      "an acknowledged write in whose place there is another's",
      "lost-update",
      history({ operations: changed(3, { outcome: answered(200, 2, "X", 3) }) }),
    ],
    [
      "an acknowledged deletion that is not there",
      "lost-update",
      history({ operations: changed(13, { outcome: { kind: "answered", status: 204 } }) }),
    ],
    [
      "two acknowledged writes over the same state",
      "shared-base",
      history({ operations: changed(4, { outcome: answered(200, 2, "B", 3) }) }),
    ],
    [
      "two acknowledged writes over the same state, one of which named it by its version",
      "shared-base",
      history({ operations: changed(11, { outcome: answered(200, 6, "F", 11) }) }),
    ],
    [
      "a write accepted over another state than the one it named",
      "wrong-base",
      history({ operations: changed(5, { base: { version: 1 } }) }),
    ],
    [
      "something made over what was there",
      "wrong-base",
      history({
        operations: [
          ...operations.slice(0, 2),
          operation(3, [13, 20], "POST", answered(201, 2, "B", 3)),
          ...operations.slice(3),
        ],
      }),
    ],
    [
      "a write of what was there that made a new state",
      "wrong-base",
      history({ operations: changed(10, { base: { etag: "C" } }) }),
    ],
    [
      "a state that holds what nobody sent",
      "wrong-content",
      history({ operations: changed(5, { sent: { title: "5", tags: [] } }) }),
    ],
    [
      "a state that is not what its write was answered",
      "wrong-content",
      history({
        states: states.map((one) => (one.version === 5 ? { ...one, body: body(5, 9).replace(",", ", ") } : one)),
      }),
    ],
    [
      "a reading of a state that never was",
      "never-was",
      history({ operations: changed(2, { outcome: answered(200, 1, "X", 1) }) }),
    ],
    [
      "a reading of a version that never was",
      "never-was",
      history({ operations: changed(6, { outcome: answered(200, 7, "X", 1) }) }),
    ],
    [
      "a reading of half a state",
      "never-was",
      history({ operations: changed(6, { outcome: answered(200, 3, "C", 4) }) }),
    ],
    [
      "a deletion that was seen and never was",
      "never-was",
      history({ operations: changed(8, { outcome: { kind: "answered", status: 410, version: 5 } }) }),
    ],
    [
      "a reading older than a write before it",
      "out-of-order",
      history({ operations: changed(6, { outcome: answered(200, 1, "A", 1) }) }),
    ],
    [
      "a reading older than a reading before it",
      "out-of-order",
      history({ operations: [...operations, operation(14, [43, 44], "GET", answered(200, 2, "B", 3))] }),
    ],
    [
      "a reading of what nobody had begun to write",
      "out-of-order",
      history({ operations: changed(2, { outcome: answered(200, 2, "B", 3) }) }),
    ],
    [
      "a write without an answer that was seen before it began",
      "out-of-order",
      history({ operations: changed(5, { startedAtMs: 45, endedAtMs: 46 }) }),
    ],
    [
      "a conflict that names a state older than one before it",
      "out-of-order",
      history({ operations: changed(11, { outcome: { kind: "answered", status: 409, version: 3, etag: "C" } }) }),
    ],
    [
      "one entity-tag of two contents",
      "tag-reused",
      history({ states: states.map((one) => (one.version === 5 ? { ...one, etag: "B" } : one)) }),
    ],
    [
      "one entity-tag of two contents, one of which is gone",
      "tag-reused",
      history({
        operations: [...operations, operation(14, [80, 90], "PUT", answered(200, 6, "E", 14), { base: { etag: "E" } })],
      }),
    ],
    [
      "a refused write that is there",
      "refused-with-effect",
      history({ operations: changed(9, { outcome: { kind: "answered", status: 503 } }) }),
    ],
    [
      "a write that nobody took and that is there",
      "refused-with-effect",
      history({ operations: changed(5, { outcome: { kind: "not-sent" } }) }),
    ],
    [
      "a refused deletion that is there",
      "refused-with-effect",
      history({ operations: changed(7, { outcome: { kind: "answered", status: 409 } }) }),
    ],
    ["one write that is there twice", "applied-twice", history({ states: [...states, state(6, "F", 5)] })],
    ["a state that nobody wrote", "from-nowhere", history({ states: [...states, state(6, "F", 99)] })],
    [
      "a deletion that nobody asked for",
      "from-nowhere",
      history({ operations: operations.filter(({ number }) => number !== 7) }),
    ],
    [
      "a version that is left out",
      "broken-history",
      history({ states: states.filter(({ version }) => version !== 4) }),
    ],
    [
      "a time that falls",
      "broken-history",
      history({ states: states.map((one) => (one.version === 3 ? { ...one, modifiedAtMs: 5 } : one)) }),
    ],
    [
      "a current state that is not the newest",
      "current-differs",
      history({ current: { version: 3, etag: "C", body: body(3, 5) } }),
    ],
  ])("finds %s", (_, kind, planted) => {
    expect(kinds(planted)).toContain(kind);
  });

  it("counts what a lossy failover took, forgives no more than that, and no entity-tag that comes again", () => {
    const gone = operation(14, [70, 75], "PUT", answered(200, 6, "F", 14), { base: { etag: "E" } });
    const after = operation(15, [200, 210], "PUT", answered(200, 6, "G", 15), { base: { etag: "E" } });
    const failover = history({ operations: [...operations, gone, after], states: [...states, state(6, "G", 15)] });
    expect(check(failover, { lossyUntilMs: 150 })).toEqual({ violations: [], lost: [gone] });
    expect(kinds(failover)).toContain("lost-update");

    const overLost = operation(16, [220, 230], "PUT", answered(200, 7, "H", 16), { base: { etag: "F" } });
    const accepted = history({
      operations: [...failover.operations, overLost],
      states: [...states, state(6, "G", 15), state(7, "H", 16)],
    });
    expect(check(accepted, { lossyUntilMs: 150 }).violations.map(({ kind }) => kind)).toEqual(["wrong-base"]);

    const again = history({
      operations: [...operations, gone, { ...after, outcome: answered(200, 6, "F", 15) }],
      states: [...states, state(6, "F", 15)],
    });
    expect(check(again, { lossyUntilMs: 150 }).violations.map(({ kind }) => kind)).toContain("tag-reused");
  });
});
