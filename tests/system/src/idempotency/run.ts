import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type End, goOnUntil, hung, tooLittleOf } from "../black-box/enough.js";
import { chooseSeed, createRandom, type Random } from "../black-box/random.js";
import { isInProgress, isOwn, isReused } from "./answers.js";
import { casesOf, checkKeys } from "./checker.js";
import { type Left, readResources } from "./final-resources.js";
import type { Attempt, FinalResource, KeyHistory, KeyViolation } from "./history.js";
import type { KeyedRequest } from "./keyed-request.js";
import { createSender, type Sender } from "./sender.js";
import { settle } from "./settle.js";
import { firstContent, type Known, knownOf, type Place, subjectsOf } from "./subjects.js";
import { nextTask, type Task, type TaskSource } from "./tasks.js";

export type Origins = readonly [string, ...string[]];

export interface KeyRunOptions {
  /** Where the clients send their requests. */
  readonly origins: Origins;
  /** Where all is asked for once more, and read, at the end: past any proxy. @default `origins` */
  readonly finalOrigins?: Origins;
  /** The run goes on until so much has happened: a quiet run proves nothing. */
  readonly atLeast: Partial<KeyCounts>;
  /** And until this has. */
  readonly until?: () => boolean;
  /** After so many attempts it ends in any case. @default Infinity */
  readonly attemptsMax?: number;
  /** How long it goes on at least. @default 0 */
  readonly durationMs?: number;
  /** @default notes, products and customers */
  readonly places?: readonly [Place, ...Place[]];
  /** What goes wrong meanwhile. The run lasts until it is through. */
  readonly disturb?: (run: RunningKeys) => Promise<void>;
  /** Which attempts the network delivered twice. */
  readonly duplicated?: () => ReadonlySet<number>;
  /**
   * How long a key may take until it has an answer, at the end. @default 30,000, longer than the guard's lease of 15 s
   */
  readonly patienceMs?: number;
  /** How the end is read. @default over HTTP, by lists and versions */
  readonly read?: (origin: string, left: Left) => Promise<readonly FinalResource[]>;
}

/** What a disturbance sees of the run, and tells it. */
export interface RunningKeys {
  readonly random: Random;
  /** To be called before and after a process is killed. */
  readonly killed: () => void;
  /** Waits for so many more attempts to end. */
  readonly attempted: (more: number) => Promise<void>;
}

/** How often something has happened. */
export interface KeyCounts {
  readonly keys: number;
  /** Attempts after the first of their key. */
  readonly repeats: number;
  readonly replays: number;
  /** 422, since the key came with something else before. */
  readonly reused: number;
  readonly unknown: number;
  /** Keys whose first answer was lost, and was learnt by asking again. */
  readonly learnt: number;
  /** Keys that a dead process held until its claim had lapsed. */
  readonly lapsed: number;
  /** Keys whose answer is a refusal. */
  readonly refused: number;
}

export interface KeyReport extends KeyCounts {
  readonly seed: number;
  readonly violations: readonly KeyViolation[];
  readonly history: KeyHistory;
  /** Why the run shows nothing, if so. */
  readonly tooLittle?: string;
}

const clients = 10;
const timeoutMs = 3_000;
/** What a run begins with is waited for longer: a process has just come up. */
const setUpMs = 30_000;

/** Lets many clients send requests with keys, over and over, and checks what came of each key. */
export async function runKeys(options: KeyRunOptions): Promise<KeyReport> {
  const { origins, finalOrigins = origins, places = ["notes", "products", "customers"] } = options;
  const { atLeast, until = () => true, attemptsMax = Infinity, durationMs = 0 } = options;
  const { read = readResources, patienceMs = 30_000 } = options;
  const seed = chooseSeed();
  const random = createRandom(seed);
  const subjects = subjectsOf(seed, places);
  const attempts: Attempt[] = [];
  const sent: KeyedRequest[] = [];
  const doomed: string[] = [];
  const killsAtMs: number[] = [];
  let last = 0;
  const nextNumber = (): number => ++last;
  const makeSender = (): Sender =>
    createSender({ nextNumber, timeoutMs, record: (attempt) => void attempts.push(attempt) });
  for (const subject of subjects) await make(finalOrigins[0], subject.path, firstContent(subject));

  const isEnough = (): boolean => reaches(countsOf(attempts), atLeast) && until();
  let isOver = false;
  const runClient = async (own: Random): Promise<void> => {
    const sender = makeSender();
    const source = sourceOf({ sender, random: own, finalOrigins, places, subjects, nextNumber, doomed });
    while (!isOver) {
      const task = await nextTask(source);
      if (task === undefined) await delay(20);
      else sent.push(...(await perform(sender, task, own, origins)));
    }
    sender.close();
  };
  const running = Promise.all(Array.from({ length: clients }, () => runClient(random.fork())));
  const run: RunningKeys = {
    random: random.fork(),
    killed: () => void killsAtMs.push(performance.now()),
    async attempted(more) {
      const target = attempts.length + more;
      const end = await goOnUntil(() => attempts.length >= target);
      if (end === "hung") throw new Error(hung(`${attempts.length} of ${target} attempts`));
    },
  };
  let end: End;
  try {
    await Promise.all([delay(durationMs), options.disturb?.(run)]);
    end = await goOnUntil(isEnough, { everyMs: 200, isSpent: () => attempts.length >= attemptsMax });
  } finally {
    isOver = true;
    await running;
  }
  const sender = makeSender();
  await settle(sender, finalOrigins, sent, patienceMs);
  sender.close();
  const resources = await read(finalOrigins[0], { subjects, places, doomed });
  const twice = options.duplicated?.() ?? new Set();
  const recorded = attempts.map((one) => (twice.has(one.number) ? { ...one, duplicated: true as const } : one));
  const history = { attempts: recorded, resources, killsAtMs };
  const counts = countsOf(recorded);
  const tooLittle = tooLittleOf(end, JSON.stringify(counts));
  return { seed, ...counts, ...(tooLittle !== undefined && { tooLittle }), violations: checkKeys(history), history };
}

