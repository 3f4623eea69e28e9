export { allowedHeaders, exposedHeaders } from "unclash";
export { check, type GuardedContext, type GuardMiddleware, guard, guarded } from "./guard.js";
export { type MountOptions, mount } from "./mount.js";
export { type ProblemsOptions, problems } from "./problems.js";
