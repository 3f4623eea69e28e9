import { setTimeout as delay } from "node:timers/promises";
import { readAnswer } from "./answer.js";
import type { Operation, Outcome } from "./history.js";
import { createHttpClient, type HttpClient } from "./http-client.js";
import type { Random } from "./random.js";
import { type Belief, type Intent, read, type Subject, write } from "./workload.js";

export interface ClientOptions {
  readonly client: number;
  readonly subjects: readonly [Subject, ...Subject[]];
  /** Where the servers are at the moment. */
  readonly origins: () => readonly [string, ...string[]];
  readonly random: Random;
  readonly isOver: () => boolean;
  /** Numbers the operations of all clients. */
  readonly nextNumber: () => number;
  readonly record: (operation: Operation) => void;
  readonly timeoutMs: number;
  readonly thinkMsMax: number;
}

/** A merge over a newer state would be one more state that a write replaces: the checkers hold each to one. */
const strict = { prefer: "on-conflict=reject" };

/** Reads and writes, some of it with what it read long ago, until the run is over. */
export async function runClient(options: ClientOptions): Promise<void> {
  const { random, subjects, isOver, thinkMsMax } = options;
  const http = createHttpClient();
  const beliefs = new Map<Subject, Belief>();
  while (!isOver()) {
    const subject = random.pick(subjects);
    const known = beliefs.get(subject);
    if (known === undefined || random.chance(0.7)) {
      const tag = known?.kind === "state" && random.chance(0.3) ? known.etag : undefined;
      beliefs.set(subject, believe(known, await perform(options, http, subject, read(subject, tag), known)));
      if (random.chance(0.15)) continue;
    }
    await delay(random.between(0, thinkMsMax + 1));
    const belief = beliefs.get(subject) ?? { kind: "nothing" };
    const intent = write(subject, belief, String(options.nextNumber()), random);
    const outcome = await perform(options, http, subject, intent, belief);
    // Whoever does not listen to an answer writes over an old state the next time, which is to be refused.
    if (random.chance(0.8)) beliefs.set(subject, believe(belief, outcome));
    if (outcome.kind === "not-sent") await delay(20);
  }
  http.close();
}

async function perform(
  { client, origins, random, nextNumber, record, timeoutMs }: ClientOptions,
  http: HttpClient,
  { collection, id }: Subject,
  { operation, message }: Intent,
  known: Belief | undefined,
): Promise<Outcome> {
  const number = operation.marker === undefined ? nextNumber() : Number(operation.marker);
  const headers = { ...message.headers, ...strict, "x-operation": String(number) };
  const startedAtMs = performance.now();
  const answer = await http.send(random.pick(origins()), { ...message, headers }, timeoutMs);
  const endedAtMs = performance.now();
  const outcome = readAnswer(answer, known?.kind === "state" ? known : undefined);
  record({ ...operation, number, client, startedAtMs, endedAtMs, resource: `${collection}/${id}`, outcome });
  return outcome;
}

function believe(before: Belief | undefined, outcome: Outcome): Belief {
  if (outcome.kind !== "answered") return before ?? { kind: "nothing" };
  const { status, version, etag, body } = outcome;
  if (version !== undefined && etag !== undefined && body !== undefined) return { kind: "state", version, etag, body };
  if (status === 404 || status === 410 || status === 204) return { kind: "nothing" };
  return before ?? { kind: "nothing" };
}
