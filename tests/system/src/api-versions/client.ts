import { textPlan } from "@unclash/core";
import type { Json, JsonObject } from "@unclash/core/json";
import type { RequestFacts } from "unclash";
import type { Handler } from "../races/client.js";
import { itemsOf, objectOf, type VersionName } from "./articles.js";
import type { Cell, Move, Way } from "./plans.js";

/** A request about the article, and its answer. */
export interface Operation {
  /** The name under which it was made: a version tells by whom it was written. */
  readonly name: string;
  readonly version: VersionName;
  readonly method: string;
  readonly ifMatch?: string;
  /** The version in the content. */
  readonly named?: number;
  readonly sent?: JsonObject;
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: JsonObject;
  /** The strategy that let the write through, though it named an earlier state. */
  readonly settledBy: string | undefined;
}

/** What a client saw last. */
interface Seen {
  readonly etag: string;
  readonly version: number;
  readonly fields: JsonObject;
}

/** A client of one API version: it makes its moves one after the other, and notes what it was answered. */
export class Client {
  readonly #name: string;
  readonly #version: VersionName;
  readonly #way: Way;
  readonly #handler: Handler;
  readonly #operations: Operation[];
  #seen: Seen | undefined;
  #requests = 0;

  constructor(
    { name, version, way }: { readonly name: string; readonly version: VersionName; readonly way: Way },
    handler: Handler,
    operations: Operation[],
  ) {
    this.#name = name;
    this.#version = version;
    this.#way = way;
    this.#handler = handler;
    this.#operations = operations;
  }

  /** Makes the article, with something in each place that there is. */
  async create(): Promise<void> {
    const tags = [
      { id: "a", label: "A" },
      { id: "b", label: "B" },
    ] as const;
    const sent =
      this.#version === "v1"
        ? { content: "text", author: "Ann", tags }
        : {
            ...{ body: "text", format: "html", rating: "5", author: { name: "Ann", email: "ann@example.org" } },
            tags: tags.map((tag) => ({ ...tag, color: "red" })),
          };
    await this.#ask({ method: "PUT", sent });
  }

  async play(moves: readonly Move[]): Promise<void> {
    await this.#ask({ method: "GET" });
    for (const move of moves) await this.#make(move);
  }

  async #make(move: Move): Promise<void> {
    const seen = this.#seen;
    if (move.do === "get" || seen === undefined) return this.#ask({ method: "GET" });
    if (move.do === "rewrite") return this.#ask({ method: "PUT", ifMatch: seen.etag, sent: seen.fields });
    if (!move.names.startsWith("seen")) await this.#ask({ method: "GET" });
    const { etag, version, fields } = this.#seen ?? seen;
    const named =
      move.names === "nothing"
        ? {}
        : move.names === "any"
          ? { ifMatch: "*" }
          : move.names.endsWith("version")
            ? { named: version }
            : { ifMatch: move.names.endsWith("other tag") ? otherTag(etag) : etag };
    const changes = changesIn(this.#version, fields, move.cells, `${this.#name}-${this.#requests}`);
    if (move.do === "patch") return this.#ask({ method: "PATCH", ...named, sent: changes });
    const author = { ...objectOf(fields["author"]), ...objectOf(changes["author"]) };
    const sent = { ...fields, ...changes, ...(this.#version === "v2" && { author }) };
    return this.#ask({ method: "PUT", ...named, sent });
  }

  async #ask(draft: Pick<Operation, "method" | "ifMatch" | "named" | "sent">): Promise<void> {
    const name = `${this.#name}-${++this.#requests}`;
    const plan = textPlan(await this.#handler.handle(this.#requestOf(name, draft)));
    const { status, headers } = plan;
    const body: Json = JSON.parse(plan.body ?? "null");
    const etag = headers["etag"];
    const settledBy = /strategy=([\w-]+)/.exec(headers["unclash-conflict"] ?? "")?.[1];
    const version = this.#version;
    this.#operations.push({ name, version, ...draft, status, etag, body: objectOf(body), settledBy });
    if (status >= 300 || etag === undefined) return;
    const { id: _, version: count, ...fields } = objectOf(body);
    this.#seen = { etag, version: Number(count), fields };
  }

  #requestOf(
    name: string,
    { method, ifMatch, named, sent }: Pick<Operation, "method" | "ifMatch" | "named" | "sent">,
  ): RequestFacts<unknown> {
    const content = { ...(named !== undefined && { version: named }), ...sent };
    const bytes = Buffer.from(sent === undefined ? "" : JSON.stringify(content));
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    return {
      method,
      base: "",
      path: this.#way === "path" ? `/${this.#version}/articles/1` : "/articles/1",
      query: "",
      headers: {
        authorization: name,
        ...(this.#way === "accept" && { accept: `application/vnd.app.${this.#version}+json` }),
        ...(this.#way === "api-version" && { "api-version": this.#version }),
        ...(sent !== undefined && { "content-type": type }),
        ...(ifMatch !== undefined && { "if-match": ifMatch }),
      },
      address: "127.0.0.1",
      body: { kind: "unread", read: async () => ({ kind: "bytes", bytes }) },
      native: undefined,
    };
  }
}

/** The entity-tag that the same state has in the other API version. */
function otherTag(etag: string): string {
  return etag.endsWith('.v1"') ? etag.replace('.v1"', '"') : etag.replace(/"$/, '.v1"');
}

/** A merge patch that changes these cells of what a client saw, as far as its API version shows them. */
function changesIn(version: VersionName, seen: JsonObject, cells: readonly Cell[], mark: string): JsonObject {
  const isFirst = version === "v1";
  const author = {
    ...(cells.includes("author") && { name: mark }),
    ...(cells.includes("email") && { email: mark }),
  };
  const isTagged = cells.some((cell) => ["label", "color", "order", "add", "remove"].includes(cell));
  return {
    ...(cells.includes("text") && { [isFirst ? "content" : "body"]: mark }),
    ...(isFirst && cells.includes("author") && { author: mark }),
    ...(!isFirst && {
      ...(cells.includes("format") && { format: mark }),
      ...(cells.includes("rating") && { rating: mark }),
      ...(Object.keys(author).length > 0 && { author }),
    }),
    ...(isTagged && { tags: changedTags(version, itemsOf(seen["tags"]), cells, mark) }),
  };
}

function changedTags(
  version: VersionName,
  seen: readonly JsonObject[],
  cells: readonly Cell[],
  mark: string,
): readonly JsonObject[] {
  const color = version === "v2" && cells.includes("color") ? { color: mark } : {};
  const edited = seen.map((tag, at) =>
    at === 0 ? { ...tag, ...(cells.includes("label") && { label: mark }), ...color } : tag,
  );
  const kept = cells.includes("remove") ? edited.slice(0, -1) : edited;
  const ordered = cells.includes("order") ? kept.toReversed() : kept;
  return cells.includes("add") ? [...ordered, { id: mark, label: mark }] : ordered;
}
