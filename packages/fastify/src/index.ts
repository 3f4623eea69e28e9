export { allowedHeaders, exposedHeaders } from "unclash";
export { clientErrorHandler } from "./client-error-handler.js";
export { type FrameworkErrorsOptions, frameworkErrors } from "./framework-errors.js";
export { type MountOptions, mount } from "./mount.js";
