import { type ResponsePlan, type StreamPlan, textPlan } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import type { Key } from "@unclash/core/store";
import type { RequestFacts } from "unclash";
import type { Operation } from "./history.js";
import type { Move } from "./plans.js";

/** Whoever answers requests: an engine, or what is to be told from one. */
export interface Handler {
  handle(request: RequestFacts<unknown>): Promise<ResponsePlan | StreamPlan>;
}

type Draft = Pick<Operation, "method" | "ifMatch" | "version" | "ifNoneMatch" | "fields"> & { readonly id: string };
type Seen = { readonly etag: string; readonly version: number; readonly fields: JsonObject };

/** Moments that all clients share: each is asked for once. */
export type Ticks = () => number;

/** A client: it makes its moves one after the other, and notes what it asked and what it was answered. */
export class Client {
  readonly #name: string;
  readonly #handler: Handler;
  readonly #ticks: Ticks;
  readonly #operations: Operation[];
  readonly #seen = new Map<string, Seen>();
  #requests = 0;

  constructor(name: string, handler: Handler, ticks: Ticks, operations: Operation[]) {
    this.#name = name;
    this.#handler = handler;
    this.#ticks = ticks;
    this.#operations = operations;
  }

  async play(moves: readonly Move[]): Promise<void> {
    for (const move of moves) await this.#make(move);
  }

  async #make(move: Move): Promise<void> {
    const { id } = move;
    const mark = `${this.#name}-${this.#requests}`;
    if (move.do === "get") return this.#ask({ method: "GET", id });
    if (move.do === "create") {
      const fields = { mark };
      return this.#ask(
        move.by === "POST" ? { method: "POST", id, fields } : { method: "PUT", id, fields, ifNoneMatch: true },
      );
    }
    const isFresh = move.do === "rewrite" || move.names === "tag" || move.names === "version";
    if (isFresh) await this.#ask({ method: "GET", id });
    const seen = this.#seen.get(id);
    if (move.do === "rewrite") {
      if (seen !== undefined) await this.#ask({ method: "PUT", id, ifMatch: seen.etag, fields: seen.fields });
      return;
    }
    const named = seen === undefined ? {} : namedBy(move, seen);
    if (move.do === "delete") return this.#ask({ method: "DELETE", id, ...named });
    if (move.do === "replace") return this.#ask({ method: "PUT", id, ...named, fields: { mark } });
    return this.#ask({ method: "PATCH", id, ...named, fields: { [`patched by ${this.#name}`]: mark } });
  }

  async #ask({ id, ...draft }: Draft): Promise<void> {
    this.#requests++;
    const name = `${this.#name}-${this.#requests}`;
    const startedAt = this.#ticks();
    const plan = await this.#handler.handle(requestOf(name, { id, ...draft }));
    const { status, headers, body } = textPlan(plan);
    const etag = headers["etag"];
    const settledBy = /strategy=([\w-]+)/.exec(headers["unclash-conflict"] ?? "")?.[1];
    const answer = {
      status,
      ...(etag !== undefined && { etag }),
      ...(body !== null && { body }),
      ...(settledBy !== undefined && { settledBy }),
    };
    const resource: Key = `notes/${id}`;
    this.#operations.push({ name, resource, ...draft, startedAt, endedAt: this.#ticks(), answer });
    if ((status === 200 || status === 201) && etag !== undefined && body !== null) this.#note(id, etag, body);
  }

  #note(id: string, etag: string, body: string): void {
    const { id: _, version, ...fields } = JSON.parse(body);
    this.#seen.set(id, { etag, version, fields });
  }
}

function namedBy(move: Extract<Move, { names: unknown }>, { etag, version }: Seen): Pick<Draft, "ifMatch" | "version"> {
  if (move.names === "nothing") return {};
  if (move.names === "any") return { ifMatch: "*" };
  // A deletion has no content to say a version in.
  const byTag = move.names === "tag" || move.names === "seen tag" || move.do === "delete";
  return byTag ? { ifMatch: etag } : { version };
}

function requestOf(name: string, { id, method, ifMatch, ifNoneMatch, version, fields }: Draft): RequestFacts<unknown> {
  const content = { ...(method === "POST" && { id }), ...(version !== undefined && { version }), ...fields };
  const bytes = Buffer.from(fields === undefined ? "" : JSON.stringify(content));
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  return {
    method,
    base: "",
    path: method === "POST" ? "/notes" : `/notes/${id}`,
    query: "",
    headers: {
      authorization: name,
      ...(fields !== undefined && { "content-type": type }),
      ...(ifMatch !== undefined && { "if-match": ifMatch }),
      ...(ifNoneMatch && { "if-none-match": "*" }),
    },
    address: "127.0.0.1",
    body: { kind: "unread", read: async () => ({ kind: "bytes", bytes }) },
    native: undefined,
  };
}
