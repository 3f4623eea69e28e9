/** An answer as plain data; an adapter turns it into its framework's response and decides nothing about it. */
export interface ResponsePlan {
  readonly status: number;
  /** By lower-case name. Names and values are safe to send: nothing in them can split a header. */
  readonly headers: Readonly<Record<string, string>>;
  /** The content, or `null` for an answer without any. For HEAD the headers speak of a content that is not there. */
  readonly body: string | null;
  /** What was decided, for logs and metrics: `ok`, `created`, `not-modified`, `unchanged`, …, or a problem's slug. */
  readonly outcome: string;
}
