import { type Query, query, type SqliteDatabase } from "./driver.js";
import { isBusy } from "./failure.js";

const pollMs = 10;

/**
 * Notices what other connections commit, in this process or in others, while someone wants to know; else it does
 * nothing.
 *
 * SQLite has no way to be told. `PRAGMA data_version` changes with each commit of any connection but the one that asks,
 * and costs some microseconds. It is asked on the connection that the store works with: each of its transactions is
 * over before a timer can run, and what it has noticed by itself meanwhile changes the number as well.
 */
export class OtherConnections {
  readonly #version: Query<{ readonly data_version: number }>;
  readonly #changed: () => void;
  #known: number | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #listeners = 0;
  #holders = 0;
  #isOver = false;

  constructor(database: SqliteDatabase, changed: () => void) {
    this.#version = query(database, "PRAGMA data_version");
    this.#changed = changed;
  }

  /**
   * Begins to listen, until the function that it returns is called.
   *
   * @param holds whether the process should live on while this goes on, as it does while a server listens
   */
  listen(holds: boolean): () => void {
    this.#listeners++;
    if (holds) this.#holders++;
    this.#adjust();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#listeners--;
      if (holds) this.#holders--;
      this.#adjust();
    };
  }

  /** Ends all listening, for good. */
  end(): void {
    this.#isOver = true;
    this.#adjust();
  }

  #adjust(): void {
    if (this.#isOver || this.#listeners === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    if (this.#timer === undefined) {
      this.#known = this.#ask();
      this.#timer = setInterval(() => this.#look(), pollMs);
    }
    if (this.#holders > 0) this.#timer.ref();
    else this.#timer.unref();
  }

  #look(): void {
    const version = this.#ask();
    if (version === undefined || version === this.#known) return;
    this.#known = version;
    this.#changed();
  }

  // Where the file is locked or broken nobody knows; whoever is waiting for it finds out by reading.
  #ask(): number | undefined {
    try {
      return this.#version.get()?.data_version;
    } catch (error) {
      if (!isBusy(error)) this.#changed();
      return undefined;
    }
  }
}
