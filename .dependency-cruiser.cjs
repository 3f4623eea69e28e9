/** The arrows of the house run one way: apps → adapters → engine → core, store-* → core. */
const adapters = "^packages/(express|koa|fastify|node)/";
const stores = "^packages/store-[^/]+/";
const production = { pathNot: "\\.(test|test-support)\\.ts$" };

/**
 * The rooms of the engine, from left to right: each may use what stands left of it. Those in one row may not use each
 * other.
 */
const rooms = [
  ["options"],
  ["observing"],
  ["commits"],
  ["http"],
  ["access"],
  ["states"],
  ["preconditions"],
  ["conflicts", "idempotency"],
  ["resources", "guards"],
  ["versions", "notifications"],
  ["pipeline"],
];

const roomRules = rooms.flatMap((row, at) =>
  row.map((room) => ({
    name: `room-${room}-uses-what-stands-left`,
    severity: "error",
    from: { path: `^packages/engine/src/${room}/`, ...production },
    to: {
      path: "^packages/engine/src/",
      pathNot: `^packages/engine/src/(${[room, ...rooms.slice(0, at).flat()].join("|")})/`,
    },
  })),
);

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "core-knows-nobody",
      severity: "error",
      from: { path: "^packages/core/src/", ...production },
      to: { pathNot: "^packages/core/" },
    },
    {
      name: "engine-knows-core",
      severity: "error",
      from: { path: "^packages/engine/", ...production },
      to: { path: "^(packages/(?!engine|core)|apps/|tests/)" },
    },
    {
      name: "stores-know-core",
      severity: "error",
      from: { path: "^packages/store-([^/]+)/", ...production },
      to: { path: "^(packages|apps|tests)/", pathNot: "^packages/(core|store-$1)/" },
    },
    {
      name: "adapters-know-the-engine",
      severity: "error",
      from: { path: "^packages/(express|koa|fastify|node)/", ...production },
      to: { path: "^(packages|apps|tests)/", pathNot: "^packages/($1|engine|core)/" },
    },
    {
      name: "no-package-knows-an-app",
      severity: "error",
      from: { path: "^packages/", ...production },
      to: { path: "^(apps|tests)/" },
    },
    {
      name: "the-custom-server-knows-core-alone",
      severity: "error",
      from: { path: "^apps/node-core/", ...production },
      to: { path: "^(packages|apps|tests)/", pathNot: "^(packages/core|apps/node-core)/" },
    },
    {
      name: "conformance-knows-no-store-and-no-adapter",
      severity: "error",
      from: { path: "^packages/conformance/", ...production },
      to: { path: [adapters, stores] },
    },
    {
      name: "recipes-know-adapters-and-the-engine",
      severity: "error",
      from: { path: "^apps/recipes/", ...production },
      to: { path: "^(packages|apps|tests)/", pathNot: [adapters, "^(packages/engine|apps/recipes)/"] },
    },
    {
      name: "no-inside-through-the-front-door",
      severity: "error",
      from: { path: "^packages/([^/]+)/src/(?!index|entry-points\\.test)" },
      to: { path: "^packages/$1/src/index\\.ts$" },
    },
    {
      name: "no-inside-of-core-through-a-side-door",
      severity: "error",
      from: { path: "^packages/core/src/(?!entry-points\\.test)" },
      to: { path: "^packages/core/src/(json|merge|options|store)\\.ts$" },
    },
    ...roomRules,
    { name: "no-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|generated|last-release|node_modules)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["unclash-source", "import", "node", "default", "types"],
      extensions: [".ts", ".js"],
    },
  },
};
