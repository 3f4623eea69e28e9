import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { check } from "./checker.js";
import { runClient } from "./client.js";
import { type End, goOnUntil, hung, tooLittleOf } from "./enough.js";
import { readFinalState } from "./final-state.js";
import type { History, Operation, Violation } from "./history.js";
import { acknowledged, isRefused } from "./outcome.js";
import { chooseSeed, createRandom } from "./random.js";
import type { Subject } from "./workload.js";

export interface BlackBoxOptions {
  /** Where the clients send their requests, looked up for each. */
  readonly origins: () => readonly [string, ...string[]];
  /** Where the histories are read from at the end: past any proxy. @default `origins` */
  readonly finalOrigins?: () => readonly [string, ...string[]];
  /** The run goes on until so much has happened: a quiet run proves nothing. */
  readonly atLeast: { readonly acknowledged: number; readonly refused: number };
  /** And until this has. */
  readonly until?: (counts: BlackBoxCounts) => boolean;
  /** After so many operations it ends in any case. @default Infinity */
  readonly operationsMax?: number;
  /** How long it goes on at least. @default 0 */
  readonly durationMs?: number;
  /** @default 12 */
  readonly clients?: number;
  /** How long a client waits for an answer. @default 5000 */
  readonly timeoutMs?: number;
  /** What goes wrong meanwhile. The run lasts until it is through. */
  readonly disturb?: (run: RunningBlackBox) => Promise<void>;
  /** Which operations the network delivered twice. */
  readonly duplicated?: () => ReadonlySet<number>;
  /** When a failover was over that may have lost what began before, by `performance.now()`. */
  readonly lossyUntilMs?: () => number;
}

/** How many writes have ended, and how. */
export interface BlackBoxCounts {
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
}

/** What a disturbance sees of the run. */
export interface RunningBlackBox {
  readonly seed: number;
  /** They grow. */
  readonly counts: BlackBoxCounts;
}

/**
 * Waits until a run has acknowledged more writes.
 *
 * @throws Error where that never happens
 */
export async function acknowledgedMore({ counts }: RunningBlackBox, more: number): Promise<void> {
  const target = counts.acknowledged + more;
  const end = await goOnUntil(() => counts.acknowledged >= target);
  if (end === "hung") throw new Error(hung(`${counts.acknowledged} of ${target} acknowledged`));
}

export interface BlackBoxReport extends BlackBoxCounts {
  readonly seed: number;
  readonly notSent: number;
  readonly reads: number;
  /** Unknown writes that were applied. */
  readonly unknownApplied: number;
  readonly violations: readonly Violation[];
  /** Acknowledged writes that a failover lost. */
  readonly lost: readonly Operation[];
  readonly history: History;
  /** Why the run shows nothing, if so. */
  readonly tooLittle?: string;
}

/** So few that writers meet. */
const subjectsEach = 4;

/** Lets many clients write to few resources, and checks all that they saw. */
export async function runBlackBox(options: BlackBoxOptions): Promise<BlackBoxReport> {
  const { origins, finalOrigins = origins, durationMs = 0, clients = 12, timeoutMs = 5_000 } = options;
  const { atLeast, until = () => true, operationsMax = Infinity } = options;
  const seed = chooseSeed();
  const random = createRandom(seed);
  const subjects = subjectsOf(seed);
  const operations: Operation[] = [];
  const counts = { acknowledged: 0, refused: 0, unknown: 0 };
  const record = (operation: Operation): void => {
    operations.push(operation);
    if (acknowledged(operation) !== undefined) counts.acknowledged++;
    if (isRefused(operation)) counts.refused++;
    if (operation.method !== "GET" && operation.outcome.kind === "unknown") counts.unknown++;
  };
  const isEnough = (): boolean =>
    counts.acknowledged >= atLeast.acknowledged && counts.refused >= atLeast.refused && until(counts);
  let isOver = false;
  let lastNumber = 0;
  const running = Promise.all(
    Array.from({ length: clients }, (_, client) =>
      runClient({
        client,
        subjects,
        origins,
        random: random.fork(),
        isOver: () => isOver,
        nextNumber: () => ++lastNumber,
        record,
        timeoutMs,
        thinkMsMax: 4,
      }),
    ),
  );
  let end: End;
  try {
    await Promise.all([delay(durationMs), options.disturb?.({ seed, counts })]);
    end = await goOnUntil(isEnough, { isSpent: () => operations.length >= operationsMax });
  } finally {
    isOver = true;
    await running;
  }
  const twice = options.duplicated?.() ?? new Set();
  const history: History = {
    operations: operations.map((one) => (twice.has(one.number) ? { ...one, duplicated: true } : one)),
    resources: await readFinalState(subjects, finalOrigins()),
  };
  const { acknowledged: accepted, refused, unknown } = counts;
  const seen = `${accepted} acknowledged, ${refused} refused and ${unknown} unknown`;
  return report(seed, history, options.lossyUntilMs?.() ?? 0, tooLittleOf(end, seen));
}

