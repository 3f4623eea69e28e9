import { ConfigurationError } from "@unclash/core";
import { parsePointer } from "@unclash/core/json";
import { checkMembers } from "@unclash/core/options";

type Tokens = readonly string[];

/** One pointer, and what it is on the other side of a step. `*` is any item of an array. */
export interface Rename {
  readonly from: Tokens;
  readonly to: Tokens;
}

/**
 * Reads the `renames` of a step.
 *
 * @param path the option: `collections.articles.apiVersions.v1.renames`
 * @throws ConfigurationError for what is no pointer, or where two of them would become one
 */
export function resolveRenames(path: string, given: unknown): readonly Rename[] {
  checkMembers(path, given, (value) => (tokensOf(value) === undefined ? isPointer : undefined));
  const renames = Object.entries(Object(given)).map(([from, to]): Rename => {
    const [source, target] = [tokensOf(from), tokensOf(to)];
    if (source === undefined || target === undefined) throw new ConfigurationError(`${path}.${from}`, isPointer);
    if (countOfItems(source) !== countOfItems(target)) {
      throw new ConfigurationError(`${path}.${from}`, "must hold `*` as often as the pointer that it becomes");
    }
    return { from: source, to: target };
  });
  for (const [at, { to }] of renames.entries()) {
    const first = renames.findIndex((other) => other.to.join("/") === to.join("/"));
    if (first === at) continue;
    const [name, other] = [Object.keys(Object(given))[at], Object.keys(Object(given))[first]];
    throw new ConfigurationError(`${path}.${name}`, `must not become the same pointer as ${other}`);
  }
  return renames;
}

const isPointer = "must be JSON Pointers to fields, such as `/author/name`";

/** The tokens of a pointer to a field, or into one. */
function tokensOf(pointer: unknown): Tokens | undefined {
  if (typeof pointer !== "string" || pointer === "") return undefined;
  const parsed = parsePointer(pointer);
  return parsed.kind === "pointer" ? parsed.tokens : undefined;
}

function countOfItems(tokens: Tokens): number {
  return tokens.filter((token) => token === "*").length;
}

/** The other way round. */
export function inverted(renames: readonly Rename[]): readonly Rename[] {
  return renames.map(({ from, to }) => ({ from: to, to: from }));
}

/**
 * What a pointer is on the other side of a step. The longest pointer that it lies in decides. One that no rename
 * concerns stays, unless something else has its name there: then it is the nearest one above that has not.
 */
export function rename(tokens: Tokens, renames: readonly Rename[]): Tokens {
  const found = renames.reduce<Rename | undefined>((best, each) => {
    const isLonger = best === undefined || each.from.length > best.from.length;
    return isLonger && leadsInto(each.from, tokens) ? each : best;
  }, undefined);
  if (found === undefined) return renames.reduce(outsideOf, tokens);
  const items = found.from.flatMap((token, at) => (token === "*" ? [tokens[at] ?? ""] : []));
  const begin = found.to.map((token) => (token === "*" ? (items.shift() ?? "") : token));
  return [...begin, ...tokens.slice(found.from.length)];
}

/** Where a field became a part of an object of the same name, the other parts of that object belong to the field. */
function outsideOf(tokens: Tokens, { from, to }: Rename): Tokens {
  if (!leadsInto(to, tokens)) return tokens;
  const isPart = to.every((token, at) => token === from[at]);
  return tokens.slice(0, isPart ? to.length : to.length - 1);
}

/** Whether a pointer lies in what a rename's pointer leads to. */
function leadsInto(pattern: Tokens, tokens: Tokens): boolean {
  return pattern.every((token, at) => (token === "*" ? isItem(tokens[at]) : token === tokens[at]));
}

/** An index of an array, or the place past its end (RFC 6901 §4). */
function isItem(token: string | undefined): boolean {
  return token !== undefined && /^(?:0|[1-9]\d*|-)$/.test(token);
}
