// What is read here of `@koa/router` is the same in its versions 12 to 15, but nowhere promised: all of it is looked at
// with care.

/** A route, or a middleware, of a router; the paths of routers in routers are whole. */
export interface Layer {
  /** In capitals; none for a middleware. */
  readonly methods: readonly string[];
  readonly path: unknown;
  readonly handlers: readonly unknown[];
  matches(path: string): boolean;
}

export interface Router {
  readonly layers: readonly Layer[];
  readonly isExclusive: boolean;
}

/** The router that a middleware is the dispatcher of; nothing for any other middleware. */
export function routerOf(middleware: unknown): Router | undefined {
  const router = member(middleware, "router");
  const stack = member(router, "stack");
  if (!Array.isArray(stack)) return undefined;
  const isExclusive = Boolean(member(router, "exclusive"));
  return { layers: stack.map(layerOf), isExclusive };
}

/** The layers of a router itself. */
export function layersOf(router: unknown): readonly Layer[] {
  const stack = member(router, "stack");
  return Array.isArray(stack) ? stack.map(layerOf) : [];
}

function layerOf(layer: unknown): Layer {
  const match = member(layer, "match");
  const regexp = member(layer, "regexp");
  return {
    methods: listOf(member(layer, "methods")).filter((method) => typeof method === "string"),
    path: member(layer, "path") ?? regexp,
    handlers: listOf(member(layer, "stack")),
    matches: (path) => typeof match === "function" && Boolean(Reflect.apply(match, layer, [path])),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function member(holder: unknown, name: string): unknown {
  return (typeof holder === "object" && holder !== null) || typeof holder === "function"
    ? Reflect.get(holder, name)
    : undefined;
}
