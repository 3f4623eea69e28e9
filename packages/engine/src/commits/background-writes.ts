import { repeatedWarning } from "../options/warnings.js";

/** Writes that no client waits for, as long as they run. */
export class BackgroundWrites {
  readonly #running = new Map<Promise<void>, string>();

  get count(): number {
    return this.#running.size;
  }

  /** What is being written, each once. */
  get names(): readonly string[] {
    return [...new Set(this.#running.values())];
  }

  /** Begins a write. What it rejects with is warned of. */
  begin(name: string, write: () => Promise<unknown> | undefined): void {
    const running = run(name, write).finally(() => this.#running.delete(running));
    this.#running.set(running, name);
  }

  /** Resolves once none runs. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.keys());
  }
}

async function run(name: string, write: () => Promise<unknown> | undefined): Promise<void> {
  try {
    await write();
  } catch (cause) {
    warnOfWrite(new Error(`${name}: ${String(cause)}`, { cause }));
  }
}

const warnOfWrite = repeatedWarning("UNCLASH_BACKGROUND_WRITE_FAILED", (error) => {
  return `A write in the background failed: ${error instanceof Error ? error.message : String(error)}`;
});