/**
 * Fails where a run found something.
 *
 * @throws Error that names the seed, and the file with the whole history
 */
export function assertClean(name: string, { violations, tooLittle, seed, history }: KeyReport): void {
  if (violations.length === 0 && tooLittle === undefined) return;
  const folder = join(tmpdir(), "unclash-histories");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `keys-${name.replaceAll(/[^a-z0-9]+/gi, "-")}-${seed}.json`);
  writeFileSync(file, JSON.stringify({ name, seed, violations, ...history }));
  const found = violations.slice(0, 10).map(({ kind, about, detail }) => `${kind}: ${about}: ${detail}`);
  const problems = [...(tooLittle === undefined ? [] : [tooLittle]), ...found];
  throw new Error(`${name}, seed ${seed}, ${violations.length} in ${file}:\n${problems.join("\n")}`);
}

/** One line of what a run saw. */
export function summary(name: string, report: KeyReport): string {
  const { keys, repeats, replays, reused, refused, unknown, learnt, lapsed, violations, seed } = report;
  const repeated = `${repeats} repeats, ${replays} replays, ${reused} reused, ${refused} refused`;
  const lost = `${unknown} unknown, ${learnt} learnt, ${lapsed} lapsed`;
  return `${name}: ${keys} keys, ${repeated}, ${lost}, ${violations.length} violations; seed ${seed}`;
}

type Surroundings = Pick<TaskSource, "random" | "nextNumber"> & {
  readonly sender: Sender;
  readonly finalOrigins: Origins;
  readonly places: TaskSource["places"];
  readonly subjects: TaskSource["subjects"];
  readonly doomed: string[];
};

function sourceOf({ sender, finalOrigins, doomed, ...rest }: Surroundings): TaskSource {
  const { random, nextNumber, subjects } = rest;
  const remembered = new Map<string, Known>();
  return {
    ...rest,
    async read(path) {
      const before = remembered.get(path);
      if (before !== undefined && random.chance(0.2)) return before;
      const answer = await sender.get(random.pick(finalOrigins), path);
      if (!("status" in answer) || answer.status !== 200) return undefined;
      const known = knownOf(answer);
      remembered.set(path, known);
      return known;
    },
    async makeDoomed() {
      const id = `${subjects[0].id}-x${nextNumber()}`;
      const path = `/customers/${id}`;
      const content = { name: "doomed", email: `${id}@shop.example` };
      const etag = await make(random.pick(finalOrigins), path, content).catch(() => undefined);
      if (etag === undefined) return undefined;
      doomed.push(path);
      return { path, etag };
    },
  };
}

/** Sends what a task says, step after step; and once more where nothing came of it. */
async function perform(sender: Sender, { steps }: Task, random: Random, origins: Origins) {
  for (const step of steps) {
    const attempts = await Promise.all(
      step.map((request, connection) => sender.send(random.pick(origins), request, connection)),
    );
    if (attempts.every(({ outcome }) => outcome.kind !== "answered")) await delay(20);
  }
  return steps.flat();
}

/** Makes a resource, and gives its entity-tag. */
async function make(origin: string, path: string, content: unknown): Promise<string> {
  const response = await fetch(`${origin}${path}`, {
    method: "PUT",
    headers: { "content-type": "application/json", "if-none-match": "*" },
    body: JSON.stringify(content),
    signal: AbortSignal.timeout(setUpMs),
  });
  const etag = response.headers.get("etag");
  if (response.status !== 201 || etag === null) throw new Error(`PUT ${path}: ${response.status}`);
  await response.arrayBuffer();
  return etag;
}

/** Whoever is told for so long that a key is in use has met the claim of a process that is gone. */
const claimMsMin = 5_000;

function countsOf(attempts: readonly Attempt[]): KeyCounts {
  const cases = casesOf(attempts);
  const owned = cases.map(({ attempts: all }) => ({ all, owns: all.filter((one) => isOwn(one) && !one.dryRun) }));
  const isReplay = ({ outcome }: Attempt): boolean => outcome.kind === "answered" && outcome.replayed;
  const isRefusal = ({ outcome }: Attempt): boolean => outcome.kind === "answered" && outcome.status >= 400;
  const lapsed = owned.filter(({ all, owns: [own] }) => {
    const [first] = all.filter(isInProgress);
    return first !== undefined && own !== undefined && own.startedAtMs - first.startedAtMs > claimMsMin;
  });
  return {
    keys: cases.length,
    repeats: attempts.length - cases.length,
    replays: attempts.filter(isReplay).length,
    reused: attempts.filter(isReused).length,
    unknown: attempts.filter(({ outcome }) => outcome.kind === "unknown").length,
    learnt: owned.filter(({ owns }) => owns.length > 0 && owns.every(isReplay)).length,
    lapsed: lapsed.length,
    refused: owned.filter(({ owns }) => owns.some(isRefusal)).length,
  };
}

function reaches(counts: KeyCounts, atLeast: Partial<KeyCounts>): boolean {
  return (Object.keys(counts) as (keyof KeyCounts)[]).every((name) => counts[name] >= (atLeast[name] ?? 0));
}
