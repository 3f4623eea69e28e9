/** The record of a settled write, which is written once its handler has answered with a success. */
export interface SettledRecord {
  /** Its id, where the caller may read the record. */
  readonly shownId: string | undefined;
  /** Writes it, in the background. */
  begin(): void;
}
