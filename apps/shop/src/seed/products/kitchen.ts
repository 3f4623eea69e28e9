import type { Family } from "./family.js";

/** What stands in the kitchen. */
export const kitchen: readonly Family[] = [
  {
    name: "Enamel mug",
    code: "MUG",
    price: 12.9,
    sizes: [
      ["350 ml", 0],
      ["500 ml", 3],
    ],
    finishes: ["cream", "forest", "navy", "brick"],
  },
  {
    name: "Carbon steel pan",
    code: "PAN",
    price: 39,
    sizes: [
      ["20 cm", 0],
      ["24 cm", 10],
      ["28 cm", 20],
    ],
    finishes: ["steel handle", "beech handle"],
  },
  {
    name: "Chef's knife",
    code: "KNF",
    price: 59,
    sizes: [
      ["16 cm", 0],
      ["20 cm", 15],
      ["24 cm", 30],
    ],
    finishes: ["walnut", "olive wood"],
  },
  {
    name: "Cutting board",
    code: "BRD",
    price: 24.5,
    sizes: [
      ["small", 0],
      ["medium", 12],
      ["large", 26],
    ],
    finishes: ["beech", "oak", "cherry"],
  },
  {
    name: "Preserving jar",
    code: "JAR",
    price: 4.5,
    sizes: [
      ["250 ml", 0],
      ["500 ml", 0.8],
      ["1 l", 1.9],
      ["2 l", 3.4],
    ],
    finishes: ["clear", "amber"],
  },
  {
    name: "Cast iron pot",
    code: "POT",
    price: 119,
    sizes: [
      ["3 l", 0],
      ["4.5 l", 30],
      ["6 l", 60],
    ],
    finishes: ["black", "sage", "cream"],
  },
  {
    name: "Kettle",
    code: "KTL",
    price: 49.9,
    sizes: [
      ["1 l", 0],
      ["1.5 l", 10],
    ],
    finishes: ["steel", "copper", "black", "cream"],
  },
  {
    name: "Coffee dripper",
    code: "DRP",
    price: 18.5,
    sizes: [
      ["1 cup", 0],
      ["2 cups", 4],
      ["4 cups", 9],
    ],
    finishes: ["white", "sand"],
  },
];
