import type { Moment, Store } from "@unclash/core/store";

/** The stores of the last release, as one file holds them that was made of it (`scripts/keep-release.mjs`). */
export interface LastRelease {
  createPostgresStore(options: {
    readonly url: string;
    readonly schema: string;
    readonly migrate?: boolean;
  }): Promise<Store>;
  createRedisStore(options: { readonly url: string; readonly name: string }): Promise<Store>;
  createSqliteStore(options: {
    readonly file: string;
    readonly clock: () => Moment;
    readonly durability: "process";
  }): Promise<Store>;
}

const file = new URL("../../last-release/stores.mjs", import.meta.url);

/** Loads them: what a process runs that was started before the deployment. */
export async function loadLastRelease(): Promise<LastRelease> {
  return import(/* @vite-ignore */ file.href);
}
