import type { Context } from "koa";
import { layersOf } from "./router-layers.js";

/**
 * Whether a request is for something below the path that a guard is mounted at in its router: `/articles/1/comments/9`
 * is no article, and the guard of `router.use("/articles/:id", article)` has nothing to say of it. Where the path has
 * no parameters, or is not known, the guard is there for all that is below.
 */
export function isBelowMount(context: Context, middleware: unknown): boolean {
  const { router, routerPath } = context;
  if (router === undefined || typeof routerPath !== "string" || !/[:*]/.test(routerPath)) return false;
  const layers = layersOf(router).filter(({ handlers }) => handlers.includes(middleware));
  const isMounted =
    layers.length > 0 && layers.every(({ methods, path }) => methods.length === 0 && path === routerPath);
  return isMounted && depthOf(context.path) > depthOf(routerPath);
}

/** How many segments a path has, or can have at most. */
function depthOf(path: string): number {
  return /[*(]/.test(path) ? Number.POSITIVE_INFINITY : path.replace(/[/}]+$/, "").split("/").length;
}
