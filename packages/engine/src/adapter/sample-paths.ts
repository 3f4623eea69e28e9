/**
 * What parameters stand for: some patterns allow only some of these, and a guard's pattern may allow fewer than a
 * route's.
 */
const values = ["word", "a-b", "7", "0f8fad5b-d9cb-469f-a165-70867728950e"] as const;

/** Patterns with many optional parts stand for this many paths at most. */
const variantsMax = 64;

/**
 * Concrete paths that a route's pattern stands for, as routers write them: `/a/:id`, `/a/:id(\\d+)`, `/a{/:part}`,
 * `/a/*rest`. Whether a guard's layer is before a route is asked of the layer itself, with these.
 *
 * @param matches whether the route takes a path; it says which of the paths that come into question are its own
 */
export function samplePaths(pattern: string, matches: (path: string) => boolean): readonly string[] {
  const paths = values.flatMap((value) => new PatternReader(pattern, value).readUntil(undefined));
  return [...new Set(paths)].filter(matches);
}

class PatternReader {
  readonly #pattern: string;
  readonly #value: string;
  #at = 0;

  constructor(pattern: string, value: string) {
    this.#pattern = pattern;
    this.#value = value;
  }

  /** Reads up to a closing character, or to the end. */
  readUntil(end: string | undefined): readonly string[] {
    let variants: readonly string[] = [""];
    while (this.#at < this.#pattern.length) {
      const character = this.#take();
      if (character === end) break;
      const parts = this.#part(character);
      variants = variants.flatMap((before) => parts.map((part) => before + part)).slice(0, variantsMax);
    }
    return variants;
  }

  #part(character: string): readonly string[] {
    switch (character) {
      case "\\":
        return [this.#take()];
      case "{": {
        const group = this.readUntil("}");
        this.#skip(/[?*+]/y);
        return [...group, ""];
      }
      case ":":
        this.#skipName();
        if (this.#peek() === "(") this.#skipExpression();
        return this.#maybeAbsent();
      case "*":
        this.#skipName();
        return [this.#value];
      case "(":
        this.#at -= 1;
        this.#skipExpression();
        return this.#maybeAbsent();
      default:
        return [character];
    }
  }

  /** What a parameter stands for, with the mark of older patterns that says whether it may be left out. */
  #maybeAbsent(): readonly string[] {
    const isOptional = this.#peek() === "?" || this.#peek() === "*";
    this.#skip(/[?*+]/y);
    return isOptional ? [this.#value, ""] : [this.#value];
  }

  #take(): string {
    const character = this.#pattern.charAt(this.#at);
    this.#at += 1;
    return character;
  }

  #peek(): string {
    return this.#pattern.charAt(this.#at);
  }

  #skipName(): void {
    this.#skip(/"(?:\\.|[^"\\])*"|[\p{ID_Start}_$][\p{ID_Continue}$]*/uy);
  }

  /** An expression in parentheses, which may hold more of them. */
  #skipExpression(): void {
    let depth = 0;
    do {
      const character = this.#take();
      if (character === "\\") this.#at += 1;
      if (character === "(") depth += 1;
      if (character === ")") depth -= 1;
    } while (depth > 0 && this.#at < this.#pattern.length);
  }

  #skip(expression: RegExp): void {
    expression.lastIndex = this.#at;
    this.#at += expression.exec(this.#pattern)?.[0].length ?? 0;
  }
}
