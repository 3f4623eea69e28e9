import type { Answer, Connection } from "./connection.js";

/** What is asked on one connection, one request after the other. */
export interface Script {
  /** The next request: all before its body, and the body. */
  next(): { readonly head: string; readonly body?: Buffer };
  /** Is given each answer, and throws where it is not the right one. */
  answered(answer: Answer): void;
}

/**
 * Keeps one request in flight on each connection until so many have been answered; gives the seconds that it took.
 *
 * This process never sleeps meanwhile. To wake it would be the server's to pay for, the more often the slower it is,
 * and on a virtual machine that can cost as much as all the rest of a request.
 */
export async function run(
  connections: readonly Connection[],
  scripts: readonly Script[],
  requests: number,
): Promise<number> {
  let left = requests;
  let running = true;
  const stayAwake = (): void => {
    if (running) setImmediate(stayAwake);
  };
  stayAwake();
  const startedAt = performance.now();
  try {
    await Promise.all(
      connections.map(async (connection, at) => {
        const script = scripts[at];
        while (script !== undefined && left-- > 0) await ask(connection, script);
      }),
    );
  } finally {
    running = false;
  }
  return (performance.now() - startedAt) / 1_000;
}

async function ask(connection: Connection, script: Script): Promise<void> {
  const { head, body } = script.next();
  script.answered(await connection.ask(head, body));
}
