import type { Express, IRouter } from "express";
import {
  areAllMethods,
  checkUnguardedOptions,
  describeValue,
  guardsBehind,
  isGuarding,
  isIdleGuard,
  isMutating,
  samplePaths,
  type UnguardedOptions,
  type UnguardedRoute,
  UsageError,
  unchecked,
  withoutExcepted,
} from "unclash/adapter";
import { type Layer, type Route, stackOf } from "./stack.js";

/**
 * Lists the routes that change something, and that no guard is seen before: for a warning when the app starts, or a
 * test. A guard may be in the route itself, or before it in this router or one around it, on a path that covers the
 * route's. An app that is mounted in another can't be looked into: it is listed as one route, and asked for its own
 * with another call.
 *
 * Middleware that answers writes by itself, without a route, is not seen.
 *
 * @throws UsageError for what is no app or router of Express, and ConfigurationError where an option can't be
 */
export function unguarded(app: Express | IRouter, options: UnguardedOptions = {}): readonly UnguardedRoute[] {
  checkUnguardedOptions(options);
  if (stackOf(app) === undefined) {
    throw new UsageError(
      "unguarded",
      `must be given an app or a router of Express, and was given ${describeValue(app)}`,
    );
  }
  return withoutExcepted(look(app, { within: [], guards: [] }), options);
}

/** A guard that was seen before a route: whether a request of this method, to this path, comes through it. */
type Seen = (method: string, path: string) => boolean;

interface Place {
  readonly within: readonly string[];
  /** Asked with paths as this router sees them. */
  readonly guards: readonly Seen[];
}

function look(router: unknown, { within, guards: before }: Place): readonly UnguardedRoute[] {
  const guards = [...before];
  const idleGuards: Layer[] = [];
  const idle = (method: string, path: string | RegExp): boolean =>
    typeof path === "string" && idleGuards.some((layer) => isIdleGuard(layer.handle, method) && layer.matches(path));
  const isOpen = (layer: Layer, path: string | RegExp | undefined, method: string): boolean => {
    const paths = typeof path === "string" ? samplePaths(path, layer.matches) : [];
    // Of a path that can't be known, only what guards everything is known to be before it.
    const asked = paths.length > 0 ? paths : [unknownPath];
    return !asked.every((each) => guards.some((seen) => seen(method, each)));
  };
  return (stackOf(router) ?? []).flatMap((layer): readonly UnguardedRoute[] => {
    const { route, handle, path } = layer;
    if (route !== undefined) {
      const open = openMethods(route).flatMap((method) =>
        route.paths.flatMap((each) => {
          if (!isOpen(layer, each, method)) return [];
          const isIdle = route.handlers.some(({ handle }) => isIdleGuard(handle, method)) || idle(method, each);
          return [{ method, path: String(each), within, ...(isIdle && { reason: unchecked }) }];
        }),
      );
      guards.push(...guardsOfRoute(layer, route));
      return open;
    }
    if (guardsBehind(handle)) guards.push((_method, asked) => layer.covers(asked));
    else if (isIdleGuard(handle)) idleGuards.push(layer);
    const inside = path === "/" ? within : [...within, path ?? "(router)"];
    if (stackOf(handle) !== undefined) return look(handle, { within: inside, guards: guards.map(below(layer)) });
    if (!isMountedApp(handle) || !isOpen(layer, path, "*")) return [];
    return [{ method: "*", path: path ?? "(app)", within }];
  });
}

/** Not a path that any layer but one for all paths takes. */
const unknownPath = "/\u0000/\u0000/\u0000";

/** The methods that a route changes something by, and that none of its own handlers guards. */
function openMethods({ handlers }: Route): readonly string[] {
  const named = [...new Set(handlers.flatMap(({ method }) => (method === undefined ? [] : [method])))];
  const open = named.filter((method) => isMutating(method) && isOpenFor(handlers, method));
  // `app.all` names all methods one by one.
  if (areAllMethods(named) && named.filter(isMutating).length === open.length) return ["*"];
  // What stands before the handlers of single methods is a middleware; what stands last takes all methods.
  const takesAll = handlers.length > 0 && handlers.at(-1)?.method === undefined;
  return takesAll && isOpenFor(handlers, undefined) ? [...open, "*"] : open;
}

/** Whether no guard stands before the last handler for a method, or is that handler. */
function isOpenFor(handlers: Route["handlers"], method: string | undefined): boolean {
  const last = handlers.findLastIndex((handler) => handler.method === method);
  const taking = handlers.slice(0, last + 1).filter((each) => takes(each.method, method));
  const guard = taking.findIndex(({ handle }) => isGuarding(handle, method));
  return guard === -1 || taking.slice(0, guard).some(({ handle }) => ends(handle));
}

/** Whether a handler can't go on to those after it, since it takes no `next`. One without parameters may take any. */
function ends(handle: unknown): boolean {
  return typeof handle === "function" && (handle.length === 1 || handle.length === 2);
}

function takes(handler: string | undefined, method: string | undefined): boolean {
  return handler === undefined || handler === method;
}

/** A route of guards alone lets pass to the routes after it. */
function guardsOfRoute(layer: Layer, { handlers }: Route): readonly Seen[] {
  return handlers
    .filter(({ handle }) => guardsBehind(handle))
    .map(
      (handler): Seen =>
        (method, path) =>
          takes(handler.method, method) && layer.matches(path),
    );
}

/** A guard as a router that is mounted at this layer has it before itself. */
function below({ path, matches }: Layer): (seen: Seen) => Seen {
  if (path === "/") return (seen) => seen;
  const mounts = path === undefined ? [] : samplePaths(path, matches);
  const prefixes = mounts.length > 0 ? mounts : [unknownPath];
  return (seen) => (method, asked) => prefixes.every((prefix) => seen(method, prefix + asked));
}

function isMountedApp(handle: unknown): boolean {
  return typeof handle === "function" && handle.name === "mounted_app";
}
