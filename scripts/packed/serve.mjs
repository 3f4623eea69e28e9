// Loaded before a README's program. Whatever port the program asks for, its server listens on a free one of the
// loopback interface; it is asked once, and the program ends with its answer.
import { Server } from "node:net";

const { listen } = Server.prototype;

Server.prototype.listen = function listenOnLoopback(...given) {
  this.once("listening", async () => {
    const { status } = await fetch(`http://127.0.0.1:${this.address().port}/`);
    process.exit(status < 500 ? 0 : 1);
  });
  const callback = given.at(-1);
  return Reflect.apply(listen, this, [0, "127.0.0.1", ...(typeof callback === "function" ? [callback] : [])]);
};
