import { request } from "node:http";
import type { Articles } from "./articles.js";

/** Ways in which a client can write the target of a request for `/articles/1`, and others that may come to mean it. */
export const targetSpellings: readonly string[] = [
  "/articles/1",
  "/articles//1",
  "/articles///1",
  "//articles/1",
  "/articles/1/",
  "/articles/1//",
  "/articles/./1",
  "/./articles/1",
  "/articles/%2e/1",
  "/articles/x/../1",
  "/articles/1/.",
  "/Articles/1",
  "/ARTICLES/1/",
  "/articles/%31",
  "/%61rticles/1",
  "/articles/1;version=2",
  "/articles;x/1",
  "/articles/1%2F",
  "/articles%2F1",
  "/articles/%2F1",
  "/articles/1%00",
  "/articles/1%20",
  "/articles/+1",
  "/articles/01",
  "/articles/%EF%BC%91",
  "/articles/1.json",
  "/articles/1?id=2",
  "/articles/1?",
  "/articles/1#2",
  "/articles\\1",
  "http://other.example/articles/1",
  "HTTP://other.example//articles//1",
];

/**
 * What was let past: spellings under which a write without a precondition, or with a stale one, was carried out or
 * acknowledged.
 */
export async function letPast(origin: string, articles: Articles): Promise<readonly string[]> {
  const past: string[] = [];
  for (const target of targetSpellings) {
    for (const headers of [{}, { "if-match": '"0"' }]) {
      const before = JSON.stringify(articles.all);
      const status = await put(origin, target, headers);
      if (status < 400 || status >= 500 || JSON.stringify(articles.all) !== before) past.push(`${status} ${target}`);
    }
  }
  return past;
}

function put(origin: string, path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = request({
      hostname,
      port,
      path,
      method: "PUT",
      headers: { ...headers, "content-type": "application/json" },
    });
    sent.on("error", reject).on("response", (answer) => resolve(answer.resume().statusCode ?? 0));
    sent.end('{"title":"New"}');
  });
}
