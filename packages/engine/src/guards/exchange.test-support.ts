import type { Actor } from "../access/actor.js";
import type { ParsedRequest } from "../preconditions/conditions.js";
import type { Loaded } from "../states/loaded-state.js";
import { GuardExchange } from "./guard-exchange.js";
import type { GuardOptions } from "./guard-options.js";
import { resolveGuard } from "./guard-settings.js";
import { parseRequest } from "./open-request.js";

export interface AskedOfGuard {
  readonly headers?: Readonly<Record<string, string>>;
  /** The content as a parser has left it. */
  readonly body?: unknown;
  readonly actor?: Actor;
}

/** A request at a guard, parsed: `PUT /articles/1`. */
export function exchangeOf(
  options: GuardOptions<unknown, Loaded>,
  line: string,
  { headers = {}, body, actor }: AskedOfGuard = {},
): { readonly exchange: GuardExchange; readonly parsedRequest: ParsedRequest } {
  const [method = "GET", path = "/"] = line.split(" ");
  const content = { kind: "parsed", value: body } as const;
  const facts = { method, base: "", path, query: "", headers, address: "127.0.0.1", body: content, native: undefined };
  const exchange = new GuardExchange(resolveGuard(options), facts, actor);
  const read = parseRequest(exchange);
  if (read.kind === "refused") throw exchange.error(read);
  return { exchange, parsedRequest: read.parsedRequest };
}
