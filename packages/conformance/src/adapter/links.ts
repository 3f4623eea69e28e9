import { type Answer, headerOf } from "./answer.js";

/** The targets in `Link` by relation type (RFC 8288); of several with one relation, the first. */
export function linksOf(answer: Answer): Readonly<Record<string, string>> {
  const links: Record<string, string> = {};
  for (const [, target = "", relations = ""] of headerOf(answer, "link").matchAll(/<([^<>]*)>\s*;\s*rel="([^"]*)"/g)) {
    for (const relation of relations.split(" ")) links[relation] ??= target;
  }
  return links;
}
