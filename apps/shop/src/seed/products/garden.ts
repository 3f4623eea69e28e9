import type { Family } from "./family.js";

/** Pots and tools. */
export const garden: readonly Family[] = [
  {
    name: "Terracotta pot",
    code: "TRC",
    price: 7.5,
    sizes: [
      ["12 cm", 0],
      ["16 cm", 3],
      ["20 cm", 7],
      ["28 cm", 18],
    ],
    finishes: ["natural", "whitewashed"],
  },
  {
    name: "Watering can",
    code: "WTC",
    price: 26.9,
    sizes: [
      ["2 l", 0],
      ["5 l", 8],
      ["9 l", 18],
    ],
    finishes: ["zinc", "green"],
  },
  {
    name: "Pruning shears",
    code: "PRN",
    price: 32,
    sizes: [
      ["small", 0],
      ["large", 9],
    ],
    finishes: ["right-handed", "left-handed"],
  },
  {
    name: "Garden gloves",
    code: "GLV",
    price: 13.9,
    sizes: [
      ["S", 0],
      ["M", 0],
      ["L", 0],
      ["XL", 0],
    ],
    finishes: ["tan", "green"],
  },
];
