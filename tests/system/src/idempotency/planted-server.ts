import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { member } from "../black-box/answer.js";
import { createRandom } from "../black-box/random.js";
import type { FinalResource, KeyViolationKind } from "./history.js";
import { type NoteAnswer, Notes, type NoteWrite, problem } from "./planted-notes.js";

/** What a server may do wrong about keys, and what a run is to find of it. */
export const plantedBugs = {
  "knows keys without their callers": "refused-for-nothing",
  "knows keys without methods and paths": "refused-for-nothing",
  "does not compare requests": "two-owners",
  "carries out what it refuses": "effect-of-refused",
  "keeps answers after the fact, and claims nothing before": "applied-twice",
  "keeps answers before the fact": "lost-effect",
  "keeps failures": "stuck",
  "keeps answers to dry runs": "lost-effect",
  "never lets go of what a dead process had claimed": "stuck",
  "runs again what a dead process had claimed, and does not know its own": "applied-twice",
  "answers anew": "answers-differ",
  "hides that it repeats": "ran-twice",
  "says that it repeats when it does not": "replay-of-nothing",
} as const satisfies Readonly<Record<string, KeyViolationKind>>;

export type Bug = keyof typeof plantedBugs;

/**
 * A server of notes that treats keys as a guard does: claim, run, keep the answer; and dies in the middle of it now and
 * then.
 */
export interface PlantedServer {
  readonly origin: string;
  readonly read: () => readonly FinalResource[];
  /** How often its bug has done what shows in a history, however the run goes on. */
  readonly struck: () => number;
  readonly close: () => void;
}

/** How long a claim outlives its process. One whose process lives does not lapse, however slow the machine is. */
const leaseMs = 300;

interface KeyEntry {
  /** The caller, method, path and key: what tells keys apart where nothing is wrong. */
  readonly own: string;
  readonly said: string;
  readonly answer?: NoteAnswer;
  /** The answer is that of a dry run. */
  readonly isTrial?: true;
  readonly claimedUntilMs: number;
}

/** Starts it, with a bug or without. */
export async function startPlanted(bug?: Bug): Promise<PlantedServer> {
  const notes = new Notes();
  const keys = new Map<string, KeyEntry>();
  /** What a request has made: known in the same step in which it is made. */
  const effects = new Map<string, NoteAnswer>();
  const random = createRandom(7);
  let strikes = 0;
  const strike = (by: Bug, shows: boolean): void => {
    if (bug === by && shows) strikes++;
  };

  const answerKeyed = async (req: IncomingMessage, write: NoteWrite): Promise<NoteAnswer | "dies"> => {
    const { authorization = "", "idempotency-key": key = "", prefer } = req.headers;
    const isTrial = prefer === "dry-run";
    const callers = bug === "knows keys without their callers" ? "" : authorization;
    const paths = bug === "knows keys without methods and paths" ? "" : `${write.method} ${write.path}`;
    const scope = `${callers} ${paths} ${key}`;
    const own = `${authorization} ${write.method} ${write.path} ${key}`;
    const said = `${write.ifMatch} ${write.name}`;
    const hasEffect = ({ status }: NoteAnswer): boolean => write.method !== "DELETE" && status < 300;
    const known = keys.get(scope);
    if (known !== undefined && known.said !== said && bug !== "does not compare requests") {
      if (bug === "carries out what it refuses") strike(bug, hasEffect(notes.write(write)));
      if (known.own !== own) strikes++;
      return problem(422, "idempotency-key-reused");
    }
    if (known?.answer !== undefined) {
      strike("does not compare requests", known.said !== said);
      const promises = known.isTrial === true && !isTrial && hasEffect(known.answer);
      strike("keeps answers to dry runs", promises && !effects.has(scope));
      strike("answers anew", true);
      strike("hides that it repeats", true);
      return replayOf(known.answer, bug);
    }
    const hasLapsed = bug !== "never lets go of what a dead process had claimed";
    if (known !== undefined && !(hasLapsed && known.claimedUntilMs < performance.now()))
      return problem(409, "idempotency-in-progress");

    const claims = bug !== "keeps answers after the fact, and claims nothing before";
    const claim = (untilMs: number): unknown => claims && keys.set(scope, { own, said, claimedUntilMs: untilMs });
    claim(Infinity);
    const keep = (answer: NoteAnswer): void =>
      void keys.set(scope, { own, said, answer, claimedUntilMs: 0, ...(isTrial && { isTrial }) });
    await delay(random.between(0, 4));
    if (random.chance(0.03)) {
      const failure = problem(503, "store-unavailable", { outcome: "not-applied" });
      strike("keeps failures", !isTrial);
      if (bug === "keeps failures") keep(failure);
      else keys.delete(scope);
      return failure;
    }
    if (isTrial) {
      const answer = notes.write(write, true);
      if (bug === "keeps answers to dry runs") keep(answer);
      else keys.delete(scope);
      return answer;
    }
    if (bug === "keeps answers before the fact") {
      const expected = notes.write(write, true);
      keep(expected);
      if (random.chance(0.05)) {
        strike(bug, hasEffect(expected));
        return "dies";
      }
    }
    const effect = claims && !bug?.startsWith("runs again") ? effects.get(scope) : undefined;
    const answer = effect ?? notes.write(write);
    effects.set(scope, answer);
    if (random.chance(0.05)) {
      claim(performance.now() + leaseMs);
      strike("never lets go of what a dead process had claimed", true);
      // Nothing hinders it from being done again, and at the end it is asked for again.
      strike(
        "runs again what a dead process had claimed, and does not know its own",
        hasEffect(answer) && write.ifMatch === undefined,
      );
      return "dies";
    }
    await delay(random.between(0, 4));
    keep(answer);
    strike("says that it repeats when it does not", true);
    return bug === "says that it repeats when it does not" ? replayOf(answer) : answer;
  };

  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const { method = "", url: path = "" } = req;
    if (method === "GET") return send(res, notes.read(path));
    const content = await text(req);
    const name = content === "" ? "" : String(member(JSON.parse(content), "name"));
    const write = { method, path, ifMatch: req.headers["if-match"], name };
    const isKeyed = req.headers["idempotency-key"] !== undefined;
    const answer = isKeyed ? await answerKeyed(req, write) : notes.write(write);
    if (answer === "dies") res.destroy();
    else send(res, answer);
  };
  const server = createServer((req, res) => void serve(req, res).catch((error: Error) => res.destroy(error)));
  // Whatever the bug: two effects of one request show.
  return { ...(await served(server)), read: () => notes.all(), struck: () => strikes + notes.repeated };
}

/** Lets a server listen. */
export async function served(server: Server): Promise<Pick<PlantedServer, "origin" | "close">> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    origin: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

let repeats = 0;

function replayOf(answer: NoteAnswer, bug?: Bug): NoteAnswer {
  if (bug === "hides that it repeats") return answer;
  const body = bug === "answers anew" ? `${answer.body}${" ".repeat(++repeats % 8)}` : answer.body;
  return { ...answer, body, headers: { ...answer.headers, "idempotency-replayed": "true" } };
}

function send(res: ServerResponse, { status, headers, body }: NoteAnswer): void {
  res.writeHead(status, headers).end(body);
}
