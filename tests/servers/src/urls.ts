/**
 * Where PostgreSQL is for the tests: that of `DATABASE_URL`, or a private server's; `undefined` where there is none.
 */
export const postgresUrl: string | undefined = process.env["DATABASE_URL"] || undefined;

/** Where Redis is for the tests: that of `REDIS_URL`, or a private server's; `undefined` where there is none. */
export const redisUrl: string | undefined = process.env["REDIS_URL"] || undefined;
