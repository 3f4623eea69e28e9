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
import { type Layer, routerOf } from "./router-layers.js";

/** What of a Koa app is looked at. */
export interface WithMiddleware {
  readonly middleware: readonly unknown[];
}

/**
 * Lists the routes of `@koa/router` that change something, and that no guard is seen before: for a warning when the app
 * starts, or a test. A guard may be in the route itself, before it in its router on a path that covers the route's, or
 * before the router in the app.
 *
 * What koa-mount and koa-compose have put together can't be looked into, and middleware that answers writes by itself
 * is not seen.
 */
export function unguarded(app: WithMiddleware, options: UnguardedOptions = {}): readonly UnguardedRoute[] {
  checkUnguardedOptions(options);
  if (!Array.isArray(app?.middleware))
    throw new UsageError("unguarded", `must be given an app of Koa, and was given ${describeValue(app)}`);
  const guard = app.middleware.findIndex((middleware) => guardsBehind(middleware));
  const open = guard === -1 ? app.middleware : app.middleware.slice(0, guard);
  return withoutExcepted(open.flatMap(openRoutes), options);
}

function openRoutes(middleware: unknown): readonly UnguardedRoute[] {
  const router = routerOf(middleware);
  if (router === undefined) return [];
  return router.layers.flatMap((layer, at) => {
    // An exclusive router runs the last layer that matches, and none before it.
    const before = router.isExclusive
      ? []
      : router.layers.slice(0, at).filter(({ handlers }) => handlers.some((handler) => guardsBehind(handler)));
    return mutatingMethods(layer)
      .filter((method) => !isGuardedWithin(layer, method) && !isGuardedBy(before, layer, method))
      .map((method) => {
        const isIdle = layer.handlers.some((handler) => isIdleGuard(handler, method));
        return { method, path: String(layer.path), within: [], ...(isIdle && { reason: unchecked }) };
      });
  });
}

function isGuardedWithin({ handlers }: Layer, method: string): boolean {
  const guard = handlers.findIndex((handler) => isGuarding(handler, method));
  return guard !== -1 && !handlers.slice(0, guard).some(ends);
}

/**
 * Whether a middleware can't go on to those after it, since it takes no `next`. One without parameters may take any.
 */
function ends(handler: unknown): boolean {
  return typeof handler === "function" && handler.length === 1;
}

function isGuardedBy(guards: readonly Layer[], { path, matches }: Layer, method: string): boolean {
  const paths = typeof path === "string" ? samplePaths(path, matches) : [];
  const asked = paths.length > 0 ? paths : [unknownPath];
  return asked.every((each) => guards.some((guard) => takes(guard, method) && guard.matches(each)));
}

/** Of a path that can't be known, only what guards all paths is known to be before it. */
const unknownPath = "/\u0000/\u0000/\u0000";

function takes({ methods }: Layer, method: string): boolean {
  return methods.length === 0 || areAllMethods(methods) || methods.includes(method);
}

function mutatingMethods({ methods }: Layer): readonly string[] {
  return areAllMethods(methods) ? ["*"] : methods.filter(isMutating);
}
