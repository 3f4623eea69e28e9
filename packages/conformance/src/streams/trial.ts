import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Opened, Sent, StreamClient } from "./client.js";
import type { Script } from "./engine.js";

/** What a case of streams works with. */
export interface StreamTrial {
  readonly origin: string;
  readonly protocol: StreamClient["protocol"];
  readonly patienceMs: number;
  /** The whole path, from the root on, whose requests are answered so. */
  play(script: Script): string;
  open(method: string, path: string, sent?: Sent): Opened;
}

/** One test of streams: its name is the sentence that it proves. */
export interface StreamCase {
  readonly name: string;
  /** The protocols that it is about. @default all */
  readonly protocols?: readonly StreamClient["protocol"][];
  readonly run: (trial: StreamTrial) => Promise<void>;
}

/** Waits until something holds, and fails where it does not come to that. */
export async function eventually(
  { patienceMs }: Pick<StreamTrial, "patienceMs">,
  what: string,
  holds: () => boolean,
): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while (!holds()) {
    assert(performance.now() < giveUpAt, what);
    await pause(1);
  }
}

/** Waits until the process has nothing left to do on its own: what has not happened by then waits for someone else. */
export async function settled(rounds = 100): Promise<void> {
  for (let round = 0; round < rounds; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Reads all that is left of an answer. */
export async function restOf(opened: Opened): Promise<string> {
  const pieces: string[] = [];
  for (;;) {
    const piece = await opened.next();
    if (piece === undefined) return pieces.join("");
    pieces.push(piece);
  }
}

/** Reads until so much has come. */
export async function readText(opened: Opened, length: number): Promise<string> {
  let text = "";
  while (text.length < length) {
    const piece = await opened.next();
    assert(piece !== undefined, `more than ${JSON.stringify(text)} comes`);
    text += piece;
  }
  return text;
}
