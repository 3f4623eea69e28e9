// What is read here of Express's routers is the same since Express 4, but nowhere promised: all of it is looked at with
// care.

/** One entry of a router's stack. */
export interface Layer {
  readonly handle: unknown;
  /** The handlers of a route, each with the method that it is for. */
  readonly route: Route | undefined;
  /** The path of a router or a middleware as the app has written it; `undefined` where Express does not tell. */
  readonly path: string | undefined;
  /** Whether that path is known to have parameters. */
  readonly hasParameters: boolean;
  matches(path: string): boolean;
  /**
   * Whether a guard that is mounted here judges a request to this path: where its own path has parameters, not one
   * below.
   */
  covers(path: string): boolean;
}

export interface Route {
  /** Express's own, as requests have it. */
  readonly native: unknown;
  readonly paths: readonly (string | RegExp)[];
  readonly handlers: readonly { readonly handle: unknown; readonly method: string | undefined }[];
}

/** The stack of an app or a router, or of what looks like one; nothing of anything else. */
export function stackOf(routed: unknown): readonly Layer[] | undefined {
  const router = routerOf(routed);
  const stack = member(router, "stack");
  return Array.isArray(stack) ? stack.map(layerOf) : undefined;
}

/** Express 4 makes its router late, under a name of its own; to ask an app of it for `router` is an error. */
function routerOf(routed: unknown): unknown {
  if (Array.isArray(member(routed, "stack"))) return routed;
  const isExpress4 = member(routed, "lazyrouter") !== undefined;
  return isExpress4 ? (member(routed, "_router") ?? { stack: [] }) : member(routed, "router");
}

function layerOf(layer: unknown): Layer {
  const match = member(layer, "match");
  const matched = (path: string): string | undefined => {
    const found: unknown = typeof match === "function" ? Reflect.apply(match, layer, [path]) : false;
    if (!found) return undefined;
    // Express 4, and 5 at first, put it on the layer.
    const part = member(found, "path") ?? member(layer, "path");
    return typeof part === "string" ? part : path;
  };
  const hasParameters = hasParametersIn(layer);
  return {
    handle: member(layer, "handle"),
    route: routeOf(member(layer, "route")),
    path: pathOf(layer),
    hasParameters,
    matches: (path) => matched(path) !== undefined,
    covers: (path) => {
      const part = matched(path);
      return part !== undefined && (!hasParameters || part.length >= path.replace(/\/$/, "").length);
    },
  };
}

function hasParametersIn(layer: unknown): boolean {
  const keys = member(layer, "keys");
  if (Array.isArray(keys)) return keys.length > 0;
  const rawPaths = [member(layer, "rawPath")].flat(5);
  return rawPaths.every((path) => typeof path === "string" && /[:*]/.test(path));
}

/** The places where something stands in an app or router, and in the routers inside; not in its routes. */
export function layersWith(routed: unknown, handle: unknown): readonly Layer[] {
  return (stackOf(routed) ?? []).flatMap((layer) =>
    layer.handle === handle ? [layer] : layer.route === undefined ? layersWith(layer.handle, handle) : [],
  );
}

function routeOf(route: unknown): Route | undefined {
  const stack = member(route, "stack");
  if (!Array.isArray(stack)) return undefined;
  const handlers = stack.map((layer) => {
    const method = member(layer, "method");
    return { handle: member(layer, "handle"), method: typeof method === "string" ? method.toUpperCase() : undefined };
  });
  const paths = [member(route, "path")].flat(5).filter((path) => typeof path === "string" || path instanceof RegExp);
  return { native: route, paths, handlers };
}

/** Express 5 keeps what was written since 5.2; of an expression of Express 4 it can be told where it is simple. */
function pathOf(layer: unknown): string | undefined {
  const expression = member(layer, "regexp");
  const isRoot = member(layer, "slash") === true || member(expression, "fast_slash") === true;
  if (isRoot) return "/";
  const rawPath = member(layer, "rawPath");
  if (typeof rawPath === "string") return rawPath;
  return expression instanceof RegExp ? writtenPath(expression.source) : undefined;
}

function writtenPath(source: string): string | undefined {
  let parameters = 0;
  const path = /^\^(.*)\\\/\?\(\?=\\\/\|\$\)$/
    .exec(source)?.[1]
    ?.replaceAll("(?:\\/([^/]+?))", () => {
      parameters += 1;
      return `\\/:p${parameters}`;
    })
    .replaceAll(/\\([/.])/g, "$1");
  return path === undefined || /[\\()[\]{}*+?|^$]/.test(path) ? undefined : path;
}

function member(holder: unknown, name: string): unknown {
  return (typeof holder === "object" && holder !== null) || typeof holder === "function"
    ? Reflect.get(holder, name)
    : undefined;
}
