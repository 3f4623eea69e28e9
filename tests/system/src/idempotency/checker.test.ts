import { describe, expect, it } from "vitest";
import { checkKeys } from "./checker.js";
import type { Attempt, FinalResource, KeyedAnswer, KeyHistory, KeyViolationKind } from "./history.js";

type Outcome = Attempt["outcome"];

function answered(status: number, content: unknown, rest: Partial<KeyedAnswer> = {}): KeyedAnswer {
  return { kind: "answered", status, replayed: false, body: JSON.stringify(content), ...rest };
}

function problem(status: number, slug: string, members = {}): KeyedAnswer {
  return answered(status, { type: `urn:problem-type:unclash:${slug}`, ...members });
}

const cut: Outcome = { kind: "unknown", why: "cut" };
const inProgress = problem(409, "idempotency-in-progress");
const reused = problem(422, "idempotency-key-reused");
const conflict = problem(409, "version-conflict");

function again(answer: KeyedAnswer): KeyedAnswer {
  return { ...answer, replayed: true };
}

const made = answered(201, { id: "a", version: 1, mark: "m1" }, { etag: '"1-x"', location: "/notes/a" });
const changed = answered(200, { id: "s", version: 2, mark: "m2" }, { etag: '"2-x"' });

function attempt(number: number, startedAtMs: number, changes: Partial<Attempt>): Attempt {
  return {
    number,
    caller: "alice",
    method: "POST",
    path: "/notes",
    key: "k1",
    said: changes.mark ?? "nothing",
    dryRun: false,
    guarded: false,
    startedAtMs,
    endedAtMs: startedAtMs + 10,
    outcome: cut,
    ...changes,
  };
}

const k1 = { mark: "m1" };
const k2 = { method: "PUT", path: "/notes/s", key: "k2", mark: "m2", said: "m2 over 1" } as const;
const k3 = { method: "DELETE", path: "/notes/s", key: "k3" } as const;
const k4 = { method: "PATCH", path: "/customers/c", key: "k4", mark: "m4", guarded: true } as const;

/**
 * One of each: lost and replayed, at once, refused and replayed, deleted, tried out, another body, another caller,
 * killed.
 */
const attempts: readonly Attempt[] = [
  attempt(1, 0, k1),
  attempt(2, 20, { ...k1, outcome: again(made) }),
  attempt(3, 30, { ...k1, mark: "m1b", outcome: reused }),
  attempt(4, 40, { ...k1, caller: "bob", mark: "m5", outcome: answered(201, { id: "b", version: 1, mark: "m5" }) }),
  attempt(5, 50, { ...k2, dryRun: true, outcome: answered(200, { mark: "m2", version: 2 }) }),
  attempt(6, 60, { ...k2, outcome: changed }),
  attempt(7, 61, { ...k2, outcome: inProgress }),
  attempt(8, 80, { ...k2, outcome: again(changed) }),
  attempt(9, 90, { ...k2, key: "k5", mark: "m6", outcome: conflict }),
  attempt(10, 101, { ...k2, key: "k5", mark: "m6", outcome: again(conflict) }),
  attempt(11, 110, { ...k3, outcome: answered(204, null) }),
  attempt(12, 121, { ...k3, outcome: again(answered(204, null)) }),
  // It was killed between its effect and its answer: to its repeat the state that it names is stale.
  attempt(13, 195, k4),
  attempt(14, 210, { ...k4, outcome: conflict }),
];

const resources: readonly FinalResource[] = [
  { path: "/notes/a", states: [{ version: 1, mark: "m1" }] },
  { path: "/notes/b", states: [{ version: 1, mark: "m5" }] },
  { path: "/notes/s", states: [{ version: 1 }, { version: 2, mark: "m2" }, { version: 3, deleted: true }] },
  { path: "/customers/c", states: [{ version: 1 }, { version: 2, mark: "m4" }] },
];

const sound: KeyHistory = { attempts, resources, killsAtMs: [200] };

function change(number: number, changes: Partial<Attempt>): Partial<KeyHistory> {
  return { attempts: attempts.map((one) => (one.number === number ? { ...one, ...changes } : one)) };
}

function add(...more: readonly Attempt[]): Partial<KeyHistory> {
  return { attempts: [...attempts, ...more] };
}

function without(...numbers: readonly number[]): Partial<KeyHistory> {
  return { attempts: attempts.filter(({ number }) => !numbers.includes(number)) };
}

function states(path: string, made: FinalResource["states"]): Partial<KeyHistory> {
  return { resources: [...resources.filter((one) => one.path !== path), { path, states: made }] };
}

function kinds(changes: Partial<KeyHistory>): readonly KeyViolationKind[] {
  return [...new Set(checkKeys({ ...sound, ...changes }).map(({ kind }) => kind))];
}

