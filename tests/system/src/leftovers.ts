import { Redis } from "ioredis";
import pg from "pg";

/** Removes what a store left in PostgreSQL. */
export async function dropSchemas(url: string, schemas: readonly string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const schema of schemas) await client.query(`drop schema if exists "${schema}" cascade`);
  } finally {
    await client.end();
  }
}

/** Removes what stores of these names left in Redis. */
export async function deleteKeys(url: string, names: readonly string[]): Promise<void> {
  const client = new Redis(url);
  try {
    for (const name of names) {
      for await (const keys of client.scanStream({ match: `{${name}}:*`, count: 1_000 })) {
        if (Array.isArray(keys) && keys.length > 0) await client.unlink(keys);
      }
    }
  } finally {
    client.disconnect();
  }
}
