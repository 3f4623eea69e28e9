import { checkOptions, listOf, type OptionRules } from "@unclash/core/options";

const mark: unique symbol = Symbol.for("unclash.guarding");

/** What something in an app's stack guards: what it does by itself, or all that is behind it. */
export type Guarding = "itself" | "what is behind";

/** What `unguarded` asks a guard, besides what it stands before. */
export interface GuardingEngine {
  /** Whether it holds a state against requests: a guard without `load` does so once a handler has called `check`. */
  holds(method?: string): boolean;
}

interface Mark {
  readonly guarding: Guarding;
  readonly holds: GuardingEngine["holds"];
}

/** Marks a handler, or a middleware, as one that guards: `unguarded` looks for it. */
export function markGuarding<Handler extends object>(
  handler: Handler,
  guarding: Guarding = "itself",
  engine: GuardingEngine = { holds: () => true },
): Handler {
  // A context of Fastify's may have several, and those around it.
  const before = markOf(handler);
  const value: Mark = { guarding, holds: (method) => engine.holds(method) || before?.holds(method) === true };
  Object.defineProperty(handler, mark, { value, configurable: true });
  return handler;
}

/**
 * Whether something in an app's stack guards, also where it comes from another copy of this package.
 *
 * @param method where it is known: a guard of keys alone is enough for POST
 */
export function isGuarding(handler: unknown, method?: string): boolean {
  return markOf(handler)?.holds(method) === true;
}

/** Whether it guards the handlers behind it too: a mount does not, which lets pass what is not its own. */
export function guardsBehind(handler: unknown, method?: string): boolean {
  const found = markOf(handler);
  return found?.guarding === "what is behind" && found.holds(method);
}

/** Whether it is a guard that holds nothing against requests, as far as is known. */
export function isIdleGuard(handler: unknown, method?: string): boolean {
  return markOf(handler)?.holds(method) === false;
}

/** A mark also counts for what has the marked as its prototype, as a context of Fastify's has the one around it. */
function markOf(handler: unknown): Mark | undefined {
  const isMarkable = typeof handler === "function" || (typeof handler === "object" && handler !== null);
  return isMarkable && mark in handler && isMark(handler[mark]) ? handler[mark] : undefined;
}

function isMark(value: unknown): value is Mark {
  return typeof value === "object" && value !== null && "guarding" in value && "holds" in value;
}

/** Why a route is listed that has a guard. */
export const unchecked = "Its guard has no `load`, and no handler has called `check` yet.";

/** A route that changes something, and that no guard is seen before. */
export interface UnguardedRoute {
  /** `PUT`, `PATCH`, `DELETE`, `POST`; `*` where the route takes all. */
  readonly method: string;
  /** As the app has written it, without what the routers around it are mounted at. */
  readonly path: string;
  /** The routers that the route is in, from the outside; the paths that they are mounted at can't always be known. */
  readonly within: readonly string[];
  /** Where a guard is there, why it does not count. */
  readonly reason?: string;
}

/** What `unguarded` of each adapter may be told. */
export interface UnguardedOptions {
  /** Routes that need no guard, each as its method and its whole path: `"POST /api/login"`. @default [] */
  readonly except?: readonly string[];
}

const rules: OptionRules<UnguardedOptions> = {
  except: listOf(
    (value) =>
      typeof value === "string" && /^(?:\*|[A-Z-]+) \S/.test(value) ? undefined : "must be a method and a path",
    'routes, each as its method and its whole path: "POST /api/login"',
  ),
};

/**
 * Checks the options of `unguarded`.
 *
 * @throws ConfigurationError that names the option at fault
 */
export function checkUnguardedOptions(options: UnguardedOptions): void {
  checkOptions<UnguardedOptions>("", options, rules);
}

/** The routes but for those that are excepted. */
export function withoutExcepted(
  routes: readonly UnguardedRoute[],
  { except = [] }: UnguardedOptions,
): readonly UnguardedRoute[] {
  const excepted = new Set(except);
  return routes.filter(({ method, path, within }) => !excepted.has(`${method} ${within.join("")}${path}`));
}

const mutating: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** Whether a method changes something, and so wants a guard. */
export function isMutating(method: string): boolean {
  return mutating.has(method);
}

/** Whether these are all methods, as frameworks name them one by one for a route that takes whatever comes. */
export function areAllMethods(methods: readonly string[]): boolean {
  return ["GET", "OPTIONS", ...mutating].every((method) => methods.includes(method));
}
