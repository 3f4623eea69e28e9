import type { ArticleSeed } from "../article.js";

/** What happens in the shop itself. */
export const shopNews: readonly ArticleSeed[] = [
  {
    title: "We repair what we sell",
    tags: ["shop", "repairs"],
    status: "published",
    lines: [
      "Bring us the handle that came off, the lamp that flickers, the shears that pinch.",
      "What we sold we repair, for the price of the part, and in the first five years for nothing.",
      "",
      "Bench hours are on Tuesdays and Fridays from two to six.",
      "If you live far away, send it: the label is in every parcel.",
    ],
  },
  {
    title: "How we ship, and in what",
    tags: ["shop", "delivery"],
    status: "published",
    lines: [
      "Parcels leave on every weekday at three, in boxes that mostly had another life before.",
      "Glass travels in wood wool, everything else in paper.",
      "There is no plastic in them, and if you find some, tell us.",
      "",
      "Orders above 60 are sent free of charge; below that a parcel costs 4.90.",
      "Terracotta above 20 cm is for collection only, after the sad spring of the 28 cm pots.",
    ],
  },
  {
    title: "A visit to the enamel works",
    tags: ["shop", "makers", "enamel"],
    status: "published",
    lines: [
      "Our mugs come from a works in Lower Austria that has made them since 1896.",
      "The steel is pressed, pickled, dipped in grey, fired, dipped in white, and fired again at 830 degrees.",
      "",
      "The dark rim is put on last and by hand, by a woman who has done it for twenty years.",
      "Each rim is a little different, and she can tell hers from all others.",
    ],
  },
  {
    title: "The weavers of our towels",
    tags: ["shop", "makers", "textiles"],
    status: "published",
    lines: [
      "In a valley in the north of Portugal eleven looms make what hangs in our bathrooms.",
      "The cotton is combed, the dye is fixed with little water, and that water is cleaned on the spot.",
      "",
      "We ordered ninety sheets the first time, and they asked whether we had forgotten a zero.",
      "Now we have not.",
    ],
  },
  {
    title: "Gift wrapping, and what we write on the card",
    tags: ["shop", "gifts"],
    status: "published",
    lines: [
      "Choose it in the basket: paper, string, and a card on which we write by hand what you tell us.",
      "Up to three lines look best.",
      "",
      "We have written two proposals so far, and one resignation.",
      "Both proposals were accepted.",
    ],
  },
  {
    title: "Sending things back",
    tags: ["shop", "delivery"],
    status: "published",
    lines: [
      "You have thirty days, and you need no reason.",
      "Print the label, put the thing in its box, and take it to any post office.",
      "",
      "The money is back within a week of its arrival here.",
      "What was used we can't sell again; write to us all the same, and we will find a way.",
    ],
  },
  {
    title: "Opening hours over the holidays",
    tags: ["shop", "hours"],
    status: "published",
    lines: [
      "The shop is open until two on the 24th and on the 31st of December, and closed from the 25th to the 27th.",
      "What is ordered by noon on the 20th arrives in time.",
      "",
      "On the 2nd of January we count the stock, and open at noon.",
    ],
  },
  {
    title: "The sharpening day is back",
    tags: ["shop", "knives", "dates"],
    status: "published",
    lines: [
      "On the first Saturday of each month Mr. Okonkwo sets up his wheel in our yard.",
      "Bring your knives wrapped in a towel, four at most, and have a coffee while he works.",
      "",
      "A knife is 6, a pair of scissors 8, and there is nothing that he has not seen.",
      "No serrated blades, please.",
    ],
  },
  {
    title: "Why the prices of copper kettles go up",
    tags: ["shop", "prices", "kettles"],
    status: "published",
    lines: [
      "The metal costs a third more than two years ago, and we have paid the difference for as long as we could.",
      "From next month the copper kettle of one litre will cost 4 more, and the larger one 5.",
      "",
      "Steel stays where it is.",
    ],
  },
  {
    title: "Looking for someone with a van",
    tags: ["shop", "jobs"],
    status: "draft",
    lines: [
      "Two mornings a week, within the city, mostly pots.",
      "You like early hours, can carry 25 kilos, and do not mind being asked about plants.",
      "",
      "To do: hours and pay, before this goes out.",
    ],
  },
];
