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

/** So many write at once, whether or not what they name is there still. */
async function writeAtOnce(place: Place, ifMatch: string): Promise<void> {
  const { id } = place.row();
  const all = Array.from({ length: 40 }, (_, n) => place.send("PUT", `/${id}`, { json: { n }, ifMatch }));
  const answers = await Promise.all(all);
  for (const answer of answers) assertStatus(answer, 200);
  const versions = answers.map((answer) => Number(memberOf(answer, "version")));
  assert.deepEqual(
    versions.toSorted((one, other) => one - other),
    Array.from(all, (_, at) => at + 2),
  );
  const last = answers.find((answer) => memberOf(answer, "version") === place.table.find(id)?.version);
  assert.equal(place.table.find(id)?.fields["n"], last && memberOf(last, "n"));
}

export const raceCases: readonly GuardCase[] = [
  ...casesOf("last", [
    {
      name: "40 writes of one state at the same time are all applied one after another under last-write-wins",
      forms: ["guarded"],
      run: (place) => writeAtOnce(place, '"1"'),
    },
  ]),
  ...casesOf("optional", [
    {
      name: "40 writes at the same time for whatever state there is are all applied one after another",
      forms: ["guarded"],
      run: (place) => writeAtOnce(place, "*"),
    },
  ]),
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
