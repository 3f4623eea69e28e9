import type { Family } from "./family.js";

/** Textiles, light, paper, storage. */
export const house: readonly Family[] = [
  {
    name: "Tea towel",
    code: "TWL",
    price: 9.5,
    sizes: [
      ["single", 0],
      ["set of 3", 15],
    ],
    finishes: ["flax", "white", "navy", "rust"],
  },
  {
    name: "Bath towel",
    code: "BTH",
    price: 21.9,
    sizes: [
      ["50 × 100 cm", 0],
      ["70 × 140 cm", 14],
      ["100 × 150 cm", 27],
    ],
    finishes: ["white", "sand", "slate", "moss"],
  },
  {
    name: "Wool blanket",
    code: "BLK",
    price: 129,
    sizes: [
      ["130 × 170 cm", 0],
      ["150 × 200 cm", 40],
    ],
    finishes: ["grey", "ochre", "moss", "rust"],
  },
  {
    name: "Cushion cover",
    code: "CSH",
    price: 29,
    sizes: [
      ["40 × 40 cm", 0],
      ["50 × 50 cm", 7],
    ],
    finishes: ["flax", "ochre", "rust", "slate"],
  },
  {
    name: "Linen apron",
    code: "APR",
    price: 34.5,
    sizes: [
      ["short", 0],
      ["long", 8],
    ],
    finishes: ["navy", "charcoal", "flax"],
  },
  {
    name: "Notebook",
    code: "NTB",
    price: 7.9,
    sizes: [
      ["A6", 0],
      ["A5", 3],
      ["A4", 7],
    ],
    finishes: ["plain", "ruled", "dotted"],
  },
  {
    name: "Desk lamp",
    code: "LMP",
    price: 89,
    sizes: [
      ["with clamp", 0],
      ["with base", 12],
    ],
    finishes: ["black", "white", "brass"],
  },
  {
    name: "Storage box",
    code: "BOX",
    price: 17.5,
    sizes: [
      ["small", 0],
      ["medium", 6],
      ["large", 13],
    ],
    finishes: ["grey", "flax"],
  },
];
