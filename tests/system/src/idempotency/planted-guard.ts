import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { createMemoryStore } from "@unclash/memory";
import { guarded } from "@unclash/node";
import type { GuardOptions, Identify, LoadedState } from "unclash";
import { member } from "../black-box/answer.js";
import { createRandom } from "../black-box/random.js";
import type { KeyViolationKind } from "./history.js";
import { type NoteAnswer, Notes } from "./planted-notes.js";
import { type PlantedServer, served } from "./planted-server.js";

/** What a handler behind a guard may do wrong about keys, and what a run is to find of it. */
export const plantedHandlers = {
  "is run again and does not look for its own": "applied-twice",
  "is not run again, since it does not say that it looks for its own": "given-up",
  "has no keys": "ran-twice",
} as const satisfies Readonly<Record<string, KeyViolationKind>>;

export type HandlerBug = keyof typeof plantedHandlers;

interface State extends LoadedState {
  readonly version: number;
}

/** Whoever shows `Bearer alice-token` is alice. */
export const identifyByName: Identify<unknown> = ({ headers }) => {
  const name = /^Bearer (\w+)-token$/.exec(String(headers["authorization"]))?.[1];
  return name === undefined ? undefined : { name };
};

/**
 * Starts a server of customers in memory behind a guard. Now and then the handler breaks off after its effect, as a
 * process does that is killed; `died` is told.
 */
export async function startGuarded(died: () => void, bug?: HandlerBug): Promise<PlantedServer> {
  const customers = new Notes();
  const effects = new Map<string, NoteAnswer>();
  const random = createRandom(7);
  let unanswered = 0;
  const idempotency = {
    store: createMemoryStore(),
    // Where nothing is wrong, no claim may lapse whose handler runs, however slow the machine is.
    leaseMs: bug === undefined ? 2_000 : 400,
    rerun: bug === undefined || bug.startsWith("is run"),
  };
  const options: GuardOptions<IncomingMessage, State> & { readonly creates: true } = {
    load({ url = "" }) {
      const current = customers.current(url);
      return current && { version: current.version, etag: `"${current.version}"` };
    },
    resource: ({ method, url = "" }) => (method === "POST" ? null : url.slice(1)),
    creates: true,
    identify: identifyByName,
    ...(bug !== "has no keys" && { idempotency }),
  };
  const handler = guarded(options, async ({ req, res, expected, outcome, idempotencyKey, prefers }) => {
    const { method = "", url: path = "" } = req;
    const key = method === "POST" && bug === undefined ? idempotencyKey : undefined;
    await delay(random.between(0, 4));
    const ifMatch = expected === undefined ? undefined : `"${expected}"`;
    const own = key === undefined ? undefined : effects.get(key);
    const answer = own ?? customers.write({ method, path, ifMatch, name: nameIn(req) }, prefers("dry-run"));
    if (answer.status === 409) outcome.conflict();
    if (key !== undefined && !prefers("dry-run")) effects.set(key, answer);
    if (random.chance(0.06)) {
      died();
      // Nothing hinders a creation from being done again, and at the end it is asked for again.
      if (method === "POST" && answer.status < 300 && !prefers("dry-run")) unanswered++;
      res.destroy();
      return;
    }
    if (method !== "DELETE") outcome.updated(Number(member(JSON.parse(answer.body), "version")));
    const { etag: _etag, ...headers } = answer.headers;
    res.writeHead(answer.status, headers).end(answer.body);
  });
  const server = createServer(async (req, res) => {
    if (req.method === "GET") {
      const { status, headers, body } = customers.read(req.url ?? "");
      res.writeHead(status, headers).end(body);
      return;
    }
    const content = await text(req);
    handler(content === "" ? req : Object.assign(req, { body: JSON.parse(content) }), res);
  });
  const struck = (): number => (bug === "has no keys" ? customers.repeated : unanswered);
  return { ...(await served(server)), read: () => customers.all(), struck };
}

function nameIn(request: IncomingMessage): string {
  return "body" in request ? String(member(request.body, "name")) : "";
}
