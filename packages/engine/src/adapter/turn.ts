import type { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";

/**
 * Waits until all earlier requests of a connection have been answered, and their answers are on their way: Node's
 * server hands over every request that a client has pipelined (RFC 9112 §9.3.2) at once, and keeps the answers until
 * the client reads. `undefined` where the request may be worked on at once, as nearly all may; `false` where the
 * connection has been closed meanwhile, and nobody is left to answer.
 */
export function inTurn({ socket }: IncomingMessage, response: ServerResponse): Promise<boolean> | undefined {
  // A response has its connection once it is the next one there. What has no connection at all is in nobody's way.
  if (response.socket !== null || response.writableEnded) return undefined;
  if (!(socket instanceof Socket) || socket.readyState === "closed") return undefined;
  return new Promise((resolve) => {
    const queue = queues.get(socket) ?? openQueue(socket);
    queue.add(resolve);
    // More requests than this one has come with are not read meanwhile.
    socket.pause();
    response.once("socket", () => {
      queue.delete(resolve);
      if (queue.size === 0) socket.resume();
      resolve(true);
    });
  });
}

/** What `work` gives, once it is the request's turn; nothing where the connection has been closed meanwhile. */
export function whenInTurn<T>(
  request: IncomingMessage,
  response: ServerResponse,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const turn = inTurn(request, response);
  return turn === undefined ? work() : turn.then((isThere) => (isThere ? work() : undefined));
}

/** The requests of a connection that wait. */
type Queue = Set<(isThere: boolean) => void>;

const queues = new WeakMap<Socket, Queue>();

function openQueue(socket: Socket): Queue {
  const queue: Queue = new Set();
  queues.set(socket, queue);
  socket.once("close", () => {
    for (const leave of queue) leave(false);
    queue.clear();
  });
  return queue;
}
