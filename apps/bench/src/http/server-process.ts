import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Profiler } from "node:inspector";
import { fileURLToPath } from "node:url";
import type { ServerMessage, ServerRequest } from "./serve.js";
import type { FrameworkName } from "./servers/all.js";
import type { Variant } from "./servers/variant.js";

/** A server in a process of its own, so that the time it uses can be told from everything else's. */
export interface ServerProcess {
  readonly port: number;
  /** The processor time that the process has used so far, in microseconds. */
  cpuMicros(): Promise<number>;
  /** Profiles the process from here on, once in its life. */
  startProfile(): Promise<void>;
  endProfile(): Promise<Profiler.Profile>;
  stop(): Promise<void>;
}

// The build puts this module's code next to the folder of the server's entry.
const ownEntry = fileURLToPath(new URL("./http/serve.js", import.meta.url));

/** @param entry another build's entry of the server, by its path */
export async function startServer(
  framework: FrameworkName,
  variant: Variant,
  entry: string = ownEntry,
): Promise<ServerProcess> {
  const child = fork(entry, [framework, variant], { env: { ...process.env, NODE_ENV: "production" } });
  const first = await nextMessage(child, "listening");
  return {
    port: first.port,
    async cpuMicros() {
      return (await ask(child, "cpu", "cpu")).micros;
    },
    async startProfile() {
      await ask(child, "start-profile", "profiling");
    },
    async endProfile() {
      return (await ask(child, "end-profile", "profile")).profile;
    },
    async stop() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

type Kind = ServerMessage["kind"];
type MessageOf<K extends Kind> = Extract<ServerMessage, { readonly kind: K }>;

function ask<K extends Kind>(child: ChildProcess, asked: ServerRequest, kind: K): Promise<MessageOf<K>> {
  child.send(asked);
  return nextMessage(child, kind);
}

function nextMessage<K extends Kind>(child: ChildProcess, kind: K): Promise<MessageOf<K>> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`A server ended with ${String(code)}.`));
    child.once("exit", onExit);
    child.once("message", (message: ServerMessage) => {
      child.off("exit", onExit);
      if (isOfKind(message, kind)) resolve(message);
      else reject(new Error(`A server said ${message.kind} when it should have said ${kind}.`));
    });
  });
}

function isOfKind<K extends Kind>(message: ServerMessage, kind: K): message is MessageOf<K> {
  return message.kind === kind;
}
