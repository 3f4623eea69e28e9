import { atTheTable } from "./articles/at-the-table.js";
import { fromTheGarden } from "./articles/from-the-garden.js";
import { kitchenCare } from "./articles/kitchen-care.js";
import { roundTheHouse } from "./articles/round-the-house.js";
import { shopNews } from "./articles/shop-news.js";
import type { SeedResource } from "./resource.js";

/** The shop's magazine: `articles/1` to `articles/50`. */
export const articles: readonly SeedResource[] = [
  ...kitchenCare,
  ...atTheTable,
  ...fromTheGarden,
  ...roundTheHouse,
  ...shopNews,
].map(({ title, tags, status, lines }, index) => ({
  id: String(index + 1),
  title,
  body: lines.join("\n"),
  tags,
  status,
}));
