export { allowedHeaders, exposedHeaders } from "unclash";
export { type MountOptions, mount } from "./mount.js";
