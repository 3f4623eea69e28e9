import { type Article, articleSchema } from "../../article.js";

export type StoredArticle = Article & { readonly id: string };

const articles = new Map<string, StoredArticle>();

/** What a hand-written server keeps its articles in: a `Map` of objects. */
export function findArticle(id: string): StoredArticle | undefined {
  return articles.get(id);
}

/** Checks a parsed body and puts it in the place of what was there. Throws where it is no article. */
export function replaceArticle(id: string, body: unknown): StoredArticle {
  const article: StoredArticle = { id, ...articleSchema.parse(body) };
  articles.set(id, article);
  return article;
}
