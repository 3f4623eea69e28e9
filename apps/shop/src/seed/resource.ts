/** What a new shop's resource is made from: what a client would POST, its id included. */
export interface SeedResource {
  readonly id: string;
  readonly [field: string]: unknown;
}
