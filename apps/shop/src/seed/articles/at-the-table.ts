import type { ArticleSeed } from "../article.js";

/** What is eaten from, and on. */
export const atTheTable: readonly ArticleSeed[] = [
  {
    title: "Washing linen without fear",
    tags: ["table", "linen", "care"],
    status: "published",
    lines: [
      "Linen gets better with every wash, as long as it is not bullied.",
      "Forty degrees for colours, sixty for white, a short spin, and half a drum at most.",
      "",
      "Hang it up wet and pull it straight at the corners.",
      "If you like it smooth, iron it while it is still damp; if not, say that it is meant to look like that.",
      "It is.",
    ],
  },
  {
    title: "Red wine, candle wax, beetroot",
    tags: ["table", "linen", "care"],
    status: "published",
    lines: [
      "Red wine: salt at once, then cold water from behind, then wash.",
      "White wine on top of it is a waste of white wine.",
      "",
      "Candle wax: let it harden, break off what comes off, and iron the rest into kitchen paper.",
      "",
      "Beetroot: cold milk for an hour, then wash.",
      "The pink that stays goes in the sun.",
    ],
  },
  {
    title: "How large a tablecloth should be",
    tags: ["table", "linen", "buying"],
    status: "published",
    lines: [
      "Measure the table, and add twenty centimetres on each side for every day, or thirty for feasts.",
      "A table of 100 by 140 takes a cloth of 140 by 180.",
      "",
      "More than forty, and your guests will take it along when they rise.",
      "For round tables the same holds all the way round.",
    ],
  },
  {
    title: "Setting a table for ten in ten minutes",
    tags: ["table", "feasts"],
    status: "published",
    lines: [
      "Put down the plates first: they say where everybody sits, and the rest finds its place beside them.",
      "Fork on the left, knife and spoon on the right, the edge of the knife to the plate.",
      "The glass stands above the knife, the napkin where there is room.",
      "",
      "Then take away every second thing in the middle.",
      "People want to see each other, and to have somewhere to put the bread.",
    ],
  },
  {
    title: "Mixing plates that do not match",
    tags: ["table", "stoneware"],
    status: "published",
    lines: [
      "A table on which everything matches looks like a shop window, and we should know.",
      "",
      "Keep one thing the same: the size, or the tone, or the rim.",
      "Sand and white always go together, sage with both, navy with white.",
      "An odd number of each looks as if it had been inherited.",
    ],
  },
  {
    title: "Stoneware in the oven, and in the freezer",
    tags: ["table", "stoneware", "care"],
    status: "published",
    lines: [
      "Our bowls stand 220 degrees, and frost as well; what they do not stand is both within a minute.",
      "Let a cold bowl warm up before it meets a hot oven.",
      "",
      "Fine grey lines are marks of cutlery, and not scratches in the glaze.",
      "A paste of baking soda takes them off.",
    ],
  },
  {
    title: "Why your glasses turn cloudy",
    tags: ["table", "glass", "care"],
    status: "published",
    lines: [
      "There are two reasons, and only one of them can be cured.",
      "",
      "Lime wipes off with vinegar.",
      "If it stays, the glass itself has been etched by soft water, heat and too much powder.",
      "",
      "Wash at 50 degrees, use less powder than it says on the box, and open the door as soon as the programme ends.",
    ],
  },
  {
    title: "Candles that do not drip",
    tags: ["table", "candles"],
    status: "published",
    lines: [
      "Cut the wick to half a centimetre before you light it, every time.",
      "Let the candle burn for an hour for every two centimetres of its width the first time, so that it " +
        "melts to the rim.",
      "",
      "Keep it out of draughts: a flame that leans melts one side, and that is where it drips.",
      "A candle that smokes wants a shorter wick.",
    ],
  },
  {
    title: "Breakfast for whoever comes down",
    tags: ["table", "recipes"],
    status: "published",
    lines: [
      "Guests wake up one after the other, and eggs do not wait.",
      "",
      "Put a shallow pot of tomatoes, peppers and onions on the smallest flame, and leave it there.",
      "Each one makes two hollows with a spoon, breaks an egg into each, and puts the lid on for five minutes.",
      "Bread, coffee, the newspaper.",
      "Nobody has to be asked how they slept.",
    ],
  },
  {
    title: "Napkins, and what to fold from them",
    tags: ["table", "linen", "feasts"],
    status: "draft",
    lines: [
      "Once across, once along, and on the plate: that is all the folding we have ever seen admired.",
      "",
      "To do: ask Ines whether the swan is a joke.",
    ],
  },
];
