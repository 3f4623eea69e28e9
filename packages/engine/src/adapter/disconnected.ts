import type { IncomingMessage, ServerResponse } from "node:http";
import { isClosed } from "./response-end.js";
import { inTurn } from "./turn.js";

/**
 * The signal that the client of a request is gone, as `RequestFacts` has it. Nothing is made, and nobody listens,
 * before the first call.
 *
 * It goes by the response's `close`: that of the request comes as soon as its body was read.
 */
export function disconnectedBy(request: IncomingMessage, response: ServerResponse): () => AbortSignal {
  let signal: AbortSignal | undefined;
  return () => {
    signal ??= watch(request, response);
    return signal;
  };
}

function watch(request: IncomingMessage, response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => {
    if (!response.writableEnded) controller.abort(new DOMException("The client has disconnected.", "AbortError"));
  };
  const listen = (): void => {
    if (isClosed(response)) abort();
    else response.once("close", abort);
  };
  const turn = inTurn(request, response);
  // A response that waits for those before it has no connection yet, and does not see it close.
  if (turn === undefined) listen();
  else turn.then((isThere) => (isThere ? listen() : abort()));
  return controller.signal;
}
