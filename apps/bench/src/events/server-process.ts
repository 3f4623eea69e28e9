import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { EventServerMessage, EventServerRequest } from "./serve.js";
import type { SourceName } from "./source.js";

/** A server of events in a process of its own. */
export interface EventServerProcess {
  readonly port: number;
  readonly pid: number;
  state(): Promise<Extract<EventServerMessage, { readonly kind: "state" }>>;
  /** Has it write so many resources a second, on a store. */
  write(perSecond: number): void;
  stop(): Promise<void>;
}

// The build puts this module's code next to the folder of the server's entry.
const entry = fileURLToPath(new URL("./events/serve.js", import.meta.url));

export async function startEventServer(source: SourceName, location = ""): Promise<EventServerProcess> {
  const child = fork(entry, [source, location], { env: { ...process.env, NODE_ENV: "production" } });
  const first = await nextMessage(child);
  if (first.kind !== "listening") throw new Error(`A server of events said ${first.kind} first.`);
  const ask = (request: EventServerRequest): void => void child.send(request);
  return {
    port: first.port,
    pid: child.pid ?? 0,
    async state() {
      const answer = nextMessage(child);
      ask({ kind: "state" });
      const message = await answer;
      if (message.kind !== "state") throw new Error(`A server of events said ${message.kind}.`);
      return message;
    },
    write: (perSecond) => ask({ kind: "write", perSecond }),
    async stop() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

function nextMessage(child: ChildProcess): Promise<EventServerMessage> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`A server of events ended with ${String(code)}.`));
    child.once("exit", onExit);
    child.once("message", (message: EventServerMessage) => {
      child.off("exit", onExit);
      resolve(message);
    });
  });
}
