import type { Client, Message } from "./client.js";

/** A request, or several, that cost a server as much as a client can make them cost. */
export interface Crafted {
  readonly name: string;
  /** Makes what the input is for. */
  readonly prepare?: (client: Client) => Promise<Prepared>;
  /** Sends it; gives the status that it was answered with, or what else became of it. */
  readonly send: (client: Client, prepared: Prepared) => Promise<number | string>;
  /** It is many requests: only its memory is held to a limit, and not its processor time. */
  readonly many?: true;
}

/** Where an input is sent, and the entity-tags of the states that it is for. */
export interface Prepared {
  readonly path: string;
  readonly first: string;
  readonly current: string;
}

let made = 0;

/** A text that no other input was given. */
export const freshName = (): string => `worst-${++made}`;

/** Sends a body. */
export function bodyTo(method: "POST" | "PUT", path: string, body: string, message: Message = {}): Crafted["send"] {
  return async (client) => (await client.send(method, path, { ...message, body })).status;
}

/** A note with this text, made by POST. */
export function note(name: string, body: string, headers: Readonly<Record<string, string>> = {}): Crafted {
  return { name, send: bodyTo("POST", "/notes", body, { headers }) };
}

/** Makes a note, and then replaces it: a state for each text. */
export async function makeNote(client: Client, ...states: readonly string[]): Promise<Prepared> {
  const path = `/notes/${freshName()}`;
  const etags: string[] = [];
  for (const body of states) {
    const { status, etag = "", text } = await client.send("PUT", path, { body });
    if (status >= 300) throw new Error(`PUT ${path}: ${status} ${text.slice(0, 500)}`);
    etags.push(etag);
  }
  return { path, first: etags[0] ?? "", current: etags.at(-1) ?? "" };
}

/** A request to a note of these states, which may name one of them. */
export function onNote(
  name: string,
  states: readonly string[],
  ask: (prepared: Prepared) => readonly [method: string, message: Message],
): Crafted {
  return {
    name,
    prepare: (client) => makeNote(client, ...states),
    async send(client, prepared) {
      const [method, message] = ask(prepared);
      return (await client.send(method, prepared.path, message)).status;
    },
  };
}

/** A GET. */
export function read(name: string, path: string, headers: Readonly<Record<string, string>> = {}): Crafted {
  return { name, send: async (client) => (await client.send("GET", path, { headers })).status };
}

/** A list made of so many calls. */
export function times<T>(count: number, make: (at: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, at) => make(at));
}
