import { setTimeout as delay } from "node:timers/promises";
import { member, readAnswer } from "../black-box/answer.js";
import { type End, goOnUntil, hung, tooLittleOf } from "../black-box/enough.js";
import { createHttpClient, type HttpAnswer, type HttpClient } from "../black-box/http-client.js";
import { chooseSeed, createRandom, type Random } from "../black-box/random.js";
import { checkMarks, isAcknowledged, isRefused, type MarkViolation } from "./check-marks.js";
import { type Append, type MarkHistory, newName, type Reading, withMark } from "./marks.js";

export interface MarkRunOptions {
  /** Where the clients send their requests. */
  readonly origins: readonly [string, ...string[]];
  /** The ids of new customers. */
  readonly customers: readonly [string, ...string[]];
  /** The run goes on until so much has happened: a quiet run proves nothing. @default 300 acknowledged, 200 refused */
  readonly atLeast?: { readonly acknowledged: number; readonly refused: number; readonly shared?: number };
  /** After so many appends it ends in any case. @default Infinity */
  readonly appendsMax?: number;
  /** How long it goes on at least. @default 0 */
  readonly durationMs?: number;
  /** What goes wrong meanwhile. The run lasts until it is through. */
  readonly disturb?: (run: RunningMarks) => Promise<void>;
}

/** How many appends have ended, and how. */
export interface MarkCounts {
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
  /** Acknowledged appends over a state that another one had replaced: one of the two is lost. */
  readonly shared: number;
}

/** What a disturbance sees of the run. */
export interface RunningMarks {
  readonly random: Random;
  readonly counts: MarkCounts;
  /** Waits for so many more appends to be acknowledged. */
  readonly acknowledged: (more: number) => Promise<void>;
}

export interface MarkReport extends MarkCounts {
  readonly seed: number;
  readonly violations: readonly MarkViolation[];
  readonly history: MarkHistory;
  /** Why the run shows nothing, if so. */
  readonly tooLittle?: string;
}

const clients = 8;
const timeoutMs = 5_000;
const settleMs = 200;

/** Makes the customers of a run: so few that writers meet. */
export async function makeCustomers(origin: string): Promise<readonly [string, ...string[]]> {
  const random = createRandom(chooseSeed());
  const make = async (): Promise<string> => {
    const id = `marked-${random.between(0, 2 ** 32).toString(36)}`;
    const response = await fetch(`${origin}/customers/${id}`, {
      method: "PUT",
      headers: { "content-type": "application/json", "if-none-match": "*" },
      body: JSON.stringify({ name: newName, email: `${id}@shop.example` }),
    });
    if (response.status !== 201) throw new Error(`PUT of a customer: ${response.status} ${await response.text()}`);
    return id;
  };
  return [await make(), await make()];
}

/**
 * Lets eight clients read customers, append a mark to a name and write it back, and checks what became of the marks.
 */
export async function runMarks({
  origins,
  customers,
  atLeast = { acknowledged: 300, refused: 200 },
  appendsMax = Infinity,
  durationMs = 0,
  disturb,
}: MarkRunOptions): Promise<MarkReport> {
  const seed = chooseSeed();
  const random = createRandom(seed);
  const appends: Append[] = [];
  const readings: Reading[] = [];
  const counts = { acknowledged: 0, refused: 0, unknown: 0, shared: 0 };
  const bases = new Set<string>();
  const record = (append: Append): void => {
    appends.push(append);
    const { outcome } = append;
    if (isAcknowledged(outcome)) {
      counts.acknowledged++;
      const replaced = `${append.customer} ${append.base}`;
      if (bases.has(replaced)) counts.shared++;
      bases.add(replaced);
    }
    if (isRefused(outcome)) counts.refused++;
    if (outcome.kind === "unknown") counts.unknown++;
  };
  let isOver = false;
  let last = 0;
  const appendUntilOver = async (client: number, own: Random): Promise<void> => {
    const http = createHttpClient();
    const origin = (): string => own.pick(origins);
    while (!isOver) {
      const customer = own.pick(customers);
      const found = readAnswer(await http.send(origin(), { method: "GET", path: `/customers/${customer}` }, timeoutMs));
      if (found.kind !== "answered" || found.status !== 200) {
        await delay(20);
        continue;
      }
      const { name, email, ...state } = stateIn(found);
      readings.push({ customer, version: state.version, name });
      await delay(own.between(0, 5));
      const mark = (++last).toString(36);
      const message = messageOf(own, customer, { name: withMark(name, mark), email }, state.etag);
      const outcome = readAnswer(await http.send(origin(), message, timeoutMs));
      record({ customer, mark, client, base: state.etag, outcome });
    }
    http.close();
  };
  const running = Promise.all(Array.from({ length: clients }, (_, client) => appendUntilOver(client, random.fork())));
  const run: RunningMarks = {
    random: random.fork(),
    counts,
    async acknowledged(more) {
      const target = counts.acknowledged + more;
      const end = await goOnUntil(() => counts.acknowledged >= target);
      if (end === "hung") throw new Error(hung(`${counts.acknowledged} of ${target} acknowledged`));
    },
  };
  let end: End;
  try {
    await Promise.all([delay(durationMs), disturb?.(run)]);
    const isEnough = (): boolean =>
      counts.acknowledged >= atLeast.acknowledged &&
      counts.refused >= atLeast.refused &&
      counts.shared >= (atLeast.shared ?? 0);
    end = await goOnUntil(isEnough, { isSpent: () => appends.length >= appendsMax });
  } finally {
    isOver = true;
    await running;
  }
  await delay(settleMs);
  const [finals = [], ...others] = await Promise.all(origins.map((origin) => readFinals(origin, customers)));
  const history = { appends, readings: [...readings, ...others.flat()], finals };
  const { acknowledged, refused, shared } = counts;
  const tooLittle = tooLittleOf(end, `${acknowledged} acknowledged, ${refused} refused and ${shared} over one state`);
  return {
    ...(tooLittle !== undefined && { tooLittle }),
    seed,
    ...counts,
    violations: checkMarks(history),
    history,
  };
}

function messageOf(
  random: Random,
  customer: string,
  { name, email }: { readonly name: string; readonly email: string },
  etag: string,
) {
  const isPatch = random.chance(0.5);
  const headers = { "content-type": isPatch ? "application/merge-patch+json" : "application/json", "if-match": etag };
  const body = JSON.stringify(isPatch ? { name } : { name, email });
  return { method: isPatch ? "PATCH" : "PUT", path: `/customers/${customer}`, headers, body };
}

function stateIn({ etag = "", body = "" }: { readonly etag?: string; readonly body?: string }) {
  const content: unknown = JSON.parse(body);
  const text = (name: string): string => String(member(content, name));
  return { etag, version: Number(member(content, "version")), name: text("name"), email: text("email") };
}

/** What a process tells at the end, once a request that was given up can't arrive any more. */
async function readFinals(origin: string, customers: readonly string[]): Promise<readonly Reading[]> {
  const http = createHttpClient();
  const finals: Reading[] = [];
  for (const customer of customers) {
    const { version, name } = stateIn(await get(http, origin, `/customers/${customer}`));
    finals.push({ customer, version, name });
  }
  http.close();
  return finals;
}

async function get(http: HttpClient, origin: string, path: string): Promise<Pick<HttpAnswer, "body">> {
  const answer = await http.send(origin, { method: "GET", path }, timeoutMs);
  if ("status" in answer && answer.status === 200) return answer;
  throw new Error(`GET ${path} at the end of a run: ${JSON.stringify(answer)}`);
}
