import assert from "node:assert/strict";
import { assertStatus, etagOf, memberOf } from "../adapter/answer.js";
import type { Place } from "./place.js";
import { casesOf, type GuardCase } from "./trial.js";

const writers = 8;
const rounds = 3;

/** One client: reads, adds one, and writes, until its writes have been acknowledged so many times. */
async function addOnes(place: Place, path: string): Promise<void> {
  for (let done = 0; done < rounds; ) {
    const got = await place.send("GET", path, { foreign: true });
    const json = { n: Number(memberOf(got, "n")) + 1 };
    const ifMatch = place.form === "none" ? "*" : etagOf(got);
    const put = await place.send("PUT", path, { json, ifMatch });
    if (put.status === 200) done += 1;
    else assertStatus(put, 409);
  }
}

async function countAfter(place: Place): Promise<unknown> {
  const { id } = place.row({ n: 0 });
  await Promise.all(Array.from({ length: writers }, () => addOnes(place, `/${id}`)));
  return place.table.find(id)?.fields["n"];
}

export const raceCases: readonly GuardCase[] = [
  ...casesOf("counted", [
    {
      name: "8 clients that read, change and write at the same time lose no update",
      async run(place) {
        assert.equal(await countAfter(place), writers * rounds);
      },
    },
    {
      name: "of 8 writes of one state exactly one is acknowledged",
      async run(place) {
        const { id } = place.row();
        const all = Array.from({ length: writers }, (_, n) =>
          place.send("PUT", `/${id}`, { json: { n }, ifMatch: '"1"' }),
        );
        const answers = await Promise.all(all);
        const [winner, ...others] = answers.filter(({ status }) => status === 200);
        assert(winner !== undefined && others.length === 0);
        assert.equal(answers.filter(({ status }) => status === 409).length, writers - 1);
        assert.deepEqual(place.table.find(id)?.fields["n"], memberOf(winner, "n"));
      },
    },
    {
      name: "the same clients, where nothing guards the same handlers, lose updates: so this test can fail",
      forms: ["none"],
      async run(place) {
        for (let tries = 0; tries < 20; tries++) {
          if (Number(await countAfter(place)) < writers * rounds) return;
        }
        assert.fail("no update was lost in 20 runs");
      },
    },
  ]),
];
