/** What an editor was told, and where their edits must be. */
export interface Edits {
  readonly name: string;
  readonly field: string;
  readonly acknowledged: readonly string[];
}

/**
 * Looks for edits that are not in the article, once each and in their order, and for a difference between what the
 * editors see.
 *
 * @param seen the text of the article's representation, as each of them reads it at the end
 */
export function checkEdits(seen: readonly string[], edits: readonly Edits[]): readonly string[] {
  const [first = "", ...others] = seen;
  const differing = others.filter((other) => other !== first).map((other) => `one sees ${first}, and one ${other}`);
  const article: Record<string, unknown> = JSON.parse(first);
  return [...differing, ...edits.flatMap((editor) => misplaced(String(article[editor.field]), editor))];
}

function misplaced(text: string, { name, acknowledged }: Edits): readonly string[] {
  const there: readonly string[] = text.match(new RegExp(`\\b${name}\\d+`, "g")) ?? [];
  const lost = acknowledged.filter((mark) => !there.includes(mark)).map((mark) => `${mark} is lost`);
  const kept = acknowledged.filter((mark) => there.includes(mark));
  const isInOrder = there.join() === kept.join();
  return isInOrder ? lost : [...lost, `of ${name} there is ${there.join()}, where ${kept.join()} was to be`];
}
