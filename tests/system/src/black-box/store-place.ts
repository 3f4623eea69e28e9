import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresUrl, redisUrl } from "@unclash/test-servers";
import { deleteKeys, dropSchemas } from "../leftovers.js";
import { shopsFolder } from "./shop-process.js";

export const storeKinds = ["memory", "sqlite", "postgres", "redis"] as const;

export type StoreKind = (typeof storeKinds)[number];

/** Somewhere for a shop's data that nobody else uses. */
export interface StorePlace {
  /** `UNCLASH_STORE` */
  readonly store: string;
  /** Leaves nothing behind. */
  readonly remove: () => Promise<void>;
}

/** Whether there is a server for a store of this kind. */
export function isAvailable(kind: StoreKind): boolean {
  if (kind === "postgres") return postgresUrl !== undefined;
  if (kind === "redis") return redisUrl !== undefined;
  return true;
}

/** How many processes may share a store of this kind here. */
export function processesOf(kind: StoreKind): number {
  return kind === "memory" ? 1 : 2;
}

/** Makes room for a shop on the servers that the tests share. */
export async function makePlace(kind: StoreKind): Promise<StorePlace> {
  const name = `box_${randomBytes(6).toString("hex")}`;
  switch (kind) {
    case "memory":
      return { store: "memory:", remove: async () => {} };
    case "sqlite":
      return makeFile();
    case "postgres":
      return { store: `${postgresUrl}?schema=${name}`, remove: () => dropSchemas(postgresUrl ?? "", [name]) };
    case "redis":
      return { store: `${redisUrl}?name=${name}`, remove: () => removeFromRedis(name) };
  }
}

async function removeFromRedis(name: string): Promise<void> {
  for (const end of ["", "-wal", "-shm"]) rmSync(join(shopsFolder, `data/customers-${name}.db${end}`), { force: true });
  await deleteKeys(redisUrl ?? "", [name]);
}

function makeFile(): StorePlace {
  const folder = mkdtempSync(join(tmpdir(), "unclash-box-"));
  const remove = async (): Promise<void> => rmSync(folder, { recursive: true, force: true });
  return { store: `sqlite:${join(folder, "shop.db")}`, remove };
}
