import type { RequestFacts } from "./request.js";

/** Whoever makes a request, as the app knows them. */
export interface Actor {
  /** What others are told, and what tells actors apart: unique, and never an address. */
  readonly name: string;
  /** For the rules that hold where the app sets no `authorize`. @default "client" */
  readonly role?: "client" | "admin";
}

/** The app's answer to wrong credentials; see `refuse`. */
export interface Refusal {
  readonly kind: "refused";
  /** The value of `WWW-Authenticate` (RFC 9110 §11.6.1). */
  readonly challenge: string;
}

/**
 * Who makes this request: an actor, nothing for an anonymous one, or `refuse()` for wrong credentials. It is called
 * once for each request, before anything else is looked at. What it throws reaches the framework's error handler.
 */
export type Identify<Native> = (request: RequestFacts<Native>) => Identity | Promise<Identity>;

export type Identity = Actor | Refusal | null | undefined;

/** The challenge where the app names none. */
export const defaultChallenge = "Bearer";

/** What `identify` returns for credentials that are wrong: the client gets 401 with this challenge. */
export function refuse(challenge: string = defaultChallenge): Refusal {
  return { kind: "refused", challenge };
}

export function isRefusal(identity: Identity): identity is Refusal {
  return typeof identity === "object" && identity !== null && "kind" in identity && identity.kind === "refused";
}

/** An actor's name as a store keeps it, and others see it: what no store could keep of a name is replaced in it. */
export function recordedName(actor: Actor | undefined): string | null {
  return actor === undefined ? null : actor.name.toWellFormed().replaceAll("\u0000", "\ufffd");
}
