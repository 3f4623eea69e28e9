const mark: unique symbol = Symbol.for("unclash.guarding");

/** Marks a handler, or a middleware, as one that guards: `unguarded` looks for it. */
export function markGuarding<Handler extends object>(handler: Handler): Handler {
  Object.defineProperty(handler, mark, { value: true });
  return handler;
}

/** Whether something in an app's stack is a guard, also where it comes from another copy of this package. */
export function isGuarding(handler: unknown): boolean {
  return typeof handler === "function" && mark in handler;
}

/** A route that changes something, and that no guard is seen before. */
export interface UnguardedRoute {
  /** `PUT`, `PATCH`, `DELETE`, `POST`; `*` where the route takes all. */
  readonly method: string;
  /** As the app has written it, without what the routers around it are mounted at. */
  readonly path: string;
  /** The routers that the route is in, from the outside; the paths that they are mounted at can't always be known. */
  readonly within: readonly string[];
}
