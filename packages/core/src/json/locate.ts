import { pointerOf } from "./pointer.js";

/**
 * The JSON Pointer from a parsed value to one of the objects or arrays in it, by the shortest way. For the rare case
 * that a walk which kept no paths found a fault there. Ends on cycles too: each object is looked at once.
 */
export function locate(root: unknown, target: object): string {
  const origins = new Map<unknown, { readonly parent: unknown; readonly step: string | number } | undefined>();
  origins.set(root, undefined);
  for (const container of origins.keys()) {
    if (container === target) break;
    const numbered = Array.isArray(container);
    for (const [name, child] of Object.entries(Object(container))) {
      if (typeof child !== "object" || child === null || origins.has(child)) continue;
      origins.set(child, { parent: container, step: numbered ? Number(name) : name });
    }
  }
  const path: (string | number)[] = [];
  for (let origin = origins.get(target); origin !== undefined; origin = origins.get(origin.parent)) {
    path.push(origin.step);
  }
  return pointerOf(path.reverse());
}
