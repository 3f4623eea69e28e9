export { allowedHeaders, exposedHeaders } from "unclash";
export type { UnguardedOptions, UnguardedRoute } from "unclash/adapter";
export { check, type GuardedContext, type GuardMiddleware, guard, guarded } from "./guard.js";
export { createGuards, type Guards } from "./guards.js";
export { type MountOptions, mount } from "./mount.js";
export { type ProblemsOptions, problems } from "./problems.js";
export { unguarded } from "./unguarded.js";
