import type { Article } from "./articles.js";

/** What some clients did to one article, all at once. */
export interface Outcome {
  /** The lines whose writes were acknowledged. */
  readonly acknowledged: readonly string[];
  /** How often each status was answered to a write. */
  readonly statuses: ReadonlyMap<number, number>;
}

/**
 * Lets clients edit one article at once. Each appends lines of its own to the body: it reads the article and writes it
 * back with the entity-tag that it read, and after a conflict it reads again. All have read before the first one
 * writes.
 */
export async function appendLines(options: {
  readonly clients: number;
  readonly linesEach: number;
  /** Where a client's next request goes. */
  readonly urlFor: (client: number, attempt: number) => string;
}): Promise<Outcome> {
  const acknowledged: string[] = [];
  const statuses = new Map<number, number>();
  const allHaveRead = meetingOf(options.clients);
  const append = async (client: number): Promise<void> => {
    for (let number = 1, attempt = 0; number <= options.linesEach; attempt++) {
      const line = `client ${client}, line ${number}.`;
      const url = options.urlFor(client, attempt);
      const read = await readArticle(url);
      if (attempt === 0) await allHaveRead();
      const { status, text } = await write(url, read, line);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 409) continue;
      if (status !== 200) throw new Error(`A write was answered ${status}: ${text}`);
      acknowledged.push(line);
      number++;
    }
  };
  await Promise.all(Array.from({ length: options.clients }, (_, client) => append(client)));
  return { acknowledged, statuses };
}

interface Read {
  readonly article: Article;
  readonly etag: string | null;
}

/** Reads an article and its entity-tag, where there is one. */
export async function readArticle(url: string): Promise<Read> {
  const response = await fetch(url);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`GET ${url} was answered ${response.status}: ${text}`);
  return { article: JSON.parse(text), etag: response.headers.get("etag") };
}

/** The lines that clients have appended to an article. */
export function linesOf({ body }: Article): readonly string[] {
  return body.split("\n").filter((line) => line.startsWith("client "));
}

async function write(url: string, { article, etag }: Read, line: string) {
  const body = JSON.stringify({ title: article.title, body: `${article.body}\n${line}` });
  const headers = { "content-type": "application/json", ...(etag !== null && { "if-match": etag }) };
  const response = await fetch(url, { method: "PUT", headers, body });
  return { status: response.status, text: await response.text() };
}

/** Each of so many callers waits until all have called. */
function meetingOf(size: number): () => Promise<void> {
  let missing = size;
  let open = (): void => {};
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    if (--missing === 0) open();
    return all;
  };
}
