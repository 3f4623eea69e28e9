/** A mistake that the compiler finds, beside the right way to write it. */
export interface Program {
  readonly what: string;
  /** What both begin with. */
  readonly before: string;
  readonly right: string;
  readonly wrong: string;
  /** What an editor shows at the mistake, or the part of it that names it. */
  readonly says: string;
}
