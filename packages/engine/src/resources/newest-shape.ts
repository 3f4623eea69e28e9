import { isJsonObject, type Json, type JsonObject, jsonEqual, pointerOf } from "@unclash/core/json";
import { invalidContent, noObject, type Refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import { warnOnce } from "../options/warnings.js";
import { fieldsOf } from "../states/representation.js";
import { validateShape } from "../states/schema.js";
import type { RecordState } from "../states/selected-state.js";
import { writeInShape } from "../states/shape-lens.js";
import { isNewest, pointerForCaller } from "./callers-names.js";
import { type Collection, schemaForCaller } from "./collection.js";
import type { CollectionExchange } from "./collection-exchange.js";
import { warnOfOwnMembers } from "./collection-fields.js";
import type { WriteRequest } from "./write-request.js";

/** Content in the newest shape, which the collection's schema describes; or why it is none in the caller's. */
export type InNewestShape =
  | {
      readonly kind: "newest";
      readonly value: Json;
      /** The same as the caller's API version has it, where that has another shape. */
      readonly shown?: JsonObject;
    }
  | Refused;

/**
 * Brings content of the caller's API version into the newest shape. It is held against the schema of that version, and
 * what it changes, against what that version shows of the state, is applied to the state: fields that the version does
 * not know are kept. What a rollback goes back to, or a
 * conflict is resolved with, is in the newest shape already.
 *
 * @param onto the state that it changes; `undefined` where it makes a resource
 * @throws CallbackError from the app's `up` and `down`
 */
export async function inNewestShape(
  exchange: CollectionExchange,
  { collection, change }: Pick<WriteRequest, "collection" | "change">,
  sent: Json,
  onto: RecordState | undefined,
): Promise<InNewestShape> {
  const { view } = collection;
  const isOfNewest = change.kind === "rollback" || change.kind === "resolution";
  if (view === undefined || isNewest(collection) || isOfNewest) return { kind: "newest", value: sent };
  const { chain, version } = view;
  if (!isJsonObject(sent)) return noObject;
  const shown = onto && fieldsOf(collection, onto.representation());
  // What was read is written back: whatever the schema would add to it, nothing of it was changed.
  if (onto !== undefined && shown !== undefined && jsonEqual(sent, shown)) {
    return { kind: "newest", value: onto.fields(), shown };
  }
  const { errorsMax } = exchange.settings.requestLimits;
  const checked = await validateShape(schemaForCaller(collection), sent, errorsMax);
  if (checked.kind === "invalid") {
    warnOfOwnMembers(collection, checked.errors);
    return invalidContent(checked.errors, checked.count);
  }
  const fields = fieldsOf(collection, checked.fields);
  if (onto === undefined || shown === undefined) {
    return { kind: "newest", value: chain.convert(fields, version.number, chain.newest), shown: fields };
  }
  const written = writeInShape(chain, { shape: version.number, onto: onto.fields(), shown, sent: fields });
  if (written.kind === "written") return { kind: "newest", value: written.fields, shown: fields };
  const pointer = pointerForCaller(collection, written.pointer, shown);
  return invalidContent([{ pointer, detail: sentences.unseenItems(version.name) }]);
}

/**
 * Warns, once for each API version of a collection, where a write in it would be read back as something else than was
 * sent: its client would be told of success, and what it sent would be lost.
 *
 * @param shown the content, in the caller's API version
 * @param fields what is to be stored of it, in the newest shape
 * @throws CallbackError from the app's `down`
 */
export function warnOfOtherContent(collection: Collection, shown: JsonObject | undefined, fields: JsonObject): void {
  const { view, name } = collection;
  if (view === undefined || shown === undefined || isNewest(collection)) return;
  const { chain, version } = view;
  const readBack = chain.convert(fields, chain.newest, version.number);
  if (jsonEqual(readBack, shown)) return;
  const other = Object.keys({ ...shown, ...readBack }).find((each) => {
    const [sent, read] = [shown[each], readBack[each]];
    return sent === undefined || read === undefined || !jsonEqual(sent, read);
  });
  warnOnce(
    "UNCLASH_OTHER_CONTENT",
    collection,
    `What is written to ${name} in API version ${version.name} is read back in it as something else, at ` +
      `${pointerOf([other ?? ""])}. Each \`down\` of collections.${name}.apiVersions must give back what its ` +
      "`up` was given, and `from` must not take what `schema` changes.",
  );
}
