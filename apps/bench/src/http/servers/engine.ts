import { createMemoryStore } from "@unclash/memory";
import { createUnclash, type Unclash } from "unclash";
import { articleSchema } from "../../article.js";

/** The engine with one collection and all its defaults, started as in use: preconditions required, history kept. */
export function createEngine<Native>(): Unclash<Native> {
  const collections = { articles: { schema: articleSchema } };
  const unclash = createUnclash<Native>({ store: createMemoryStore(), collections });
  unclash.start();
  return unclash;
}
