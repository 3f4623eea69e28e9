export type { MemoryStoreOptions } from "./options.js";
export { createMemoryStore } from "./store.js";
