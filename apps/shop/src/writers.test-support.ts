/** What some clients did to one article, all at once. */
export interface Outcome {
  /** The lines whose writes were acknowledged. */
  readonly acknowledged: readonly string[];
  /** The lines of which nobody can tell: the connection broke before there was an answer. */
  readonly unknown: readonly string[];
  /** How often each status was answered to a write. */
  readonly statuses: ReadonlyMap<number, number>;
}

/**
 * Lets clients edit one article at once. Each appends lines of its own to the body: it reads the article, and writes
 * it back with the entity-tag that it read, until its line is in. A line whose fate is unknown it leaves behind.
 */
export async function appendLines(options: {
  readonly clients: number;
  readonly linesEach: number;
  /** Where a client's next request goes. */
  readonly urlFor: (client: number, attempt: number) => string;
  /** Is told of each acknowledged line; the client's next one waits for what it returns. */
  readonly onAcknowledged?: (count: number) => Promise<void> | undefined;
}): Promise<Outcome> {
  const acknowledged: string[] = [];
  const unknown: string[] = [];
  const statuses = new Map<number, number>();
  const append = async (client: number): Promise<void> => {
    let attempt = 0;
    for (let number = 1; number <= options.linesEach; ) {
      const line = `client ${client}, line ${number}.`;
      const result = await tryToAppend(options.urlFor(client, attempt++), line);
      if (result.kind === "unreachable") continue;
      if (result.kind === "answered") statuses.set(result.status, (statuses.get(result.status) ?? 0) + 1);
      if (result.kind === "answered" && result.status === 409) continue;
      number++;
      if (result.kind === "unknown") unknown.push(line);
      if (result.kind === "answered" && result.status === 200) {
        acknowledged.push(line);
        await options.onAcknowledged?.(acknowledged.length);
      }
    }
  };
  await Promise.all(Array.from({ length: options.clients }, (_, client) => append(client)));
  return { acknowledged, unknown, statuses };
}

type Attempt =
  | { readonly kind: "answered"; readonly status: number }
  /** Nothing was sent that could have been applied. */
  | { readonly kind: "unreachable" }
  | { readonly kind: "unknown" };

async function tryToAppend(url: string, line: string): Promise<Attempt> {
  const read = await fetch(url).catch(() => undefined);
  const article: unknown = await read?.json().catch(() => undefined);
  if (read === undefined || !isArticle(article)) return { kind: "unreachable" };
  const headers = { "content-type": "application/merge-patch+json", "if-match": read.headers.get("etag") ?? "" };
  const body = JSON.stringify({ body: `${article.body}\n${line}` });
  const written = await fetch(url, { method: "PATCH", headers, body }).catch(() => undefined);
  if (written === undefined) return { kind: "unknown" };
  await written.arrayBuffer().catch(() => {});
  return { kind: "answered", status: written.status };
}

/** The lines of an article, and how often it was written. */
export async function readLines(url: string): Promise<{ readonly lines: readonly string[]; readonly version: number }> {
  const article: unknown = await (await fetch(url)).json();
  if (!isArticle(article)) throw new TypeError(`There is no article: ${JSON.stringify(article)}`);
  return { lines: article.body.split("\n").filter((line) => line.startsWith("client ")), version: article.version };
}

function isArticle(value: unknown): value is { readonly body: string; readonly version: number } {
  return typeof value === "object" && value !== null && "body" in value && "version" in value;
}
