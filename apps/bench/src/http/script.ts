import { EditedBytes, type Size } from "../article.js";
import type { Ask } from "./cell.js";
import type { Answer } from "./connection.js";
import type { Script } from "./load.js";
import type { Variant } from "./servers/variant.js";

/** One document on a server. One connection works on it at a time, so that each write knows the last entity-tag. */
export class Resource {
  readonly path: string;
  /** What a PUT sends: another title each time, in the same bytes. */
  readonly #content: EditedBytes;
  /** As last seen; a bare server gives none. */
  etag: string | undefined;

  constructor(path: string, size: Size) {
    this.path = path;
    this.#content = new EditedBytes(size);
  }

  /** A PUT with this precondition. */
  put(precondition: string): { readonly head: string; readonly body: Buffer } {
    const body = this.#content.next();
    const fields = [precondition, "content-type: application/json", `content-length: ${body.length}`];
    return { head: headOf("PUT", this.path, fields), body };
  }

  /** Takes note of the entity-tag, and throws where the status is none of these. */
  heard({ status, etag }: Answer, expected: readonly number[]): void {
    if (!expected.includes(status))
      throw new Error(`${this.path} was answered ${status}, not ${expected.join(" or ")}.`);
    // Not every server says in a 304 what the entity-tag is: it is the one that was sent.
    if (status !== 304) this.etag = etag;
  }
}

/** For servers that give no entity-tags, so that they too have such a header to read. */
const someTag = '"1-AAAAAAAAAAAAAAAA"';

/** The requests of a cell. A bare server has no 304 to give: it is asked for the same document by a plain GET. */
export function scriptOf(resource: Resource, ask: Ask, variant: Variant): Script {
  const given: Ask = ask === "GET 304" && variant === "bare" ? "GET 200" : ask;
  switch (given) {
    case "GET 200": {
      const head = headOf("GET", resource.path, []);
      return { next: () => ({ head }), answered: (answer) => resource.heard(answer, [200]) };
    }
    case "GET 304": {
      const head = headOf("GET", resource.path, [`if-none-match: ${resource.etag ?? someTag}`]);
      return { next: () => ({ head }), answered: (answer) => resource.heard(answer, [304]) };
    }
    case "PUT":
      return {
        next: () => resource.put(`if-match: ${resource.etag ?? someTag}`),
        answered: (answer) => resource.heard(answer, [200]),
      };
  }
}

/** Makes the document. */
export function creationOf(resource: Resource): Script {
  return {
    next: () => resource.put("if-none-match: *"),
    answered: (answer) => resource.heard(answer, [200, 201]),
  };
}

function headOf(method: string, path: string, fields: readonly string[]): string {
  return [`${method} ${path} HTTP/1.1`, "host: 127.0.0.1", "accept: application/json", ...fields, "", ""].join("\r\n");
}
