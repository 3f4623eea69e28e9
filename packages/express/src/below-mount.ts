import type { Request, RequestHandler } from "express";
import { layersWith } from "./stack.js";

/**
 * Whether a request is for something below the path that a guard is mounted at: `/articles/1/comments/9` is no article,
 * and the guard of `app.use("/articles{/:id}", article)` has nothing to say of it. Where the path has no parameters, or
 * is not known, the guard is there for all that is below.
 */
export function isBelowMount(request: Request, middleware: RequestHandler): boolean {
  if (request.path === "/" || !Object.values(request.params).some((value) => value !== undefined)) return false;
  // Express 4 takes one `/` too many off, and finds the article of `/articles//1` all the same.
  if (request.originalUrl.split("?", 1)[0]?.includes("//")) return false;
  const layers = layersWith(request.app, middleware);
  return layers.length > 0 && layers.every((layer) => layer.hasParameters);
}
