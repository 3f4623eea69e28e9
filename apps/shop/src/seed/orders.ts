import type { SeedResource } from "./resource.js";

/** Orders that came in before the shop opened: `orders/1` to `orders/8`. */
export const orders: readonly SeedResource[] = [
  { id: "1", product: "3", quantity: 2 },
  { id: "2", product: "18", quantity: 1 },
  { id: "3", product: "64", quantity: 6 },
  { id: "4", product: "71", quantity: 6 },
  { id: "5", product: "120", quantity: 1 },
  { id: "6", product: "133", quantity: 3 },
  { id: "7", product: "175", quantity: 4 },
  { id: "8", product: "191", quantity: 1 },
];
