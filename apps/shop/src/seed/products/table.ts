import type { Family } from "./family.js";

/** What is eaten from, and on. */
export const table: readonly Family[] = [
  {
    name: "Stoneware plate",
    code: "PLT",
    price: 14,
    sizes: [
      ["20 cm", 0],
      ["26 cm", 5],
    ],
    finishes: ["white", "sand", "sage", "navy"],
  },
  {
    name: "Stoneware bowl",
    code: "BWL",
    price: 11.5,
    sizes: [
      ["14 cm", 0],
      ["18 cm", 4],
    ],
    finishes: ["white", "sand", "sage", "navy"],
  },
  {
    name: "Linen napkins",
    code: "NPK",
    price: 19,
    sizes: [
      ["set of 2", 0],
      ["set of 4", 16],
    ],
    finishes: ["flax", "white", "sage", "rust"],
  },
  {
    name: "Linen tablecloth",
    code: "TBC",
    price: 69,
    sizes: [
      ["140 × 180 cm", 0],
      ["140 × 240 cm", 20],
      ["160 × 300 cm", 46],
    ],
    finishes: ["flax", "white", "sage"],
  },
  {
    name: "Water glass",
    code: "GLS",
    price: 5.9,
    sizes: [
      ["200 ml", 0],
      ["300 ml", 1.5],
    ],
    finishes: ["clear", "smoke", "amber"],
  },
  {
    name: "Cutlery",
    code: "CUT",
    price: 79,
    sizes: [
      ["16 pieces", 0],
      ["24 pieces", 36],
    ],
    finishes: ["polished", "brushed"],
  },
  {
    name: "Candle",
    code: "CND",
    price: 15.9,
    sizes: [
      ["20 h", 0],
      ["40 h", 9],
    ],
    finishes: ["beeswax", "cedar", "fig", "unscented"],
  },
];
