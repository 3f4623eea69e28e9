import assert from "node:assert/strict";
import { assertCleanGlobals } from "./hostile.js";
import type { Message } from "./message.js";
import { assertUntouched, create } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

// What stands here more than once is chosen more often.
const methods = [
  "GET",
  "HEAD",
  "PUT",
  "PUT",
  "PUT",
  "POST",
  "POST",
  "PATCH",
  "PATCH",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "TRACE",
];
const collections = [
  "articles",
  "notes",
  "drafts",
  "decided",
  "products",
  "orders",
  "stamped",
  "hashed",
  "dated",
  "unversioned",
];
const plainIds = ["a", "a", "a", "b", "b"];
const ids = [
  ...plainIds,
  ...plainIds,
  "a",
  "b",
  "%41",
  "%2F",
  "%ff",
  "__proto__",
  "%F0%9F%98%80",
  ".",
  "a/versions",
  "a/versions/1",
  "b/versions/2",
  "a/x",
  "",
];
const queries = [
  "",
  "?",
  "?limit=1",
  "?limit=-1",
  "?limit=1&limit=x",
  "?after=cDEuYQ",
  "?after=%00",
  "?=&&=",
  "?limit=%F0%9F",
  "?__proto__=1",
];

const tags = [
  '"1-aaaaaaaaaaaaaaaa"',
  "*",
  "x",
  "",
  'W/"1-a"',
  '"\u00ff"',
  '"*", "a"',
  ",,",
  `"${"a".repeat(2_000)}"`,
  '"9007199254740993-aaaaaaaaaaaaaaaa"',
];
const dates = [
  "Thu, 01 Jan 1970 00:00:00 GMT",
  "Friday, 31-Dec-99 23:59:59 GMT",
  "0",
  "Sun, 99 Zzz 9999 99:99:99 GMT",
  "",
];
const wishes = [
  "return=minimal",
  "dry-run",
  "on-conflict=last-write-wins",
  'on-conflict="',
  "__proto__=1, constructor",
  "wait=-1",
  ";;=,",
];
const headers: readonly (readonly [name: string, values: readonly string[]])[] = [
  ["if-match", tags],
  ["if-none-match", tags],
  ["if-modified-since", dates],
  ["if-unmodified-since", dates],
  ["if-range", [...tags, ...dates]],
  ["prefer", wishes],
  ["content-encoding", ["gzip", "identity", "\u00ff", ""]],
  ["content-type", ["a;b;;=", 'application/json;charset="', "\u00ff"]],
  ["range", ["bytes=0-", "bytes=9-1", "x"]],
  ["x-forwarded-for", ["1.2.3.4", "\u00ff"]],
];
const contents = [
  "{}",
  '{"title":"t"}',
  '{"id":"a","version":1,"sku":"s","product":"a","quantity":1,"status":"pending"}',
  '{"id":1,"version":"x"}',
  '{"version":9007199254740991}',
  '{"sku":{"a":[null]},"product":7,"about":[]}',
  '[{"op":"add","path":"/a","value":1}]',
  '[{"op":"copy","from":"","path":"/a"}]',
  '[{"op":"remove","path":""}]',
  '[{"op":"replace","path":"","value":[]}]',
  '[{"op":"test","path":"/id","value":"a"}]',
  "[]",
  "null",
  '"\\ud800"',
  "1e999",
  "\u0000",
  "",
];

/** Numbers that look random and are the same in each run (Numerical Recipes' linear congruential generator). */
function createDice(seed: number): <Item>(items: readonly Item[]) => Item {
  let state = seed;
  return (items) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const item = items[Math.floor((state / 4_294_967_296) * items.length)];
    if (item === undefined) throw new TypeError("There is nothing to choose from.");
    return item;
  };
}

const patchTypes = ["application/merge-patch+json", "application/json-patch+json"];

function mix(choose: ReturnType<typeof createDice>): readonly [method: string, path: string, message: Message] {
  const method = choose(methods);
  const id = method === "POST" ? choose(["", "", "", "/a"]) : choose(["", ...ids.map((each) => `/${each}`)]);
  const type = method === "PATCH" ? choose(patchTypes) : "application/json";
  const chosen = [choose(headers), choose(headers)].map(([name, values]) => [name, choose(values)]);
  const content = choose([true, true, true, false]) ? { content: choose(contents) } : {};
  const framing = choose([true, false]) ? { chunked: true as const } : {};
  const path = `/${choose(collections)}${id}${choose(queries)}`;
  return [method, path, { headers: { "content-type": type, ...Object.fromEntries(chosen) }, ...content, ...framing }];
}

export const hostileMixtureCases: readonly AdapterCase[] = casesOn("open", [
  {
    name:
      "of 400 requests that are put together by chance, none makes the server fail or touches what it does " +
      "not name",
    async run(trial) {
      const bystander = await create(trial, "articles", { title: "before" });
      const choose = createDice(20_261_122);
      for (let at = 0; at < 400; at++) {
        const [method, path, message] = mix(choose);
        const answer = await trial.send(method, path, message);
        assert(
          answer.status < 500,
          `request ${at}, ${method} ${path} ${JSON.stringify(message)}, is answered ${answer.status}: ${answer.text}`,
        );
      }
      await assertUntouched(trial, bystander);
      assertCleanGlobals();
    },
  },
]);
