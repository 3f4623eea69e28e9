import type { ArticleSeed } from "../article.js";

/** Pots, beds, and what to do with what grows there. */
export const fromTheGarden: readonly ArticleSeed[] = [
  {
    title: "A balcony in four pots",
    tags: ["garden", "balcony"],
    status: "published",
    lines: [
      "Four pots are enough for a summer of salads, if they are the right four.",
      "",
      "Tomatoes in the largest, at least 28 cm, with basil at their feet.",
      "Chives and parsley together, because both like to be cut.",
      "Mint alone, for it is a bad neighbour.",
      "And in the last one whatever the bees want: thyme, left to flower.",
    ],
  },
  {
    title: "Terracotta in winter",
    tags: ["garden", "pots", "care"],
    status: "published",
    lines: [
      "It is not the frost that bursts a pot but the water in it.",
      "",
      "Empty the pots that you can, and turn them over.",
      "Lift the others on three stones so that they drain, and move them to the wall of the house.",
      "A jute sack around the pot does more for the roots than for the clay, and does no harm.",
    ],
  },
  {
    title: "How to water, and when not to",
    tags: ["garden", "watering"],
    status: "published",
    lines: [
      "More plants drown than die of thirst.",
      "Push a finger into the earth: if it is moist at the second joint, go and do something else.",
      "",
      "Water in the morning, at the foot of the plant, slowly, and then enough.",
      "A little every evening makes roots lazy and snails happy.",
      "",
      "Before a holiday put the pots in the shade, close together, in a tub with two fingers of water.",
    ],
  },
  {
    title: "Pruning roses without a degree",
    tags: ["garden", "roses", "pruning"],
    status: "published",
    lines: [
      "Wait until the forsythia flowers.",
      "Then take out what is dead, what is thin, and what grows inwards, and look at what is left.",
      "",
      "Cut that to five eyes, just above one that looks outwards, and at a slant, so that rain runs off.",
      "Roses forgive nearly everything but blunt shears.",
    ],
  },
  {
    title: "Looking after pruning shears",
    tags: ["garden", "pruning", "care"],
    status: "published",
    lines: [
      "Wipe off the sap with spirit after each day's work, or you carry the mildew from one rose to the next.",
      "",
      "Once a month take them apart.",
      "Draw the blade along a fine stone, on its slanted side only, and take the burr off the other with " +
        "one flat stroke.",
      "A drop of oil in the joint, and one on the spring.",
    ],
  },
  {
    title: "Seeds that even children can grow",
    tags: ["garden", "children"],
    status: "published",
    lines: [
      "Radishes come up within a week, which is as long as anybody under seven can wait.",
      "Beans are large enough for small fingers, and visibly climb.",
      "Nasturtiums grow in rubble, and can be eaten.",
      "",
      "Write the names on stones.",
      "Paper labels are the first thing to be watered.",
    ],
  },
  {
    title: "Compost in a box",
    tags: ["garden", "compost"],
    status: "published",
    lines: [
      "Two thirds brown, one third green: dry leaves and cardboard against peelings and cut grass.",
      "If it smells, there is too much green; if nothing happens, too little, or no water.",
      "",
      "Turn it over once a month with a fork.",
      "After a year the box is half empty, and what is in it smells of forest.",
    ],
  },
  {
    title: "Drying herbs so that they taste of something",
    tags: ["garden", "herbs", "preserving"],
    status: "published",
    lines: [
      "Cut them in the morning of a dry day, just before they flower.",
      "Tie them in small bunches, and hang them head down where it is warm and dark and the air moves.",
      "Above the stove is none of that.",
      "",
      "They are done when a leaf rustles.",
      "Keep the leaves whole in an amber jar, and rub them only as they go into the pot.",
    ],
  },
  {
    title: "Plum jam with too little sugar",
    tags: ["garden", "recipes", "preserving"],
    status: "published",
    lines: [
      "Stone three kilos of plums, the later in the year the better, and put them in a wide pot without any water.",
      "Let them cook in the oven at 150 degrees for four hours, and stir when you pass by.",
      "",
      "Two hundred grams of sugar, a stick of cinnamon, and another hour.",
      "It is done when a spoon leaves a street behind it.",
      "Fill it into hot jars; opened, it keeps for three weeks in the fridge.",
    ],
  },
  {
    title: "The garden in November",
    tags: ["garden", "calendar"],
    status: "draft",
    lines: [
      "Plant garlic, and bulbs, as long as the earth lets you.",
      "Leave the stalks standing, for somebody sleeps in them.",
      "",
      "Clean the tools before you put them away, and you will be glad in March.",
      "",
      "To do: what about hedgehogs and the leaves?",
    ],
  },
];
