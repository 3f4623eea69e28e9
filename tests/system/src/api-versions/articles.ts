import { applyMergePatch, isJsonArray, isJsonObject, type Json, type JsonObject } from "@unclash/core/json";
import { apiVersions, type CollectionOptions, collection } from "unclash";
import { z } from "zod";

export type VersionName = "v1" | "v2";

const first = z.strictObject({
  content: z.string(),
  author: z.string(),
  tags: z.array(z.strictObject({ id: z.string(), label: z.string() })),
});

const newest = z.strictObject({
  body: z.string(),
  format: z.string().optional(),
  rating: z.string().optional(),
  author: z.strictObject({ name: z.string(), email: z.string().optional() }),
  tags: z.array(z.strictObject({ id: z.string(), label: z.string(), color: z.string().optional() })),
});

export const api = apiVersions({ name: "app", default: "v2", versions: { v1: {}, v2: {} } });

/** Articles of which v1 shows a part: no format, rating, email or color. */
export const articles: CollectionOptions = collection({
  schema: newest,
  preconditions: { required: false },
  conflicts: { allowedStrategies: "all", discloseCurrent: true },
  apiVersions: [
    api.step("v1", "v2", {
      from: first,
      to: newest,
      up: ({ content, author, tags }) => ({ body: content, author: { name: author }, tags }),
      down: ({ body, author, tags }) => ({
        content: body,
        author: author.name,
        tags: tags.map(({ id, label }) => ({ id, label })),
      }),
      renames: { "/content": "/body", "/author": "/author/name" },
    }),
  ],
});

/** The names that only one of the two versions knows. */
export const foreignNames: Readonly<Record<VersionName, readonly string[]>> = {
  v1: ["body", "format", "rating", "name", "email", "color"],
  v2: ["content"],
};

/** What a version shows of an article. */
export function shownIn(version: VersionName, fields: JsonObject): JsonObject {
  if (version === "v2") return fields;
  const { body = "", author, tags } = fields;
  const labels = itemsOf(tags).map(({ id = "", label = "" }) => ({ id, label }));
  return { content: body, author: objectOf(author)["name"] ?? "", tags: labels };
}

/** What v1 does not show of an article, by its place; of an item of `tags`, by the item's id. */
export function hiddenIn(fields: JsonObject): ReadonlyMap<string, Json> {
  const { format, rating, author, tags } = fields;
  const cells: readonly (readonly [string, Json | undefined])[] = [
    ["/format", format],
    ["/rating", rating],
    ["/author/email", objectOf(author)["email"]],
    ...itemsOf(tags).map(({ id, color }) => [`/tags/${String(id)}/color`, color] as const),
  ];
  return new Map(cells.flatMap(([place, value]) => (value === undefined ? [] : [[place, value] as const])));
}

/** The fields that a write leaves of those that its caller sees. */
export function wantedBy(method: string, sent: JsonObject, shown: JsonObject): JsonObject {
  return method === "PATCH" ? objectOf(applyMergePatch(shown, sent)) : sent;
}

export function itemsOf(value: Json | undefined): readonly JsonObject[] {
  return isJsonArray(value) ? value.filter(isJsonObject) : [];
}

export function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
