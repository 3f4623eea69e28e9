import { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** The servers that programs have started since the last call of `close`. */
export interface StartedServers {
  /** Where the last one listens; waits until it does. */
  origin(): Promise<string>;
  close(): Promise<void>;
}

/** From now on, whatever port a program asks for, its server listens on a free one of the loopback interface. */
export function catchServers(): StartedServers {
  const started: Server[] = [];
  const { listen } = Server.prototype;
  Server.prototype.listen = function listenOnLoopback(this: Server, ...given: readonly unknown[]): Server {
    started.push(this);
    const callback = given.at(-1);
    return Reflect.apply(listen, this, [0, "127.0.0.1", ...(typeof callback === "function" ? [callback] : [])]);
  };
  return {
    async origin() {
      const server = started.at(-1);
      if (server === undefined) throw new Error("The program starts no server to send requests to.");
      if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
      const address = server.address();
      if (!isPort(address)) throw new Error("The program's server listens on no port.");
      return `http://127.0.0.1:${address.port}`;
    },
    async close() {
      for (const server of started.splice(0)) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

function isPort(address: ReturnType<Server["address"]>): address is AddressInfo {
  return typeof address === "object" && address !== null;
}
