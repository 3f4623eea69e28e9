export { allowedHeaders, exposedHeaders } from "unclash";
export { type MountedHandler, type MountOptions, mount, type Next } from "./mount.js";
