/** The stores that are measured, in this order. */
export const storeNames = ["memory", "sqlite", "postgres", "redis"] as const;
export type StoreName = (typeof storeNames)[number];

export function isStoreName(name: string): name is StoreName {
  return storeNames.some((known) => known === name);
}
