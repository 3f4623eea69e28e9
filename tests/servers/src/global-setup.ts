import { postgresBinaries, startPostgres } from "./postgres.js";
import { redisBinary, startRedis } from "./redis.js";

interface Service {
  readonly name: string;
  readonly variable: string;
  readonly isHere: () => boolean;
  readonly start: () => Promise<{ readonly url: string; readonly remove: () => Promise<void> }>;
  readonly howToGet: string;
}

// No test crashes the machine: whoever looks at what survives that starts a server of its own.
const forgetful = { fsync: "off", full_page_writes: "off" };

const services: readonly Service[] = [
  {
    name: "PostgreSQL",
    variable: "DATABASE_URL",
    isHere: () => postgresBinaries() !== undefined,
    start: () => startPostgres({ settings: forgetful }),
    howToGet: "apt-get install postgresql, or brew install postgresql",
  },
  {
    name: "Redis",
    variable: "REDIS_URL",
    isHere: () => redisBinary() !== undefined,
    start: () => startRedis(),
    howToGet: "apt-get install redis-server, or brew install redis",
  },
];

/**
 * Before the tests: starts a private server of each kind, unless a variable names one, and says so where there is none.
 * With `REQUIRE_SERVICES=1` that is a failure. Returns what ends the servers.
 */
export async function setup(): Promise<() => Promise<void>> {
  const started = await Promise.all(services.map(prepare));
  return async () => {
    await Promise.all(started.map((remove) => remove?.()));
  };
}

async function prepare(service: Service): Promise<(() => Promise<void>) | undefined> {
  const { name, variable, isHere, howToGet, start } = service;
  if (process.env[variable]) return undefined;
  if (!isHere()) {
    const missing = `${name} is not on this machine (${howToGet}), and ${variable} names no server`;
    if (process.env["REQUIRE_SERVICES"] === "1") throw new Error(`${missing}; REQUIRE_SERVICES=1 asks for it.`);
    console.log(`Tests that need ${name} are skipped: ${missing}.`);
    return undefined;
  }
  const { url, remove } = await start();
  process.env[variable] = url;
  return remove;
}
