export { api, type CollectionName, collections } from "./collections.js";
export type { Customers } from "./customers/customers.js";
export { runShop } from "./run.js";
export { graceMs, type Served } from "./serve.js";
