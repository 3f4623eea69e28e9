import { type Size, sizes } from "../article.js";

/** What is asked of a server. */
export type Ask = "GET 200" | "GET 304" | "PUT";

/** One cell of the table: a kind of request, on documents of one size. */
export interface Cell {
  readonly ask: Ask;
  readonly size: Size;
}

const asks: readonly Ask[] = ["GET 200", "GET 304", "PUT"];

// Writes come last: the memory store keeps every version, and what it holds makes its collector's work longer.
export const cells: readonly Cell[] = asks.flatMap((ask) => sizes.map((size) => ({ ask, size })));

/** How many requests one round of a cell takes: some tenths of a second, and a few collections of garbage each. */
export function requestsOf({ ask, size }: Cell): number {
  if (size === "1 KB") return 1_000;
  return ask === "PUT" ? 150 : 300;
}
