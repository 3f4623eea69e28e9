import { type Article, articleSchema } from "../../article.js";

/** An article with the number that says how often it was written. */
export type VersionedArticle = Article & { readonly id: string; readonly version: number };

const articles = new Map<string, VersionedArticle>();

/** What a hand-written server that knows versions keeps its articles in. */
export function findVersioned(id: string): VersionedArticle | undefined {
  return articles.get(id);
}

/** An article as guards want it. */
export interface LoadedArticle {
  readonly version: number;
  readonly value: VersionedArticle;
}

/** The same for a guard's `load`. */
export function loadVersioned(id: string): LoadedArticle | undefined {
  const value = findVersioned(id);
  return value && { version: value.version, value };
}

/**
 * Checks a parsed body and puts it in the place of what was there, whatever that was. Throws where it is no article.
 */
export function replaceVersioned(id: string, body: unknown): VersionedArticle {
  const version = (articles.get(id)?.version ?? 0) + 1;
  const article: VersionedArticle = { id, version, ...articleSchema.parse(body) };
  articles.set(id, article);
  return article;
}

/**
 * The same in the place of this version alone, as `UPDATE … WHERE id = $1 AND version = $2 RETURNING *` does;
 * `undefined` where there is another one by now. No version stands for an article that is not there.
 */
export function replaceVersion(id: string, version: number | undefined, body: unknown): VersionedArticle | undefined {
  return articles.get(id)?.version === version ? replaceVersioned(id, body) : undefined;
}
