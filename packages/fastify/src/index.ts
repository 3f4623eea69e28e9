export { allowedHeaders, exposedHeaders } from "unclash";
export { clientErrorHandler } from "./client-error-handler.js";
export { frameworkErrors } from "./framework-errors.js";
export { check, type GuardPlugin, type GuardRoute, guard } from "./guard.js";
export { type GuardedContext, guarded } from "./guarded.js";
export { createGuards, type Guards } from "./guards.js";
export { mount } from "./mount.js";
export { problems, urlProblems } from "./problems.js";
export { unguarded, watchRoutes } from "./unguarded.js";
