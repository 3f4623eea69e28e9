/** An article as an editor has it before them. */
export interface OpenArticle {
  readonly etag: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What an editor is to do. */
export interface EditorPlan {
  readonly url: string;
  readonly article: OpenArticle;
  /** The one field that they edit. */
  readonly field: string;
  /** Each edit adds the name and a number: `alice1`. */
  readonly name: string;
  readonly edits: number;
  readonly everyMs: number;
}

/** What has become of the edits. */
export interface EditorReport {
  readonly acknowledged: readonly string[];
  /** Those that were not, with the status. */
  readonly refused: readonly string[];
  /** How many were merged with what others had changed. */
  readonly merged: number;
}

// The functions below run in a page of a browser, and see nothing of this module.

export async function openArticle(url: string): Promise<OpenArticle> {
  const response = await fetch(url);
  return { etag: response.headers.get("etag") ?? "", fields: Object(await response.json()) };
}

/** Saves the whole article after each edit, for the state that the last answer told: it never asks for a newer one. */
export async function editArticle({ url, article, field, name, edits, everyMs }: EditorPlan): Promise<EditorReport> {
  const acknowledged: string[] = [];
  const refused: string[] = [];
  let merged = 0;
  let { etag, fields } = article;
  const startedAt = performance.now();
  for (let number = 1; number <= edits; number++) {
    const dueMs = startedAt + number * everyMs - performance.now();
    await new Promise((resolve) => setTimeout(resolve, dueMs));
    const mark = `${name}${number}`;
    const response = await fetch(url, {
      method: "PUT",
      headers: { "content-type": "application/json", "if-match": etag },
      body: JSON.stringify({ ...fields, [field]: `${fields[field]} ${mark}` }),
    });
    if (response.headers.has("unclash-conflict")) merged += 1;
    const read = response.ok ? response : await fetch(url);
    if (response.ok) acknowledged.push(mark);
    else refused.push(`${mark}: ${response.status}`);
    etag = read.headers.get("etag") ?? "";
    fields = Object(await read.json());
  }
  return { acknowledged, refused, merged };
}
