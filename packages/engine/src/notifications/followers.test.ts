import { createMemoryStore } from "@unclash/memory";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import { createUnclash, type Unclash } from "../unclash.js";
import { type Follow, Follower, faultOf, followOf } from "./follower-checker.test-support.js";

const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;

/** A process on a store: it has events of its own in mind, and begins without any. */
function processOn(store: ReturnType<typeof createMemoryStore>): Unclash {
  return createUnclash({
    store: { ...store },
    collections: { notes },
    notifications: { limits: { streamsPerClientMax: 1_000, heartbeatMs: 20 } },
  });
}

/** What happens in turn: a write of a resource, a follower that reads so many blocks, a process that begins anew. */
const stepOf = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("write" as const), resource: fc.nat({ max: 3 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("read" as const),
      follower: fc.nat({ max: 2 }),
      process: fc.nat({ max: 1 }),
      blocks: fc.integer({ min: 1, max: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const), process: fc.nat({ max: 1 }) }) },
);

type Step = typeof stepOf extends fc.Arbitrary<infer Each> ? Each : never;

/** Plays steps with followers of a server that does so, and says what is wrong with what they were told. */
async function play(steps: readonly Step[], twist: (follow: Follow) => Follow): Promise<string | undefined> {
  const store = createMemoryStore();
  const processes = [processOn(store), processOn(store)];
  const at = (number: number): Unclash => {
    const found = processes[number];
    if (found === undefined) throw new RangeError(`There is no process ${number}.`);
    return found;
  };
  const follow = [0, 1].map((number) => twist(followOf(() => at(number))));
  const place = (await ask(at(0), "GET /notes")).headers["unclash-cursor"] ?? "";
  const followers = [new Follower(place), new Follower(place), new Follower(place)];
  const versions = new Map<string, number>();
  let count = 0;
  const write = async (resource: number): Promise<void> => {
    count += 1;
    await ask(at(count % 2), `PUT /notes/${resource}`, { json: { count } });
    versions.set(`notes/${resource}`, (versions.get(`notes/${resource}`) ?? 0) + 1);
  };
  await write(0);
  for (const step of steps) {
    if (step.kind === "write") await write(step.resource);
    else if (step.kind === "restart") processes[step.process] = await restarted(at(step.process), store);
    else {
      const [server, follower] = [follow[step.process], followers[step.follower]];
      // Writes go on as it reads.
      if (server !== undefined && follower !== undefined)
        await Promise.all([follower.read(server, { events: count, blocks: step.blocks }), write(step.blocks % 4)]);
    }
  }
  // Who misses something is at the end too, by a sign of life.
  const end = String(bodyOf(await ask(at(0), "GET /conflict-notifications/events?limit=100"))["next"]);
  const [first] = follow;
  for (const follower of followers) {
    if (first !== undefined) await follower.read(first, { place: end });
    const fault = faultOf(follower.seen, versions);
    if (fault !== undefined) return fault;
  }
  await Promise.all(processes.map((each) => each.close()));
  return undefined;
}

async function restarted(unclash: Unclash, store: ReturnType<typeof createMemoryStore>): Promise<Unclash> {
  await unclash.close();
  return processOn(store);
}

const sound = (follow: Follow): Follow => follow;

test("each follower is told of each version once, in order, wherever it goes and resumes", async () => {
  const property = fc.asyncProperty(fc.array(stepOf, { minLength: 5, maxLength: 25 }), async (steps) => {
    expect(await play(steps, sound)).toBeUndefined();
  });
  await fc.assert(property, { numRuns: 60 });
});

const write = (resource: number): Step => ({ kind: "write", resource });
const read = (blocks: number): Step => ({ kind: "read", follower: 0, process: 0, blocks });
const steps: readonly Step[] = [write(1), read(2), write(1), write(1), write(2), read(3), write(1)];

/** Changes what comes of a stream that was resumed. */
function resumed(change: (blocks: readonly string[]) => readonly string[]): (follow: Follow) => Follow {
  return (follow) => async (after, isResumed) => {
    const stream = await follow(after, isResumed);
    let isFirst = true;
    return {
      leave: () => stream.leave(),
      async next() {
        const { done, value } = await stream.next();
        if (done || !isResumed || !isFirst || !value.includes("event: ")) return done ? { done, value } : { value };
        isFirst = false;
        return { value: change(value.split(/(?<=\n\n)/)).join("") };
      },
    };
  };
}

test.each<[does: string, twist: (follow: Follow) => Follow]>([
  ["skips an event where a client resumes", resumed((blocks) => blocks.slice(1))],
  ["repeats one", resumed((blocks) => blocks.flatMap((block, at) => (at === 0 ? [block, block] : [block])))],
  ["tells of them in another order", resumed((blocks) => blocks.toReversed())],
  ["goes on from now", (follow) => (after, isResumed) => follow(isResumed ? "" : after, isResumed)],
])("a server that %s is found out", async (_does, twist) => {
  expect(await play(steps, sound)).toBeUndefined();
  expect(await play(steps, twist)).not.toBeUndefined();
});
