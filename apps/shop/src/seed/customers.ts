import type { CustomerFields } from "../customers/customer.js";

/** Who had bought here before the shop opened: `customers/1` to `customers/5`. */
export const customers: readonly (CustomerFields & { readonly id: string; readonly by: null })[] = [
  { id: "1", name: "Amina Haddad", email: "amina@example.com", by: null },
  { id: "2", name: "Björn Lindqvist", email: "bjorn@example.com", by: null },
  { id: "3", name: "Chiara Esposito", email: "chiara@example.com", by: null },
  { id: "4", name: "Daniel Okafor", email: "daniel@example.com", by: null },
  { id: "5", name: "Eun-ji Park", email: "eunji@example.com", by: null },
];
