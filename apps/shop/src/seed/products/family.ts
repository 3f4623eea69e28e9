/** Products that differ in size and finish alone. */
export interface Family {
  readonly name: string;
  /** The first part of the sku. */
  readonly code: string;
  /** Of the smallest size. */
  readonly price: number;
  /** Each size, with what it costs more than the smallest. */
  readonly sizes: readonly (readonly [label: string, surcharge: number])[];
  readonly finishes: readonly string[];
}
