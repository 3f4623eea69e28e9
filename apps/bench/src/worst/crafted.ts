import { connect } from "node:net";
import type { Client } from "./client.js";
import { craftedVersions } from "./crafted-versions.js";
import { craftedWrites } from "./crafted-writes.js";
import { bodyTo, type Crafted, freshName, makeNote, note, onNote, type Prepared, read, times } from "./input.js";
import { article, bodyBytesMax, deepLists, filled, large, members, padded, repeated } from "./texts.js";

const nowhere: Prepared = { path: "", first: "", current: "" };

function tags(name: string, text: string): Crafted {
  return { name, send: bodyTo("POST", "/articles", article(text)) };
}

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
      const sku = freshName();
      const body = padded(`{"name":"n","price":1,"stock":1,"sku":"${sku}`, "s", '"}');
      return (await client.send("POST", "/products", { body })).status;
    },
  },
  { name: "a guarded row of 1 MiB", send: bodyTo("POST", "/customers", padded('{"email":"a@b","name":"', "n", '"}')) },
];

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
      return (
        `${statuses.filter((status) => status < 300).length} done, ` +
        `${statuses.filter((status) => status === 503).length} × 503`
      );
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
export const crafted: readonly Crafted[] = [...bodies, ...craftedWrites, ...craftedVersions, ...heads, ...lists];
