import type { Server } from "node:http";
import type { Served } from "./suite-options.js";

/** Serves on a free port of the loopback: all that is left to do for a `start` whose framework hands out its server. */
export async function listen(server: Server): Promise<Served> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new TypeError("The server listens on no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