/**
 * Fails where a run found something, or shows nothing.
 *
 * @throws Error that names the seed, and the file with the whole history
 */
export function assertClean(name: string, { violations, tooLittle, seed, history }: BlackBoxReport): void {
  if (violations.length === 0 && tooLittle === undefined) return;
  const file = keep(name, seed, history);
  const found = violations.slice(0, 10).map(({ kind, resource, detail }) => `${kind}: ${resource}: ${detail}`);
  const more = violations.length > 10 ? [`and ${violations.length - 10} more`] : [];
  const problems = [...(tooLittle === undefined ? [] : [tooLittle]), ...found, ...more];
  throw new Error(`${name}, seed ${seed}, history in ${file}:\n${problems.join("\n")}`);
}

/** One line of what a run saw. */
export function summary(name: string, report: BlackBoxReport): string {
  const { acknowledged, refused, unknown, unknownApplied, notSent, reads, lost, violations, seed } = report;
  const counts = `${acknowledged} acknowledged, ${refused} refused, ${unknown} unknown (${unknownApplied} applied)`;
  const rest = `${notSent} not sent, ${reads} reads, ${lost.length} lost, ${violations.length} violations`;
  return `${name}: ${counts}, ${rest}; seed ${seed}`;
}

function report(seed: number, history: History, lossyUntilMs: number, tooLittle: string | undefined): BlackBoxReport {
  const { violations, lost } = check(history, { lossyUntilMs });
  const writes = history.operations.filter(({ method }) => method !== "GET");
  const unknown = writes.filter(({ outcome }) => outcome.kind === "unknown");
  const markers = new Set(history.resources.flatMap(({ states }) => states.map(({ marker }) => marker)));
  return {
    seed,
    acknowledged: writes.filter(acknowledged).length,
    refused: writes.filter(isRefused).length,
    unknown: unknown.length,
    unknownApplied: unknown.filter(({ marker }) => marker !== undefined && markers.has(marker)).length,
    notSent: history.operations.filter(({ outcome }) => outcome.kind === "not-sent").length,
    reads: history.operations.length - writes.length,
    violations,
    lost,
    history,
    ...(tooLittle !== undefined && { tooLittle }),
  };
}

function subjectsOf(seed: number): readonly [Subject, ...Subject[]] {
  const id = (number: number): string => `box-${seed.toString(36)}-${number}`;
  const first: Subject = { collection: "articles", id: id(0) };
  const others = Array.from({ length: subjectsEach * 3 - 1 }, (_, index): Subject => {
    const collection = (["articles", "products", "orders"] as const)[(index + 1) % 3] ?? "orders";
    return { collection, id: id(index + 1) };
  });
  return [first, ...others];
}

function keep(name: string, seed: number, history: History): string {
  const folder = join(tmpdir(), "unclash-histories");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name.replaceAll(/[^a-z0-9]+/gi, "-")}-${seed}.json`);
  writeFileSync(file, JSON.stringify({ name, seed, ...history }));
  return file;
}
