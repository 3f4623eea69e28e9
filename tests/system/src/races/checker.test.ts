import type { StoredRecord } from "@unclash/core/store";
import { expect, test } from "vitest";
import { violationsOf } from "./checker.js";
import type { Aftermath, Operation } from "./history.js";

const key = "notes/1";

function state(version: number, by: string, mark = by, rest: Partial<StoredRecord> = {}): StoredRecord {
  const text = JSON.stringify({ id: "1", version, mark });
  const moments = { createdAt: 0, modifiedAt: version };
  return { key, version, revision: version, tag: `tag${version}`, text, ...moments, by, cause: "test", ...rest };
}

function after(...states: readonly StoredRecord[]): Aftermath {
  const events = states.map(({ version }) => ({ type: "resource.changed", key, version }));
  return { versions: new Map([[key, states]]), events };
}

function etag(version: number): string {
  return `"${version}-tag${version}"`;
}

// An answer that shows a version as it is.
function showing(version: number, by: string, status = 200, mark = by) {
  return { status, etag: etag(version), body: state(version, by, mark).text ?? "" };
}

let ticks = 0;

function operation(name: string, rest: Partial<Operation> & Pick<Operation, "method" | "answer">): Operation {
  const fields = rest.method === "GET" || rest.method === "DELETE" ? {} : { fields: { mark: name } };
  return { name, resource: key, ...fields, startedAt: ticks++, endedAt: ticks++, ...rest };
}

const create = operation("ann", { method: "POST", answer: showing(1, "ann", 201) });
const replace = operation("bob", { method: "PUT", ifMatch: etag(1), answer: showing(2, "bob") });
const refused = operation("cid", {
  method: "PUT",
  ifMatch: etag(1),
  answer: { status: 409, body: JSON.stringify({ current: { version: 2, etag: etag(2) } }) },
});
const read = operation("dan", { method: "GET", answer: showing(2, "bob") });
const remove = operation("eve", { method: "DELETE", ifMatch: etag(2), answer: { status: 204 } });
const gone = operation("fay", { method: "GET", answer: { status: 410, body: JSON.stringify({ version: 3 }) } });
const settledWrite = operation("gil", {
  method: "PUT",
  ifMatch: etag(1),
  answer: { ...showing(3, "gil"), settledBy: "last-write-wins" },
});
const ann = state(1, "ann");
const bob = state(2, "bob");
const eve = state(3, "eve", "eve", { text: null, deleted: true });
const patched = { ...bob, text: '{"id":"1","version":2,"mark":"ann","more":1}' };

test("a history in which all is well has no violations", () => {
  expect(violationsOf([create, replace, refused, read, remove, gone], after(ann, bob, eve))).toEqual([]);
});

test("what went on at the same time may have happened in any order", () => {
  const early = operation("dan", { method: "GET", startedAt: 0, endedAt: 100, answer: showing(1, "ann") });
  expect(violationsOf([create, replace, early], after(ann, bob))).toEqual([]);
});

test("a write that changes nothing is acknowledged, and is no version", () => {
  const same = operation("gus", { method: "PUT", fields: { mark: "bob" }, answer: showing(2, "bob") });
  expect(violationsOf([create, replace, same], after(ann, bob))).toEqual([]);
  const other = operation("gus", { method: "PUT", answer: showing(2, "bob") });
  expect(violationsOf([create, replace, other], after(ann, bob))).toEqual(["gus (PUT notes/1, 200) wrote 0 versions"]);
});

test("a stale write may go over the current state where a strategy settled it, and the answer says so", () => {
  const states = after(ann, bob, state(3, "gus"));
  const stale = { method: "PUT", ifMatch: etag(1), answer: showing(3, "gus") } as const;
  const settled = { ...stale, answer: { ...stale.answer, settledBy: "last-write-wins" } };
  const told = { ...states, events: [...states.events, { type: "conflict.resolved", key, version: 2 }] };
  expect(violationsOf([create, replace, operation("gus", settled)], told)).toEqual([]);
  expect(violationsOf([create, replace, operation("gus", stale)], states)).toEqual([
    "gus (PUT notes/1, 200) replaced version 2, and named another",
  ]);
});

