import type { ContentRoom } from "./request.js";

/** The bytes of content that all requests hold at this moment, and may hold. */
export class ContentBudget {
  readonly #bytesMax: number;
  readonly #slowMs: number;
  #held = 0;
  /** The part of it whose requests wait for others. */
  #waiting = 0;
  /** The content that is still arriving: what began first comes first. */
  readonly #arriving = new Set<RequestRoom>();

  /** @param slowMs after so long, content that is still arriving makes room for other content */
  constructor(bytesMax: number, slowMs: number) {
    this.#bytesMax = bytesMax;
    this.#slowMs = slowMs;
  }

  /** Takes so many bytes more for a request, all or none; tells whether it did. */
  take(room: RequestRoom, bytes: number): boolean {
    if (this.#held + bytes > this.#bytesMax && !this.#makeRoom(room, bytes)) return false;
    this.#held += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#held -= bytes;
  }

  /**
   * Has the content of a request wait, if all that waits is no more than half of what may be held then: whoever waits
   * for one resource must not keep the writers of all others out. One may always wait.
   */
  beginWait(bytes: number): boolean {
    if (this.#waiting > 0 && this.#waiting + bytes > this.#bytesMax / 2) return false;
    this.#waiting += bytes;
    return true;
  }

  endWait(bytes: number): void {
    this.#waiting -= bytes;
  }

  begin(room: RequestRoom): void {
    this.#arriving.add(room);
  }

  end(room: RequestRoom): void {
    this.#arriving.delete(room);
  }

  /**
   * Drops the slowest content until there is room, or none where all of it is not enough. Not the one that was silent
   * longest: a byte every now and then costs its sender nothing.
   */
  #makeRoom(asking: RequestRoom, bytes: number): boolean {
    const excess = this.#held + bytes - this.#bytesMax;
    const dropped: RequestRoom[] = [];
    let freed = 0;
    for (const slowest of this.#slowerThan(asking)) {
      if (freed >= excess) break;
      freed += slowest.bytes;
      dropped.push(slowest);
    }
    if (freed < excess) return false;
    for (const slowest of dropped) slowest.giveUp();
    return true;
  }

  /** The content that has been arriving for too long, and for longer than that of who asks. */
  *#slowerThan(asking: RequestRoom): Iterable<RequestRoom> {
    const begunBefore = performance.now() - this.#slowMs;
    for (const room of this.#arriving) {
      if (room === asking || room.begunAt > begunBefore) return;
      yield room;
    }
  }
}

/** The room that the content of one request takes. */
export class RequestRoom implements ContentRoom {
  readonly #budget: ContentBudget;
  #bytes = 0;
  #drop: (() => void) | undefined;
  begunAt = 0;

  constructor(budget: ContentBudget) {
    this.#budget = budget;
  }

  /** What it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  begin(drop: () => void): void {
    this.#drop = drop;
    this.begunAt = performance.now();
    this.#budget.begin(this);
  }

  take(bytes: number): boolean {
    if (!this.#budget.take(this, bytes)) return false;
    this.#bytes += bytes;
    return true;
  }

  beginWait(): boolean {
    return this.#budget.beginWait(this.#bytes);
  }

  endWait(): void {
    this.#budget.endWait(this.#bytes);
  }

  end(): void {
    this.#drop = undefined;
    this.#budget.end(this);
  }

  /** Drops what has arrived of the content, for others. */
  giveUp(): void {
    const drop = this.#drop;
    this.end();
    this.release();
    drop?.();
  }

  /** Lets go of all that it holds: the request has been answered, or its content dropped. */
  release(): void {
    this.#budget.giveBack(this.#bytes);
    this.#bytes = 0;
  }
}
