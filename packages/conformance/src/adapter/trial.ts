import type { RequestFacts } from "unclash";
import type { Answer } from "./answer.js";
import type { Message } from "./message.js";
import type { SetupName } from "./setups.js";

/** What one case of the suite works with: a server that others use before and after it. */
export interface Trial {
  /** Such as `http://127.0.0.1:49152`. */
  readonly origin: string;
  /** Where the engine is mounted. */
  readonly prefix: string;
  /** What the `type` of its problems begins with. */
  readonly typePrefix: string;
  /** How long to wait for an answer. */
  readonly patienceMs: number;
  /** Sends a request to a path below the mount, and checks what holds for every answer. */
  send(method: string, path: string, message?: Message): Promise<Answer>;
  /** The same, to a path from the root on. */
  sendTo(method: string, path: string, message?: Message): Promise<Answer>;
  /** An id, or any word, that no other case was given. */
  nextName(): string;
  /** What `identify` was given last; only the guarded engine has one. */
  identified(): RequestFacts | undefined;
}

/** One test of the suite: its name is the sentence that it proves. */
export interface AdapterCase {
  readonly name: string;
  /** The server that it runs on. */
  readonly on: SetupName;
  readonly run: (trial: Trial) => Promise<void>;
}

/** Cases that run on the same server. */
export function casesOn(on: SetupName, cases: readonly Omit<AdapterCase, "on">[]): readonly AdapterCase[] {
  return cases.map((each) => ({ ...each, on }));
}
