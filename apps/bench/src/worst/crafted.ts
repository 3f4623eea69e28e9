import { connect } from "node:net";
import type { Client, Message } from "./client.js";
import { article, bodyBytesMax, filled, members, padded, repeated } from "./texts.js";

/** A request, or several, that cost a server as much as a client can make them cost. */
export interface Crafted {
  readonly name: string;
  /** Makes what the input is for. */
  readonly prepare?: (client: Client) => Promise<Prepared>;
  /** Sends it; gives the status that it was answered with, or what else became of it. */
  readonly send: (client: Client, prepared: Prepared) => Promise<number | string>;
  /** It is many requests: only its memory is held to a limit, and not its processor time. */
  readonly many?: true;
}

/** Where an input is sent, and the entity-tags of the states that it is for. */
export interface Prepared {
  readonly path: string;
  readonly first: string;
  readonly current: string;
}

const nowhere: Prepared = { path: "", first: "", current: "" };
let made = 0;

function bodyTo(method: "POST" | "PUT", path: string, body: string, message: Message = {}): Crafted["send"] {
  return async (client) => (await client.send(method, path, { ...message, body })).status;
}

function note(name: string, body: string, headers: Readonly<Record<string, string>> = {}): Crafted {
  return { name, send: bodyTo("POST", "/notes", body, { headers }) };
}

function tags(name: string, text: string): Crafted {
  return { name, send: bodyTo("POST", "/articles", article(text)) };
}

async function makeNote(client: Client, ...states: readonly string[]): Promise<Prepared> {
  const path = `/notes/worst-${++made}`;
  const etags: string[] = [];
  for (const body of states) {
    const { status, etag = "", text } = await client.send("PUT", path, { body });
    if (status >= 300) throw new Error(`PUT ${path}: ${status} ${text.slice(0, 500)}`);
    etags.push(etag);
  }
  return { path, first: etags[0] ?? "", current: etags.at(-1) ?? "" };
}

function onNote(
  name: string,
  states: readonly string[],
  ask: (prepared: Prepared) => readonly [method: string, message: Message],
): Crafted {
  return {
    name,
    prepare: (client) => makeNote(client, ...states),
    async send(client, prepared) {
      const [method, message] = ask(prepared);
      return (await client.send(method, prepared.path, message)).status;
    },
  };
}

const strict = { prefer: "on-conflict=reject" };
const merging = { "content-type": "application/merge-patch+json" };
const patching = { "content-type": "application/json-patch+json" };

function patch(name: string, state: string, operations: readonly object[]): Crafted {
  return onNote(name, [state], ({ current }) => [
    "PATCH",
    { headers: { ...patching, "if-match": current }, body: JSON.stringify(operations) },
  ]);
}

