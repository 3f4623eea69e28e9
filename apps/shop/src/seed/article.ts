/** An article before it has a number. Its body is given line by line, one sentence on each, `""` between paragraphs. */
export interface ArticleSeed {
  readonly title: string;
  readonly tags: readonly string[];
  readonly status: "draft" | "published";
  readonly lines: readonly string[];
}
