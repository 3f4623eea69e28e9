import type { Family } from "./products/family.js";
import { garden } from "./products/garden.js";
import { house } from "./products/house.js";
import { kitchen } from "./products/kitchen.js";
import { table } from "./products/table.js";
import type { SeedResource } from "./resource.js";

/** The shop's range, each family in all its sizes and finishes: `products/1` to `products/200`. */
export const products: readonly SeedResource[] = [...kitchen, ...table, ...house, ...garden]
  .flatMap(variantsOf)
  .map((variant, index) => ({ id: String(index + 1), ...variant, stock: stockOf(index) }));

function variantsOf({ name, code, price, sizes, finishes }: Family): readonly { readonly sku: string }[] {
  return sizes.flatMap(([size, surcharge]) =>
    finishes.map((finish) => ({
      sku: `${code}-${short(size)}-${short(finish).slice(0, 3)}`,
      name: `${name}, ${size}, ${finish}`,
      price: Math.round((price + surcharge) * 100) / 100,
    })),
  );
}

/** A label as it stands in a sku: its letters and digits, in capitals. */
function short(label: string): string {
  return label.replace(/[^A-Za-z0-9]/g, "").toUpperCase();
}

/** Some of much, little of some, and here and there nothing: spread evenly, and the same in every new shop. */
function stockOf(index: number): number {
  return (index * 37 + 42) % 61;
}
