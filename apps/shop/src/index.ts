export { type CollectionName, collections } from "./collections.js";
export { runShop } from "./run.js";
