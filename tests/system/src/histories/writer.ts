import { type ResponsePlan, textPlan } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import type { Moment, Store } from "@unclash/core/store";
import fc from "fast-check";
import { createUnclash, type Unclash } from "unclash";
import { inVersion, type Release, releases } from "./releases.js";

/**
 * What is done next to a resource, and `in` which API version of those that are offered. A version is named by its
 * place among those that there are by then, from 0 to 1.
 */
export type Step =
  | { readonly do: "put"; readonly fields: JsonObject; readonly in: number }
  | { readonly do: "patch"; readonly fields: JsonObject; readonly in: number }
  | { readonly do: "delete"; readonly in: number }
  | { readonly do: "roll back"; readonly to: number; readonly in: number }
  | { readonly do: "redact"; readonly version: number; readonly in: number }
  /** The next release takes the place of this one. */
  | { readonly do: "release" }
  | { readonly do: "migrate" }
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

/** Divided by how many API versions there are, it leaves the place of one of them. */
const given = { in: fc.nat(59) };

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant("put" as const), fields, ...given }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("patch" as const), fields, ...given }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), ...given }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("roll back" as const), to: share, ...given }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("redact" as const), version: share, ...given }) },
    { weight: 4, arbitrary: fc.constant({ do: "release" as const }) },
    { weight: 1, arbitrary: fc.constant({ do: "migrate" as const }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: -3_000, max: 5_000 }) }),
    },
  ),
  { minLength: 12, maxLength: 36 },
);

/** A state as its writer was answered: `text` is `null` after a deletion. */
export interface Written {
  /** The number of the API version of the answer; `undefined` where the API had none. */
  readonly api: number | undefined;
  readonly text: string | null;
  readonly etag: string | undefined;
}

/** An engine over a store whose clock is the test's, and a client of it. */
export interface Writer {
  readonly path: string;
  /** The engine of the release that runs now. */
  unclash(): Unclash;
  /** The API versions that it offers. */
  offered(): readonly (number | undefined)[];
  /** Lets the next release take its place, if there is one. */
  release(): void;
  send(method: string, path: string, sent?: Sent): Promise<ResponsePlan & { readonly body: string | null }>;
}

export interface Sent {
  /** The number of the API version. */
  readonly api?: number | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: JsonObject;
}

/** Opens the first release. Its store's clock is `clock`, as far as commits go by it. */
export function openWriter(store: Store, id: string, clock: { now: Moment }, isStamped: boolean): Writer {
  const timed: Store = { ...store, read: async (keys) => ({ ...(await store.read(keys)), now: clock.now }) };
  // Each run has a collection of its own, so that nothing else is migrated in it.
  const name = `notes-${id}`;
  const open = (at: number): { readonly unclash: Unclash; readonly release: Release } => {
    const release = releases[at] ?? releases[0];
    const { apiVersions, collection } = release;
    const unclash = createUnclash({
      store: timed,
      identify: () => ({ name: "ed", role: "admin" }),
      collections: { [name]: isStamped ? { ...collection, versions: "timestamps" } : collection },
      ...(apiVersions && { apiVersions }),
    });
    return { unclash, release };
  };
  let [at, running] = [0, open(0)];
  return {
    path: `/${name}/1`,
    unclash: () => running.unclash,
    offered: () => running.release.offered,
    release() {
      if (at < releases.length - 1) running = open(++at);
    },
    async send(method, target, { api, headers = {}, json } = {}) {
      const bytes = Buffer.from(json === undefined ? "" : JSON.stringify(json));
      const [path = "", query = ""] = target.split("?", 2);
      const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
      const plan = await running.unclash.handle({
        method,
        base: "",
        path,
        query,
        headers: {
          ...(json !== undefined && { "content-type": type }),
          ...(api !== undefined && { "api-version": `v${api}` }),
          ...headers,
        },
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
  const note = ({ status, outcome, body, headers }: ResponsePlan, api: number | undefined): void => {
    if (status >= 300 || outcome === "unchanged") return;
    states.push({ api, text: body, etag: headers["etag"] });
    versions.push(body === null ? undefined : Number(JSON.parse(body).version));
  };
  for (const step of taken) {
    if (step.do === "wait") clock.now += step.ms;
    else if (step.do === "release") writer.release();
    else if (step.do === "migrate") {
      const { rewritten } = await writer.unclash().migrate(path.split("/")[1] ?? "");
      const api = writer.offered().at(-1);
      if (rewritten > 0) note(await send("GET", path, { api }), api);
    } else {
      const offered = writer.offered();
      const api = offered[step.in % offered.length];
      const sendIt = async (method: string, target: string, json?: JsonObject) => {
        const answer = await send(method, target, { api, ...(json && { json }) });
        if (answer.status >= 500) throw new Error(`${method} ${target} in v${api} is ${answer.status}: ${answer.body}`);
        return answer;
      };
      if (step.do === "put") note(await sendIt("PUT", path, inVersion(step.fields, api)), api);
      else if (step.do === "patch") note(await sendIt("PATCH", path, inVersion(step.fields, api)), api);
      else if (step.do === "delete") note(await sendIt("DELETE", path), api);
      else if (step.do === "roll back") {
        note(await sendIt("POST", `${path}/rollback`, { version: versionAt(step.to) }), api);
      } else {
        const version = versionAt(step.version);
        const [title = ""] = Object.keys(inVersion({ title: "" }, api));
        const answer = await sendIt("POST", `${path}/versions/${version}/redact`, { paths: [`/${title}`] });
        const place = versions.indexOf(version);
        if (answer.status === 200) states[place] = { api, text: answer.body, etag: answer.headers["etag"] };
      }
    }
  }
  return states;
}