function times<T>(count: number, make: (at: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

const large = padded('{"text":"', "x", '"}');
const largeEdited = padded('{"text":"y', "x", '"}');
const list = repeated('{"list":[', '"item"', 19_000, "]}");
const deep = (leaf: string, levels: number): string => `${'{"a":'.repeat(levels)}${leaf}${"}".repeat(levels)}`;
const deepLists = (leaf: string): string =>
  `{"lists":[${repeated("[[[[[[[[[[[[[[[[[[[[[[[[[[[[", leaf, 90, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]")}]}`;

const bodies: readonly Crafted[] = [
  note("1 MiB of text", large),
  note("1 MiB of escapes", `{"a":"${"\\u0001".repeat(174_000)}"}`),
  note("1 MiB of text that is no Latin", `{"a":"${"€".repeat(349_000)}"}`),
  tags("R1: 1 MiB of [0,0,…] as tags", filled("[", "0", "]", bodyBytesMax - 100)),
  tags("20,000 wrong tags: [0,0,…]", repeated("[", "0", 19_990, "]")),
  tags("20,000 tags", repeated("[", '"a"', 19_990, "]")),
  note("R2: 1 MiB of {} with a key", filled('{"a":[', "{}", "]}"), { "idempotency-key": "worst-case-of-objects" }),
  note("20,000 {} with a key", repeated('{"a":[', "{}", 19_990, "]}"), {
    "idempotency-key": "worst-case-of-20000-objects",
  }),
  note("10,000 members, unsorted, with a key", `{${members(10_000)}}`, { "idempotency-key": "worst-case-of-members" }),
  note("100,000 members", `{${members(100_000)}}`),
  note("100,000 members of one name", filled("{", '"a":1', "}")),
  note(
    "1,000 names of 1,024 characters",
    `{${times(1_000, (at) => `"${String(at).padStart(1_024, "k")}":0`).join(",")}}`,
  ),
  note("a name of 1 MiB", padded('{"', "k", '":0}')),
  note("10,000 levels", `{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`),
  note("1 MiB of levels", `{"a":${"[".repeat(524_000)}${"]".repeat(524_000)}}`),
  note("levels that are never closed", padded('{"a":', "[", "")),
  note("64 levels, 90 times", deepLists("[0]")),
  note("1e400", '{"a":1e400}'),
  note("a number of 1 MiB", padded('{"a":', "9", "}")),
  note("20,000 numbers of 50 digits", repeated('{"a":[', `0.${"123456789".repeat(5)}`, 19_990, "]}")),
  note("half a surrogate pair at the end of 1 MiB", padded('{"a":"', "x", '\\ud800"}')),
  note("a comma too much at the end of 1 MiB", padded('{"a":"', "x", '",}')),
  note("members named __proto__", filled('{"a":[', '{"__proto__":1}', "]}", 200_000)),
  note("1 MiB of white space", padded("{", " ", "}")),
  {
    name: "a unique value of 1 MiB",
    send: async (client) => {
      const sku = `${++made}`;
      const body = padded(`{"name":"n","price":1,"stock":1,"sku":"${sku}`, "s", '"}');
      return (await client.send("POST", "/products", { body })).status;
    },
  },
  { name: "a guarded row of 1 MiB", send: bodyTo("POST", "/customers", padded('{"email":"a@b","name":"', "n", '"}')) },
];

const changes: readonly Crafted[] = [
  onNote("R3: a stale PATCH of {} on 1 MiB", [large, largeEdited], ({ first }) => [
    "PATCH",
    { headers: { ...merging, ...strict, "if-match": first }, body: "{}" },
  ]),
  onNote("a stale PUT of 1 MiB on 1 MiB", [large, largeEdited], ({ first }) => [
    "PUT",
    { headers: { ...strict, "if-match": first }, body: large },
  ]),
  onNote("a stale PUT of the same 20,000 values", [large, list], ({ first }) => [
    "PUT",
    { headers: { ...strict, "if-match": first }, body: list },
  ]),
  onNote(
    "a stale PUT, and all of 64 KiB changed",
    [`{${members(6_000, "1")}}`, `{${members(6_000, "2")}}`],
    ({ first }) => ["PUT", { headers: { ...strict, "if-match": first }, body: `{${members(6_000, "3")}}` }],
  ),
  onNote("a stale PUT, and 60 levels changed", [deepLists("[1]"), deepLists("[2]")], ({ first }) => [
    "PUT",
    { headers: { ...strict, "if-match": first }, body: deepLists("[3]") },
  ]),
  onNote(
    "1 MiB with its members in another order",
    [`{${times(9_000, (at) => `"k${at}":"${"x".repeat(90)}"`).join(",")}}`],
    ({ current }) => [
      "PUT",
      {
        headers: { "if-match": current },
        body: `{${times(9_000, (at) => `"k${8_999 - at}":"${"x".repeat(90)}"`).join(",")}}`,
      },
    ],
  ),
  onNote("a merge patch of 10,000 members", [`{${members(9_000)}}`], ({ current }) => [
    "PATCH",
    { headers: { ...merging, "if-match": current }, body: `{${members(10_000, "1")}}` },
  ]),
  onNote(
    "a merge patch of 60 levels",
    [
      deep(
        members(100).replace(/^|$/g, (_, at) => (at === 0 ? "{" : "}")),
        60,
      ),
    ],
    ({ current }) => ["PATCH", { headers: { ...merging, "if-match": current }, body: deep('{"b":1}', 60) }],
  ),
  onNote("a merge patch that outgrows 1 MiB", [large], ({ current }) => [
    "PATCH",
    { headers: { ...merging, "if-match": current }, body: padded('{"more":"', "x", '"}') },
  ]),
  patch(
    "30 copies of a list into itself",
    '{"a":[1]}',
    times(30, () => ({ op: "copy", from: "/a", path: "/a/-" })),
  ),
  patch(
    "200 copies of 5 KB",
    padded('{"a":"', "x", '"}', 5_000),
    times(200, (at) => ({ op: "copy", from: "/a", path: `/b${at}` })),
  ),
  patch(
    "200 copies of an object, each edited",
    `{"a":{${members(400)}}}`,
    times(200, (at) =>
      at % 2 === 0 ? { op: "copy", from: "/a", path: `/b${at}` } : { op: "add", path: `/b${at - 1}/new`, value: 1 },
    ),
  ),
  patch(
    "200 moves of 1 MiB",
    large,
    times(200, (at) => ({
      op: "move",
      from: at % 2 === 0 ? "/text" : "/other",
      path: at % 2 === 0 ? "/other" : "/text",
    })),
  ),
  patch(
    "200 moves through a list of 19,000",
    list,
    times(200, () => ({ op: "move", from: "/list/0", path: "/list/-" })),
  ),
  patch(
    "200 additions before 19,000 items",
    list,
    times(200, () => ({ op: "add", path: "/list/0", value: 1 })),
  ),
  patch(
    "200 tests of 5 KB",
    padded('{"a":"', "x", '"}', 5_000),
    times(200, () => ({ op: "test", path: "/a", value: "x".repeat(4_992) })),
  ),
  patch(
    "10 tests of 9,000 members",
    `{"a":{${members(9_000)}}}`,
    times(10, () => ({ op: "test", path: "/a", value: Object.fromEntries(times(900, (at) => [`k${at}`, 0])) })),
  ),
  patch(
    "200 paths of 5 KB",
    '{"a":1}',
    times(200, () => ({ op: "add", path: "/a".repeat(2_500), value: 1 })),
  ),
  patch(
    "a test that fails after 199 changes of 1 MiB",
    list,
    times(200, (at) =>
      at < 199 ? { op: "replace", path: `/list/${at}`, value: at } : { op: "test", path: "", value: 1 },
    ),
  ),
];

function read(name: string, path: string, headers: Readonly<Record<string, string>> = {}): Crafted {
  return { name, send: async (client) => (await client.send("GET", path, { headers })).status };
}

const heads: readonly Crafted[] = [
  onNote("an If-Match of 15 KiB", ['{"a":1}'], () => [
    "PUT",
    { headers: { "if-match": repeated("", '"a"', 3_700, "") }, body: "{}" },
  ]),
  onNote("15,000 spaces in If-Match", ['{"a":1}'], () => [
    "PUT",
    { headers: { "if-match": `"a"${" ".repeat(15_000)}"b"` }, body: "{}" },
  ]),
  onNote("a Prefer of 15 KiB", ['{"a":1}'], ({ current }) => [
    "PUT",
    { headers: { "if-match": current, prefer: repeated("", "a=b;c=d", 1_900, "") }, body: "{}" },
  ]),
  onNote("an Idempotency-Key of 15 KiB", ['{"a":1}'], () => [
    "PUT",
    { headers: { "idempotency-key": "k".repeat(15_000) }, body: "{}" },
  ]),
  read("an If-None-Match of 15 KiB", "/notes", { "if-none-match": repeated("", 'W/"a"', 2_400, "") }),
  read("12 KiB of query", `/notes?${times(2_000, (at) => `a${at}`).join("&")}`),
  read("15 KiB of cursor", `/notes?after=${"a".repeat(15_000)}`),
  read("an id of 15 KiB", `/notes/${"%C3%A9".repeat(2_500)}`),
  read("15 KiB of slashes", `/notes${"/".repeat(15_000)}`),
];

const lists: readonly Crafted[] = [
  { ...read("R3: a list of 8 states of 1 MiB", "/notes?limit=100"), prepare: makeLargeNotes },
  { ...read("a list of 20,000 values each", "/articles?limit=100"), prepare: makeArticles },
  {
    name: "a history of 100 states",
    prepare: (client) => makeNote(client, ...times(100, (at) => `{"at":${at}}`)),
    send: async (client, { path }) => (await client.send("GET", `${path}/versions?limit=100`)).status,
  },
  {
    name: "R4: 300 pipelined lists of 1 MiB, nothing read",
    many: true,
    prepare: makeLargeNotes,
    send: (client) => pipelined(client.port, 300, "/notes?limit=100"),
  },
  {
    name: "R7: 150 PUTs of 1 MiB at once, tried out",
    many: true,
    async send(client) {
      const sent = times(150, (at) =>
        client.send("PUT", `/notes/many-${at}`, { headers: { prefer: "dry-run" }, body: large }),
      );
      const statuses = (await Promise.all(sent)).map(({ status }) => status);
      return `${statuses.filter((status) => status < 300).length} done, ${statuses.filter((status) => status === 503).length} × 503`;
    },
  },
];

async function makeLargeNotes(client: Client): Promise<Prepared> {
  for (const at of times(8, (n) => n)) await client.send("PUT", `/notes/!large-${at}`, { body: large });
  return nowhere;
}

async function makeArticles(client: Client): Promise<Prepared> {
  for (const _ of times(4, (n) => n))
    await client.send("POST", "/articles", { body: article(repeated("[", '"a"', 19_990, "]")) });
  return nowhere;
}

/** Sends requests without waiting for the answers, reads nothing, and breaks off. */
function pipelined(port: number, count: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" }, () => {
      socket.pause();
      socket.write(`GET ${path} HTTP/1.1\r\nHost: worst\r\n\r\n`.repeat(count));
      setTimeout(() => {
        socket.destroy();
        resolve("unread");
      }, 2_000);
    });
    socket.on("error", reject);
  });
}

/** Everything that is crafted, in the order in which it is sent. */
export const crafted: readonly Crafted[] = [...bodies, ...changes, ...heads, ...lists];
