import assert from "node:assert/strict";
import { assertStatus } from "../adapter/answer.js";
import type { Message } from "../adapter/message.js";
import { assertMalformed } from "../adapter/problems.js";
import { assertConflict, untouched, writes, written } from "./steps.js";
import { casesOf, type GuardCase } from "./trial.js";

const json = { title: "after" };

const since = (date: number): Message => ({
  headers: { "if-unmodified-since": new Date(date).toUTCString() },
});
const wroteAt = 1_700_000_000_000;

/** What dates say of a state, and which of them decide on a write. */
export const dateCases: readonly GuardCase[] = [
  ...casesOf("dated", [
    {
      name: "row 17: If-Unmodified-Since alone is 428, and beside If-Match it means nothing",
      async run(place) {
        await untouched(place, async (_row, path) => {
          for (const [method, message] of writes)
            assertStatus(await place.send(method, path, { ...message, ...since(Date.now()) }), 428);
        });
        await written(place, "PUT", `/${place.row().id}`, { json, ifMatch: '"1"', ...since(0) });
      },
    },
    {
      name: "after a write, Last-Modified is that of the new state where the handler told of it",
      async run(place) {
        const { id } = place.row();
        const { headers } = await written(place, "PUT", `/${id}`, { json, ifMatch: '"1"' });
        assert.equal(headers["last-modified"], new Date(wroteAt).toUTCString());
      },
    },
  ]),
  ...casesOf("content", [
    {
      name: "row 17: with datesSuffice, If-Unmodified-Since alone decides",
      async run(place) {
        const row = place.row();
        const path = `/${row.id}`;
        const date = new Date(wroteAt - 1_000).toUTCString();
        const refused = await place.send("PUT", path, { json, ...since(wroteAt - 1_000) });
        const current = { version: 1, etag: '"1"', modifiedAt: "2023-11-14T22:13:20.000Z", by: "alice" };
        assertConflict(place, refused, row, { expected: { unmodifiedSince: date }, current });
        assertStatus(await place.send("PUT", path, { json, headers: { "if-unmodified-since": "soon" } }), 428);
        const leapSecond = { "if-unmodified-since": "Sat, 31 Dec 2016 23:59:60 GMT" };
        assertStatus(await place.send("PUT", path, { json, headers: leapSecond }), 409);
        await written(place, "PUT", path, { json, ...since(wroteAt) });
      },
    },
    {
      name: "If-Unmodified-Since in several lines is 400 on a write, whichever comes first",
      run: (place) =>
        untouched(place, async (_row, path) => {
          const [past, future] = [new Date(0).toUTCString(), new Date(wroteAt + 1_000).toUTCString()];
          for (const dates of [
            [past, future],
            [future, past],
            [future, future],
          ]) {
            const headers = { "if-unmodified-since": dates };
            const repeated = { code: "repeated-header", header: "If-Unmodified-Since" };
            for (const [method, message] of writes)
              assertMalformed(place, await place.send(method, path, { ...message, headers }), repeated);
            assertStatus(await place.send("GET", path, { headers }), 200);
          }
        }),
    },
  ]),
];
