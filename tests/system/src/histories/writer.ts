import { type ResponsePlan, textPlan } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import type { Moment, Store } from "@unclash/core/store";
import fc from "fast-check";
import { createUnclash, type Unclash } from "unclash";
import { z } from "zod";

/** What is done next to a resource. A version is named by its place among those that there are by then, from 0 to 1. */
export type Step =
  | { readonly do: "put"; readonly fields: JsonObject }
  | { readonly do: "patch"; readonly fields: JsonObject }
  | { readonly do: "delete" }
  | { readonly do: "roll back"; readonly to: number }
  | { readonly do: "redact"; readonly version: number }
  /** The store's clock goes on by so many milliseconds, or back. */
  | { readonly do: "wait"; readonly ms: number };

const items = fc
  .uniqueArray(fc.record({ id: fc.constantFrom("a", "b", "c", "d"), n: fc.nat(2) }), {
    selector: ({ id }) => id,
    maxLength: 4,
  })
  .map((list): JsonObject => ({ items: list }));
const words = fc
  .array(fc.constantFrom("x", "y", 'é😀"\\'), { maxLength: 6 })
  .map((list): JsonObject => ({ words: list, "a/b~": list.length }));
const fields: fc.Arbitrary<JsonObject> = fc
  .tuple(fc.oneof(items, words), fc.constantFrom<JsonObject>({}, { title: "one" }, { title: "two", deep: { a: [1] } }))
  .map(([some, more]) => ({ ...some, ...more }));
const share = fc.double({ min: 0, max: 1, noNaN: true });

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant("put" as const), fields }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("patch" as const), fields }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("roll back" as const), to: share }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("redact" as const), version: share }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: -3_000, max: 5_000 }) }),
    },
  ),
  { minLength: 12, maxLength: 30 },
);

/** A state as its writer was answered: `text` is `null` after a deletion. */
export interface Written {
  readonly text: string | null;
  readonly etag: string | undefined;
}

/** An engine over a store whose clock is the test's, and a client of it. */
export interface Writer {
  readonly unclash: Unclash;
  readonly path: string;
  send(method: string, path: string, sent?: Sent): Promise<ResponsePlan & { readonly body: string | null }>;
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: JsonObject;
}

const collection = { schema: z.record(z.string(), z.json()), preconditions: { required: false } };

/** Opens an engine. Its store's clock is `clock`, as far as commits go by it. */
export function openWriter(store: Store, id: string, clock: { now: Moment }, isStamped: boolean): Writer {
  const timed: Store = { ...store, read: async (keys) => ({ ...(await store.read(keys)), now: clock.now }) };
  const unclash = createUnclash({
    store: timed,
    identify: () => ({ name: "ed", role: "admin" }),
    collections: { notes: collection, stamped: { ...collection, versions: "timestamps" } },
  });
  return {
    unclash,
    path: `/${isStamped ? "stamped" : "notes"}/${id}`,
    async send(method, target, { headers = {}, json } = {}) {
      const bytes = Buffer.from(json === undefined ? "" : JSON.stringify(json));
      const [path = "", query = ""] = target.split("?", 2);
      const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
      const plan = await unclash.handle({
        method,
        base: "",
        path,
        query,
        headers: json === undefined ? headers : { "content-type": type, ...headers },
        address: "127.0.0.1",
        body: { kind: "unread", read: async () => ({ kind: "bytes", bytes }) },
        native: undefined,
      });
      return textPlan(plan);
    },
  };
}

/** Takes the steps one after the other, and gives every state that there was, the first one first. */
export async function write(writer: Writer, taken: readonly Step[], clock: { now: Moment }): Promise<Written[]> {
  const states: Written[] = [];
  const versions: (number | undefined)[] = [];
  const { path, send } = writer;
  const versionAt = (place: number): number =>
    versions[Math.min(versions.length - 1, Math.floor(place * versions.length))] ?? states.length + 1;
  const note = (answer: Awaited<ReturnType<Writer["send"]>>): void => {
    const { body, headers } = answer;
    if (answer.status >= 300 || answer.outcome === "unchanged") return;
    states.push({ text: body, etag: headers["etag"] });
    versions.push(body === null ? undefined : Number(JSON.parse(body).version));
  };
  for (const step of taken) {
    if (step.do === "wait") clock.now += step.ms;
    else if (step.do === "put") note(await send("PUT", path, { json: step.fields }));
    else if (step.do === "patch") note(await send("PATCH", path, { json: step.fields }));
    else if (step.do === "delete") note(await send("DELETE", path));
    else if (step.do === "roll back")
      note(await send("POST", `${path}/rollback`, { json: { version: versionAt(step.to) } }));
    else {
      const version = versionAt(step.version);
      const answer = await send("POST", `${path}/versions/${version}/redact`, { json: { paths: ["/title"] } });
      const place = versions.indexOf(version);
      if (answer.status === 200) states[place] = { text: answer.body, etag: answer.headers["etag"] };
    }
  }
  return states;
}
