import type { FastifyInstance, FastifyPluginAsync, RouteOptions } from "fastify";
import {
  areAllMethods,
  checkUnguardedOptions,
  guardsBehind,
  isGuarding,
  isIdleGuard,
  isMutating,
  type UnguardedOptions,
  type UnguardedRoute,
  UsageError,
  unchecked,
  withoutExcepted,
} from "unclash/adapter";
import { pluginOfContext } from "./register-options.js";

interface SeenRoute {
  readonly context: FastifyInstance;
  readonly url: string;
  /** What other plugins add to it is seen too. */
  readonly options: RouteOptions;
}

interface Watch {
  readonly routes: SeenRoute[];
  /** Whether there were routes before it, which it can't know. */
  readonly isLate: boolean;
}

const watches = new WeakMap<FastifyInstance, Watch>();

const mutating = ["POST", "PUT", "PATCH", "DELETE"] as const;

/**
 * Sees the routes of an app as they are made, for `unguarded`. Fastify shows them to those alone who were there first:
 * `await app.register(watchRoutes)`, before all routes.
 */
export const watchRoutes: FastifyPluginAsync = pluginOfContext("watchRoutes", "unclash-watch-routes", (app) => {
  const isLate = mutating.some((method) => app.printRoutes({ method }).trim() !== noRoutes);
  const routes: SeenRoute[] = [];
  watches.set(app, { routes, isLate });
  app.addHook("onRoute", function (options) {
    routes.push({ context: this, url: options.url, options });
  });
});

const noRoutes = "(empty tree)";

/**
 * Lists the routes that change something and that no guard is before, for a test of the app: `await app.ready()`, then
 * `expect(unguarded(app)).toEqual([])`. A guard in a context counts for all routes of it and of those inside, as its
 * hook does.
 *
 * @throws UsageError where `watchRoutes` was not registered before the routes
 */
export function unguarded(app: FastifyInstance, options: UnguardedOptions = {}): readonly UnguardedRoute[] {
  checkUnguardedOptions(options);
  const watch = watchOf(app);
  if (watch === undefined || watch.isLate) {
    throw new UsageError(
      "unguarded",
      "sees routes only after `await app.register(watchRoutes)`, before the first of them",
    );
  }
  const found = watch.routes.flatMap((route) =>
    methodsOf(route.options)
      .filter((method) => !isGuarded(route, method))
      .map((method) => ({
        method,
        path: route.url,
        within: [],
        ...(guardsOf(route).some((each) => isIdleGuard(each, method)) && { reason: unchecked }),
      })),
  );
  return withoutExcepted(found, options);
}

/** Contexts have those around them as prototypes. */
function watchOf(app: FastifyInstance): Watch | undefined {
  for (let context = app; typeof context === "object" && context !== null; context = Object.getPrototypeOf(context)) {
    const watch = watches.get(context);
    if (watch !== undefined) return watch;
  }
  return undefined;
}

function isGuarded(route: SeenRoute, method: string): boolean {
  const [handler, ...before] = guardsOf(route);
  return isGuarding(handler, method) || before.some((each) => guardsBehind(each, method));
}

function guardsOf({ context, options: { handler, preHandler } }: SeenRoute): readonly unknown[] {
  return [handler, context, preHandler].flat();
}

function methodsOf({ method }: RouteOptions): readonly string[] {
  const methods = [method].flat();
  return areAllMethods(methods) ? ["*"] : methods.filter(isMutating);
}
