import type { Profiler } from "node:inspector";
import { Session } from "node:inspector/promises";
import type { AddressInfo } from "node:net";
import { assertNever } from "@unclash/core";
import { frameworks, isFrameworkName } from "./servers/all.js";
import type { Variant } from "./servers/variant.js";

/** What a server's process tells the one that measures it. */
export type ServerMessage =
  | { readonly kind: "listening"; readonly port: number }
  /** The processor time that it has used so far, in microseconds, all its threads together. */
  | { readonly kind: "cpu"; readonly micros: number }
  | { readonly kind: "profiling" }
  | { readonly kind: "profile"; readonly profile: Profiler.Profile };

/** What it is asked for. */
export type ServerRequest = "cpu" | "start-profile" | "end-profile";

const [, , name = "", variant = ""] = process.argv;
const server = await start(name, variant);
// Connections are idle while other servers are measured.
server.keepAliveTimeout = 3_600_000;
const inspector = new Session();
process.on("message", async (asked: ServerRequest) => tell(await answer(asked)));
process.on("disconnect", () => process.exit());
tell({ kind: "listening", port: portOf(server.address()) });

async function start(name: string, variant: string): ReturnType<(typeof frameworks)["node"]["bare"]> {
  if (!isFrameworkName(name)) throw new TypeError(`There is no framework ${name}.`);
  const framework = frameworks[name];
  const starts: Readonly<Record<Variant, (() => ReturnType<typeof framework.bare>) | undefined>> = {
    bare: framework.bare,
    peer: framework.peer?.start,
    unclash: framework.unclash,
    guarded: framework.guarded,
    "guard-peer": framework.guardPeer?.start,
  };
  const chosen = Object.entries(starts).find(([known]) => known === variant)?.[1];
  if (chosen === undefined) throw new TypeError(`${name} has no variant ${variant}.`);
  return chosen();
}

async function answer(asked: ServerRequest): Promise<ServerMessage> {
  switch (asked) {
    case "cpu":
      return { kind: "cpu", micros: cpuMicros() };
    case "start-profile":
      inspector.connect();
      await inspector.post("Profiler.enable");
      await inspector.post("Profiler.setSamplingInterval", { interval: 200 });
      await inspector.post("Profiler.start");
      return { kind: "profiling" };
    case "end-profile":
      return { kind: "profile", profile: (await inspector.post("Profiler.stop")).profile };
    default:
      return assertNever(asked);
  }
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== "object" || address === null) throw new TypeError("The server has no port.");
  return address.port;
}

function tell(message: ServerMessage): void {
  process.send?.(message);
}