test.each<[what: string, operations: readonly Operation[], aftermath: Aftermath, violation: RegExp]>([
  ["a version is left out", [create, replace], after(ann, { ...bob, version: 3 }), /has version 3 where 2 comes/],
  ["a text shows another version", [create], after({ ...ann, text: '{"id":"1","version":7}' }), /shows version 7/],
  ["a version is nobody's", [create], after(ann, bob), /nobody wrote/],
  ["an acknowledged write is lost", [create, replace], after(ann), /bob .* wrote 0 versions/],
  ["a write is done twice", [create, replace], after(ann, bob, state(3, "bob")), /bob .* wrote 2 versions/],
  ["a refused write is done", [create, replace, refused], after(ann, bob, state(3, "cid")), /cid .* wrote 1 versions/],
  [
    "two writes have one base",
    [create, replace, operation("gus", { method: "PUT", ifMatch: etag(1), answer: showing(3, "gus") })],
    after(ann, bob, state(3, "gus")),
    /gus .* replaced version 2, and named another/,
  ],
  [
    "two writes name one version",
    [create, replace, operation("gus", { method: "PUT", version: 1, answer: showing(3, "gus") })],
    after(ann, bob, state(3, "gus")),
    /gus .* replaced version 2, and named another/,
  ],
  [
    "something is created over what is there",
    [create, operation("bob", { method: "POST", answer: showing(2, "bob", 201) })],
    after(ann, bob),
    /created what was there/,
  ],
  [
    "a patch brings an older state back",
    [
      create,
      operation("bob", { method: "PATCH", fields: { more: 1 }, answer: { ...showing(2, "bob"), body: patched.text } }),
    ],
    after({ ...ann, text: '{"id":"1","version":1,"mark":"ann","other":1}' }, patched),
    /made .*"more":1.* of .*"other":1/,
  ],
  [
    "an entity-tag comes with another content",
    [create, operation("dan", { method: "GET", answer: showing(1, "ann", 200, "bob") })],
    after(ann),
    /dan .* shows .*bob.* under "1-tag1"/,
  ],
  ["an entity-tag never was", [operation("dan", { method: "GET", answer: showing(9, "ann") })], after(), /never was/],
  [
    "a conflict names a state that never was",
    [create, replace, { ...refused, answer: { status: 409, body: '{"current":{"version":2,"etag":"\\"2-x\\""}}' } }],
    after(ann, bob),
    /cid .* names a state that never was/,
  ],
  [
    "a write is refused that names the current state",
    [create, replace, { ...refused, ifMatch: etag(2) }],
    after(ann, bob),
    /cid .* is a conflict with the very state that it names/,
  ],
  [
    "a reading is older than one before it",
    [create, replace, read, operation("dan", { method: "GET", answer: showing(1, "ann") })],
    after(ann, bob),
    /dan .* is behind the times/,
  ],
  [
    "a refusal tells of a state that was gone by then",
    [create, replace, read, remove, gone, { ...refused, startedAt: ticks++, endedAt: ticks++ }],
    after(ann, bob, eve),
    /cid .* is behind the times/,
  ],
  [
    "a reading shows a write that was not asked for yet",
    [create, { ...read, startedAt: create.endedAt + 0.1, endedAt: create.endedAt + 0.2 }, replace],
    after(ann, bob),
    /bob .* is behind the times/,
  ],
  ["an event is missing", [create, replace], { ...after(ann, bob), events: after(ann).events }, /has the events/],
  [
    "a write that nothing has settled has the event of a conflict",
    [create, replace],
    { ...after(ann, bob), events: [...after(ann, bob).events, { type: "conflict.resolved", key, version: 1 }] },
    /has the events .*conflict.resolved 1/,
  ],
  [
    "the event of a settled write's conflict is missing",
    [create, replace, settledWrite],
    after(ann, bob, state(3, "gil")),
    /has the events/,
  ],
  [
    "a refused write has an event",
    [create, replace, refused],
    { ...after(ann, bob), events: after(ann, bob, state(3, "cid")).events },
    /has the events .*resource.changed 3/,
  ],
])("it is a violation where %s", (_, operations, aftermath, violation) => {
  const aftermathOfOne = aftermath.versions.size === 0 ? { ...aftermath, versions: new Map([[key, []]]) } : aftermath;
  expect(violationsOf(operations, aftermathOfOne).join("\n")).toMatch(violation);
});
