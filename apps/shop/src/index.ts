export { type CollectionName, collections } from "./collections.js";
export type { Customers } from "./customers/customers.js";
export { runShop } from "./run.js";