describe("the checker of keys", () => {
  it("finds nothing in a history without faults", () => {
    expect(checkKeys(sound)).toEqual([]);
  });

  it("takes a request that the network delivered twice for two", () => {
    expect(kinds(change(6, { duplicated: true, outcome: again(changed) }))).toEqual([]);
  });

  it.each<readonly [string, KeyViolationKind, Partial<KeyHistory>]>([
    ["a key that is never answered", "stuck", without(2)],
    ["a key that is answered with 5xx for ever", "stuck", change(2, { outcome: problem(503, "store-unavailable") })],
    ["a key that stays in progress", "stuck", change(2, { outcome: inProgress })],
    ["a key whose every request is refused for another's sake", "stuck", change(2, { outcome: reused })],
    [
      "a request that is given up",
      "given-up",
      change(7, { outcome: problem(409, "idempotency-in-progress", { outcome: "unknown" }) }),
    ],
    ["a replay with another status", "answers-differ", change(8, { outcome: { ...again(changed), status: 201 } })],
    [
      "a replay with another body",
      "answers-differ",
      change(8, { outcome: { ...again(changed), body: `${changed.body} ` } }),
    ],
    [
      "a replay with another entity-tag",
      "answers-differ",
      change(8, { outcome: { ...again(changed), etag: '"2-y"' } }),
    ],
    [
      "a replay without Location",
      "answers-differ",
      add(attempt(15, 130, { ...k1, outcome: again({ ...made, location: "" }) })),
    ],
    ["a refusal that became a success", "answers-differ", change(10, { outcome: again(changed) })],
    ["another body that is replayed to", "two-owners", change(3, { outcome: again(made) })],
    [
      "another body that is carried out",
      "two-owners",
      change(3, { outcome: answered(201, { mark: "m1b", version: 1 }) }),
    ],
    ["two first answers", "ran-twice", change(8, { outcome: changed })],
    [
      "a first answer that says it is an old one",
      "replay-of-nothing",
      change(4, { outcome: again(answered(201, { mark: "m5", version: 1 })) }),
    ],
    [
      "a dry run's answer, given to the request itself",
      "replay-of-nothing",
      {
        attempts: attempts
          .filter(({ number }) => number === 5)
          .concat(attempt(6, 61, { ...k2, outcome: again(changed) })),
      },
    ],
    [
      "an answer that says it is old though none was kept",
      "replay-of-nothing",
      change(7, { outcome: again(inProgress) }),
    ],
    ["422 without another request", "refused-for-nothing", change(4, { outcome: reused })],
    ["409 without another request", "refused-for-nothing", change(4, { outcome: inProgress })],
    [
      "one key that made two resources",
      "applied-twice",
      { resources: [...resources, { path: "/notes/c", states: [{ version: 1, mark: "m1" }] }] },
    ],
    [
      "one key that made two versions",
      "applied-twice",
      states("/notes/s", [
        { version: 1 },
        { version: 2, mark: "m2" },
        { version: 3, mark: "m2" },
        { version: 4, deleted: true },
      ]),
    ],
    [
      "one key that deleted twice",
      "applied-twice",
      states("/notes/s", [
        { version: 1 },
        { version: 2, mark: "m2" },
        { version: 3, deleted: true },
        { version: 4, deleted: true },
      ]),
    ],
    ["an acknowledged creation that is not there", "lost-effect", states("/notes/a", [])],
    [
      "an acknowledged deletion that is not there",
      "lost-effect",
      states("/notes/s", [{ version: 1 }, { version: 2, mark: "m2" }]),
    ],
    [
      "another body that has had an effect",
      "effect-of-refused",
      { resources: [...resources, { path: "/notes/c", states: [{ version: 1, mark: "m1b" }] }] },
    ],
    [
      "a conflict that has had an effect",
      "effect-of-refused",
      states("/notes/s", [
        { version: 1 },
        { version: 2, mark: "m2" },
        { version: 3, deleted: true },
        { version: 4, mark: "m6" },
      ]),
    ],
    ["a conflict with an effect, where nothing was killed", "effect-of-refused", { killsAtMs: [] }],
    [
      "a conflict with an effect, in a collection",
      "effect-of-refused",
      { attempts: attempts.map((one) => ({ ...one, guarded: false })) },
    ],
    ["a dry run that has had an effect", "effect-of-refused", without(6, 7, 8)],
    ["another caller's answer", "wrong-content", change(4, { outcome: made })],
    [
      "an answer that tells another version",
      "wrong-content",
      change(6, { outcome: answered(200, { version: 3, mark: "m2" }) }),
    ],
    ["a state that nobody sent", "from-nowhere", states("/notes/x", [{ version: 1, mark: "m99" }])],
    ["a version that is left out", "from-nowhere", states("/notes/b", [{ version: 2, mark: "m5" }])],
  ])("finds %s", (_, kind, changes) => {
    expect(kinds(changes)).toContain(kind);
  });
});
