import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { startOwned } from "./owned-process.js";
import { postgresBinaries, startPostgres } from "./postgres.js";
import { redisBinary, startRedis } from "./redis.js";

describe.skipIf(postgresBinaries() === undefined)("a private PostgreSQL", () => {
  it("keeps what was committed through an immediate stop, and is gone after its removal", async () => {
    const server = await startPostgres();
    try {
      await query(server.url, "create table kept as select 42 as answer");
      const before = server.pid();
      await server.stop("SIGQUIT");
      await expect(query(server.url, "select 1")).rejects.toThrow(/ECONNREFUSED/);
      await server.start();
      expect(server.pid()).not.toBe(before);
      expect(await query(server.url, "select answer from kept")).toEqual([{ answer: 42 }]);
    } finally {
      await server.remove();
    }
    expect(isAlive(server.pid())).toBe(false);
  });

  it("takes settings", async () => {
    const server = await startPostgres({ settings: { max_connections: "7" } });
    try {
      expect(await query(server.url, "show max_connections")).toEqual([{ max_connections: "7" }]);
    } finally {
      await server.remove();
    }
  });
});

describe.skipIf(redisBinary() === undefined)("a private Redis", () => {
  it("with an append-only file keeps what was written through a kill", async () => {
    const server = await startRedis({ settings: { appendonly: "yes", appendfsync: "always" } });
    const client = new Redis(server.url, { lazyConnect: true });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.set("kept", "42");
      await server.stop("SIGKILL");
      await server.start();
      await until(async () => (await client.get("kept").catch(() => undefined)) === "42");
    } finally {
      client.disconnect();
      await server.remove();
    }
    expect(isAlive(server.pid())).toBe(false);
  });
});

describe("a server's process", () => {
  it("ends when the one that started it is killed", async () => {
    const program = `
      const { startOwned } = await import(${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)});
      console.log((await startOwned("sleep", ["600"])).pid);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", program]);
    const [line] = await once(parent.stdout, "data");
    const pid = Number(String(line));
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await until(async () => !isAlive(pid));
  });

  it("that does not start says what it wrote", async () => {
    const server = await startOwned("sh", ["-c", "echo no port is free >&2; exit 3"]);
    await until(async () => server.hasEnded());
    expect(server.output()).toContain("no port is free");
  });
});

async function query(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client(url);
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const endsAt = performance.now() + 15_000; !(await holds()); await delay(20)) {
    if (performance.now() > endsAt) expect.fail("waited for 15 seconds in vain");
  }
}
