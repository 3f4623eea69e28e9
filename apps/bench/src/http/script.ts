import { editsOf, type Size } from "../article.js";
import type { Ask, Cell } from "./cell.js";
import type { Script } from "./load.js";
import type { Variant } from "./servers/variant.js";

/** One document on a server. One connection works on it at a time, so that each write knows the last entity-tag. */
export interface Resource {
  readonly path: string;
  /** As last seen; a bare server gives none. */
  etag: string | undefined;
}

/** For servers that give no entity-tags, so that they too have such a header to read. */
const someTag = '"1-AAAAAAAAAAAAAAAA"';

const reading = { accept: "application/json" };
const writing = { ...reading, "content-type": "application/json" };

const edits: Readonly<Record<Size, (edit: number) => string>> = { "1 KB": editsOf("1 KB"), "64 KB": editsOf("64 KB") };
let edit = 0;

/** The requests of a cell. A bare server has no 304 to give: it is asked for the same document by a plain GET. */
export function scriptOf(resource: Resource, { ask, size }: Cell, variant: Variant): Script {
  const { path } = resource;
  const answered = (etag: string | undefined): void => {
    resource.etag = etag;
  };
  const given: Ask = ask === "GET 304" && variant === "bare" ? "GET 200" : ask;
  switch (given) {
    case "GET 200":
      return { answered, next: () => ({ method: "GET", path, headers: reading, expect: [200] }) };
    case "GET 304": {
      const headers = (): Readonly<Record<string, string>> => ({
        ...reading,
        "if-none-match": resource.etag ?? someTag,
      });
      return { answered, next: () => ({ method: "GET", path, headers: headers(), expect: [304] }) };
    }
    case "PUT": {
      const headers = (): Readonly<Record<string, string>> => ({ ...writing, "if-match": resource.etag ?? someTag });
      const body = edits[size];
      return { answered, next: () => ({ method: "PUT", path, headers: headers(), body: body(++edit), expect: [200] }) };
    }
  }
}

/** Makes the document. */
export function creationOf({ path }: Resource, size: Size): Script {
  const headers = { ...writing, "if-none-match": "*" };
  const body = edits[size];
  return {
    answered: () => undefined,
    next: () => ({ method: "PUT", path, headers, body: body(++edit), expect: [200, 201] }),
  };
}
