import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.js";
import { type OwnedProcess, startOwned } from "./owned-process.js";
import { until } from "./until.js";

export interface RedisSettings {
  /** Of `redis.conf`, such as `{ appendonly: "yes" }`. @default no persistence, and noeviction */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A Redis (or Valkey) server of one's own. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now. */
  readonly pid: () => number;
  /** Ends the process: `SIGTERM` shuts down, `SIGKILL` is a crash. @default "SIGTERM" */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** Starts it again after `stop`, on the same data and port. Resolves once it takes commands. */
  readonly start: () => Promise<void>;
  /** Ends it for good, and removes its data. */
  readonly remove: () => Promise<void>;
}

/** The path of `redis-server` or `valkey-server`. */
export function redisBinary(): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/local/bin", "/opt/homebrew/bin"];
  return ["redis-server", "valkey-server"]
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}

/**
 * Starts a private server on a free port.
 *
 * @throws Error where there is no binary, or with what the server wrote where it does not start
 */
export async function startRedis({ settings = {} }: RedisSettings = {}): Promise<RedisServer> {
  const binary = redisBinary();
  if (binary === undefined) throw new Error("redis-server is not on this machine");
  const home = mkdtempSync(join(tmpdir(), "unclash-redis-"));
  const port = await freePort();
  const options = { bind: "127.0.0.1", port: String(port), dir: home, save: "", appendonly: "no", ...settings };
  const parameters = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);

  let running = await run();
  async function run(): Promise<OwnedProcess> {
    const server = await startOwned(binary ?? "", parameters);
    const isReady = async (): Promise<boolean> => (await reply(port)).startsWith("+PONG");
    await until(isReady, { describe: () => `Redis did not start:\n${server.output()}`, failed: server.hasEnded });
    return server;
  }

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: () => running.pid,
    stop: (signal = "SIGTERM") => running.end(signal),
    async start() {
      if (running.hasEnded()) running = await run();
    },
    async remove() {
      await running.end("SIGKILL");
      rmSync(home, { recursive: true, force: true });
    },
  };
}

// What the server answers to PING; while it loads its data that is not yet PONG.
function reply(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once("data", (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.once("error", () => resolve(""));
    socket.once("close", () => resolve(""));
  });
}
