import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresBinaries, postgresUrl, redisBinary, redisUrl, startPostgres, startRedis } from "@unclash/test-servers";
import { onTestFinished } from "vitest";
import { makePlace } from "../black-box/store-place.js";

/** The stores that are to survive faults. What is in memory alone does not. */
export const durableKinds = ["sqlite", "postgres", "redis"] as const;

export type DurableKind = (typeof durableKinds)[number];

/** A server that a test may kill. */
export interface OwnServer {
  readonly port: number;
  readonly pid: () => number;
  /** As a crash would end it. */
  readonly crash: () => Promise<void>;
  readonly start: () => Promise<void>;
}

/** A store of a test's own, gone with the test. */
export interface OwnPlace {
  /** `UNCLASH_STORE` */
  readonly store: string;
  /** The same through another port, such as a proxy's. */
  readonly storeAt: (port: number) => string;
  /** Absent where the store is a file. */
  readonly server?: OwnServer;
  /** Absent where there is a server. */
  readonly file?: string;
}

/** A place on a server. */
export type ServedPlace = OwnPlace & { readonly server: OwnServer };

/**
 * Whether a server of this kind can be started here: a line says so where it can't.
 *
 * @throws Error then, with `REQUIRE_SERVICES=1`
 */
export function canOwn(kind: DurableKind): boolean {
  if (kind === "sqlite") return true;
  const found = kind === "postgres" ? postgresBinaries() : redisBinary();
  if (found !== undefined) return true;
  const missing = `The faults of ${kind} need its server's program on this machine`;
  if (process.env["REQUIRE_SERVICES"] === "1") throw new Error(`${missing}; REQUIRE_SERVICES=1 asks for it.`);
  console.log(`${missing}: they are skipped.`);
  return false;
}

/** Makes a place whose acknowledged commits survive a crash. `folder` says where its data are to be. */
export async function ownPlace(kind: DurableKind, folder: string = temporaryFolder()): Promise<OwnPlace> {
  return kind === "sqlite" ? ownFile(folder) : ownServer(kind, folder);
}

function ownFile(folder: string): OwnPlace {
  const file = join(folder, "shop.db");
  const store = `sqlite:${file}`;
  return { store, storeAt: () => store, file };
}

/** The same, for the kinds that have a server. */
export async function ownServer(kind: "postgres" | "redis", folder: string = temporaryFolder()): Promise<ServedPlace> {
  const settings = { appendonly: "yes", appendfsync: "always", dir: folder };
  const started = kind === "postgres" ? await startPostgres({ folder }) : await startRedis({ settings });
  onTestFinished(() => started.remove());
  return {
    store: started.url,
    storeAt: (port) => atPort(started.url, port),
    server: {
      port: started.port,
      pid: () => started.pid(),
      // An immediate stop of PostgreSQL: its processes end at once and write nothing any more.
      crash: () => started.stop(kind === "postgres" ? "SIGQUIT" : "SIGKILL"),
      start: () => started.start(),
    },
  };
}

/**
 * A place on a server to which only the way is disturbed: the one that the tests share, where it is on this machine.
 */
export async function reachedPlace(
  kind: "postgres" | "redis",
): Promise<Omit<ServedPlace, "server"> & { port: number }> {
  const shared = kind === "postgres" ? postgresUrl : redisUrl;
  if (shared === undefined || !["127.0.0.1", "localhost"].includes(new URL(shared).hostname)) {
    const own = await ownServer(kind);
    return { ...own, port: own.server.port };
  }
  const { store, remove } = await makePlace(kind);
  onTestFinished(remove);
  const defaultPort = kind === "postgres" ? 5_432 : 6_379;
  return { store, storeAt: (port) => atPort(store, port), port: Number(new URL(store).port || defaultPort) };
}

function atPort(store: string, port: number): string {
  const url = new URL(store);
  url.port = String(port);
  return url.href;
}

/** A new folder, gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "unclash-fault-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
