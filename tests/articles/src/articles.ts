export interface Article {
  readonly id: string;
  readonly title: string;
  readonly version: number;
}

/** A table of the app's own, with one article in it, whose writes compare versions. */
export class Articles {
  readonly #rows = new Map<string, Article>([["1", { id: "1", title: "Old", version: 1 }]]);

  get size(): number {
    return this.#rows.size;
  }

  get all(): readonly Article[] {
    return [...this.#rows.values()];
  }

  /** `UPDATE … WHERE id = $1`, as nobody should write it. */
  overwrite(id: unknown, title: string): Article | undefined {
    return this.update(id, this.find(id)?.version, title)[0];
  }

  find(id: unknown): Article | undefined {
    return this.#rows.get(String(id));
  }

  /** What `load` of a guard gives. */
  load(id: unknown): { readonly version: number; readonly value: Article } | undefined {
    const row = this.find(id);
    return row && { version: row.version, value: row };
  }

  /** `UPDATE … WHERE id = $1 AND version = $2 RETURNING *` */
  update(id: unknown, version: number | undefined, title: string): readonly Article[] {
    const row = this.find(id);
    if (row === undefined || row.version !== version) return [];
    const next = { ...row, title, version: row.version + 1 };
    this.#rows.set(row.id, next);
    return [next];
  }

  insert(title: string, id: string = String(this.#rows.size + 1)): Article {
    const row = { id, title, version: 1 };
    this.#rows.set(id, row);
    return row;
  }

  /** `DELETE … WHERE id = $1 AND version = $2`, and the number of rows. */
  remove(id: unknown, version: number | undefined): number {
    const row = this.find(id);
    return row?.version === version && this.#rows.delete(String(id)) ? 1 : 0;
  }
}
