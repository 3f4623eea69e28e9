import { createMemoryStore } from "@unclash/memory";
import { createUnclash, type Unclash } from "unclash";
import { articleSchema } from "../../article.js";

/** The engine with one collection and all its defaults: preconditions required, history kept. */
export function createEngine<Native>(): Unclash<Native> {
  return createUnclash<Native>({ store: createMemoryStore(), collections: { articles: { schema: articleSchema } } });
}
