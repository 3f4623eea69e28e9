import type { ArticleSeed } from "../article.js";

/** Towels, blankets, light, paper. */
export const roundTheHouse: readonly ArticleSeed[] = [
  {
    title: "How towels stay soft",
    tags: ["house", "textiles", "care"],
    status: "published",
    lines: [
      "Softener coats the loops, and a towel that is coated does not dry anybody.",
      "Half a cup of vinegar in its place does no harm and leaves no smell.",
      "",
      "Wash new towels twice before their first day: they shed, and then they stop.",
      "Shake them before you hang them up.",
    ],
  },
  {
    title: "Wool wants air, not water",
    tags: ["house", "textiles", "care"],
    status: "published",
    lines: [
      "A wool blanket cleans itself if you let it: hang it out on a damp evening, and take it in the next day.",
      "",
      "A stain is dabbed with cold water and a little shampoo, and never rubbed.",
      "If the whole blanket must be washed, then by hand, lukewarm, and without wringing.",
      "Let it dry lying down.",
      "",
      "Cedar keeps moths away for half a year; then sand the wood a little.",
    ],
  },
  {
    title: "Five cushions are too many",
    tags: ["house", "textiles"],
    status: "published",
    lines: [
      "Three: two of the same, and one that is not.",
      "Large ones behind, small ones before them, and none that nobody may lean on.",
      "",
      "Colours that are in the room already are the ones that fit.",
      "Look at the spines of your books.",
    ],
  },
  {
    title: "Where to put a desk lamp",
    tags: ["house", "light", "desk"],
    status: "published",
    lines: [
      "Write with the right hand, and the lamp stands on the left, so that you do not work in your own shadow.",
      "Its lower rim is at the height of your eyes, or it will dazzle you.",
      "",
      "At a screen it lights the desk and not the glass.",
      "Warm light in the evening, 2700 kelvin; in the morning it may be cooler.",
    ],
  },
  {
    title: "Plain, ruled or dotted",
    tags: ["house", "paper", "desk"],
    status: "published",
    lines: [
      "Ruled for those who write, plain for those who draw, dotted for those who have not decided.",
      "",
      "A6 goes in a pocket and gets used.",
      "A5 is for the desk, A4 for lectures and for recipes that have to be read from afar.",
      "All of ours open flat, since they are sewn and not glued.",
    ],
  },
  {
    title: "Order in a drawer",
    tags: ["house", "storage"],
    status: "published",
    lines: [
      "Take everything out.",
      "Put back what you have used this month, and the scissors.",
      "",
      "What is left goes into a box with today's date on it.",
      "After a year you may throw the box away without looking; we never managed that either.",
    ],
  },
  {
    title: "An apron is not a costume",
    tags: ["house", "textiles", "buying"],
    status: "published",
    lines: [
      "It should reach to the knee, cross at the back, and have one pocket, at the side.",
      "A pocket in the middle collects flour.",
      "",
      "Linen dries while you wear it.",
      "Navy hides oil, flax hides flour, and charcoal hides nothing.",
    ],
  },
  {
    title: "What the smell of cedar can do",
    tags: ["house", "candles"],
    status: "published",
    lines: [
      "A scent should be noticed by whoever comes in, and forgotten by whoever stays.",
      "One candle to a room, for an hour, and then the window.",
      "",
      "Fig in summer, cedar in winter, beeswax at the table, since it does not argue with the food.",
    ],
  },
  {
    title: "Mending a blanket where it shows",
    tags: ["house", "textiles", "mending"],
    status: "published",
    lines: [
      "A hole that is mended in the same colour looks like a hole that was mended.",
      "In another colour it looks like an idea.",
      "",
      "Span threads across the hole, close together, a centimetre beyond its rim.",
      "Weave through them from the other side, over and under, and do not pull.",
      "Steam it flat, and be proud.",
    ],
  },
  {
    title: "Guests on the sofa",
    tags: ["house", "guests"],
    status: "draft",
    lines: [
      "A sheet that is tucked in, a blanket that is long enough, a lamp that can be reached, a glass of water.",
      "Two towels on the chair, so that nobody has to ask.",
      "",
      "To do: a list to print?",
    ],
  },
];
