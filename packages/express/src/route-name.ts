import type { Request } from "express";
import type { RouteOf } from "unclash/adapter";
import { type Layer, stackOf } from "./stack.js";

/** What of a request says which route it has. */
type Routed = Pick<Request, "app" | "baseUrl" | "originalUrl" | "route">;

/**
 * Names the routes of requests that come to a middleware, by the patterns of the route and of the routers that it is
 * in: `/:tenant/articles/:id`. Where a request has no route, the pattern that the middleware is mounted at counts.
 *
 * @param middleware the guard, where it may stand before routes
 */
export function routeNamer(middleware: () => unknown): RouteOf<Routed> {
  return (request, before) => nameOf(request, middleware()) ?? before;
}

/** For each app the names of what stands in it: of a route or a middleware, by what it is. */
const namesOfApps = new WeakMap<object, WeakMap<object, readonly string[]>>();

function nameOf(request: Routed, middleware: unknown): string | undefined {
  const route: unknown = request.route;
  const place = typeof route === "object" && route !== null ? route : middleware;
  if ((typeof place !== "object" && typeof place !== "function") || place === null) return undefined;
  const known = namesOf(request.app);
  const names = known.get(place) ?? namesIn(request.app, place, "");
  if (names.length > 0) known.set(place, names);
  const below = names.length > 0 ? names : pathsOf(route).map((path) => (request.baseUrl === "" ? path : `*${path}`));
  const all = below.map((name) => joined(request.app.path(), name));
  const [path = ""] = request.originalUrl.split("?", 1);
  return all.find((name) => fits(name, path)) ?? all[0];
}

function namesOf(app: object): WeakMap<object, readonly string[]> {
  const known = namesOfApps.get(app);
  if (known !== undefined) return known;
  const none = new WeakMap<object, readonly string[]>();
  namesOfApps.set(app, none);
  return none;
}

/** The patterns under which a route or a middleware stands in an app or router. */
function namesIn(routed: unknown, place: object, within: string): readonly string[] {
  return (stackOf(routed) ?? []).flatMap((layer) => namesAt(layer, place, within));
}

function namesAt({ route, handle, path = "*" }: Layer, place: object, within: string): readonly string[] {
  if (route !== undefined) return route.native === place ? route.paths.map((each) => joined(within, String(each))) : [];
  const here = joined(within, path);
  return handle === place ? [here] : namesIn(handle, place, here);
}

/** The paths of a route that is in no router that is known. */
function pathsOf(route: unknown): readonly string[] {
  const path: unknown = Object(route).path;
  return [path]
    .flat(5)
    .filter((each) => each !== undefined)
    .map(String);
}

function joined(before: string, path: string): string {
  const start = before.replace(/\/$/, "");
  if (path === "/" || path === "") return start === "" ? "/" : start;
  return path.startsWith("/") || path === "*" ? start + path : `${start}/${path}`;
}

/** Whether a path may be one of a pattern, as far as segments tell: enough to choose among the places of one router. */
function fits(pattern: string, path: string): boolean {
  const segments = path.split("/");
  const wanted = pattern.split("/");
  return wanted.length === segments.length && wanted.every((each, at) => each === segments[at] || /[:*({]/.test(each));
}
