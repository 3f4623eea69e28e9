import type { FinalResource, FinalState } from "./history.js";
import { marksIn } from "./subjects.js";

/** A write to one of the notes, as a server has read it. */
export interface NoteWrite {
  readonly method: string;
  /** Such as `/notes` or `/notes/7`. */
  readonly path: string;
  readonly ifMatch: string | undefined;
  readonly name: string;
}

export interface NoteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Notes in memory, with all that they ever were. */
export class Notes {
  readonly #states = new Map<string, FinalState[]>();
  readonly #names = new Map<string, string>();
  readonly #marks = new Set<string>();
  #lastId = 0;
  #repeated = 0;

  /** How often a write was carried out that had been before. */
  get repeated(): number {
    return this.#repeated;
  }

  /** The current state, unless that is a tombstone. */
  current(path: string): FinalState | undefined {
    const last = this.#states.get(path)?.at(-1);
    return last?.deleted ? undefined : last;
  }

  read(path: string): NoteAnswer {
    const current = this.current(path);
    return current === undefined ? problem(404, "not-found") : this.#shown(path, current.version, 200);
  }

  /** Carries a write out, in one step; a trial changes nothing. */
  write({ method, path, ifMatch, name }: NoteWrite, isTrial = false): NoteAnswer {
    const target = method === "POST" ? `${path}/${++this.#lastId}` : path;
    const states = this.#states.get(target) ?? [];
    const last = states.at(-1);
    const current = this.current(target);
    if (ifMatch !== undefined && ifMatch !== `"${current?.version}"`) return problem(409, "version-conflict");
    if (current === undefined && (method === "DELETE" || method === "PATCH")) return problem(404, "not-found");
    const version = (last?.version ?? 0) + 1;
    if (!isTrial) {
      const mark = marksIn(name).at(-1);
      if (mark !== undefined && method !== "DELETE") {
        if (this.#marks.has(mark)) this.#repeated++;
        this.#marks.add(mark);
      }
      const made = method === "DELETE" ? { deleted: true as const } : mark === undefined ? {} : { mark };
      this.#states.set(target, [...states, { version, ...made }]);
      this.#names.set(target, name);
    }
    if (method === "DELETE") return { status: 204, headers: {}, body: "" };
    const status = current === undefined ? 201 : 200;
    return this.#shown(target, version, status, name);
  }

  all(): readonly FinalResource[] {
    return [...this.#states].map(([path, states]) => ({ path, states }));
  }

  #shown(path: string, version: number, status: number, name: string | undefined = this.#names.get(path)): NoteAnswer {
    const location: Readonly<Record<string, string>> = status === 201 ? { location: path } : {};
    return { status, headers: { etag: `"${version}"`, ...location }, body: JSON.stringify({ version, name }) };
  }
}

/** An answer that says what went wrong. */
export function problem(status: number, slug: string, members: Readonly<Record<string, unknown>> = {}): NoteAnswer {
  return { status, headers: {}, body: JSON.stringify({ type: `urn:problem-type:unclash:${slug}`, ...members }) };
}
