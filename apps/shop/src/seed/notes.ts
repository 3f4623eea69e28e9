import type { SeedResource } from "./resource.js";

/** What the people in the shop write down for each other, in whatever form they like. */
export const notes: readonly SeedResource[] = [
  { id: "opening-hours", weekdays: "10:00-18:30", saturday: "10:00-16:00", sunday: null },
  { id: "counter", visitors: 0 },
  {
    id: "today",
    text: "The glazier comes at eleven. Please keep the yard free.",
    done: ["bread for the workshop"],
    open: ["ring Ines about the napkins", "water the terracotta"],
  },
  { id: "suppliers", enamel: { city: "Ybbsitz", leadTimeDays: 21 }, towels: { city: "Guimarães", leadTimeDays: 45 } },
  { id: "price-of-copper", perKilo: 9.4, currency: "EUR", checked: "2026-11-16" },
];
