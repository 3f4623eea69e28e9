import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.js";
import { type OwnedProcess, type RunAs, startOwned } from "./owned-process.js";
import { until } from "./until.js";

export interface PostgresSettings {
  /** Of `postgresql.conf`, such as `{ max_connections: "20" }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where its data are: an empty folder, which stays. @default a temporary folder, which goes with the server */
  readonly folder?: string;
}

/** A PostgreSQL server of one's own: superuser and database are `postgres`, and no password is asked for. */
export interface PostgresServer {
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now. */
  readonly pid: () => number;
  /** Ends the process: `SIGINT` cuts connections and shuts down, `SIGQUIT` is an immediate stop. @default "SIGINT" */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** Starts it again after `stop`, on the same data and port. Resolves once it takes connections. */
  readonly start: () => Promise<void>;
  /** Ends it for good, and removes its data. */
  readonly remove: () => Promise<void>;
}

/** The folder with `initdb` and `postgres`: `pg_config` knows it, or it is where Debian and others keep them. */
export function postgresBinaries(): string | undefined {
  const versions = "/usr/lib/postgresql";
  const debian = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    tryRun("pg_config", ["--bindir"]),
    ...debian.map((version) => join(versions, version, "bin")),
    ...(process.env["PATH"] ?? "").split(":"),
    "/opt/homebrew/bin",
    "/usr/local/pgsql/bin",
  ];
  return folders.find((folder) => folder && existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

/**
 * Starts a private server on a free port.
 *
 * @throws Error where there are no binaries, or with what the server wrote where it does not start
 */
export async function startPostgres({ settings = {}, folder }: PostgresSettings = {}): Promise<PostgresServer> {
  const binaries = postgresBinaries();
  if (binaries === undefined) throw new Error("PostgreSQL's initdb and postgres are not on this machine");
  const runAs = ordinaryUser();
  const home = folder ?? mkdtempSync(join(tmpdir(), "unclash-postgres-"));
  if (runAs.uid !== undefined && runAs.gid !== undefined) chownSync(home, runAs.uid, runAs.gid);
  const data = join(home, "data");
  execFileSync(
    join(binaries, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    { stdio: "pipe", cwd: "/", ...runAs },
  );
  const port = await freePort();
  const options = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: home,
    max_connections: "200",
    ...settings,
  };
  const parameters = ["-D", data, ...Object.entries(options).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  const isReady = (): boolean =>
    tryRun(join(binaries, "psql"), ["-h", home, "-p", String(port), "-U", "postgres", "-Atc", "select 1"]) === "1";

  let running = await run();
  async function run(): Promise<OwnedProcess> {
    const server = await startOwned(join(binaries ?? "", "postgres"), parameters, runAs);
    await until(isReady, { describe: () => `PostgreSQL did not start:\n${server.output()}`, failed: server.hasEnded });
    return server;
  }

  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port,
    pid: () => running.pid,
    stop: (signal = "SIGINT") => running.end(signal),
    async start() {
      if (running.hasEnded()) running = await run();
    },
    async remove() {
      await running.end("SIGQUIT");
      if (folder === undefined) rmSync(home, { recursive: true, force: true });
    },
  };
}

// PostgreSQL refuses to run as root. Its own user is there where a package of the system installed it.
function ordinaryUser(): RunAs {
  if (process.getuid?.() !== 0) return {};
  for (const user of ["postgres", "nobody"]) {
    const [uid, gid] = [tryRun("id", ["-u", user]), tryRun("id", ["-g", user])];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  return {};
}

function tryRun(command: string, parameters: readonly string[]): string | undefined {
  try {
    return execFileSync(command, parameters, { stdio: ["ignore", "pipe", "ignore"], cwd: "/" })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}
