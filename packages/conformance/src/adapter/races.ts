import assert from "node:assert/strict";
import { type Answer, assertHeaders, assertStatus, etagOf, memberOf } from "./answer.js";
import { itemsOf } from "./lists.js";
import { create, read } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at);
}

function withStatus(answers: readonly Answer[], status: number): readonly Answer[] {
  return answers.filter((answer) => answer.status === status);
}

/**
 * Adds 1 to the count as a client does that loses no update: read, change, write on condition, and again on a conflict.
 */
async function addOne(trial: Trial, path: string): Promise<void> {
  for (;;) {
    const current = await trial.send("GET", path);
    const count = Number(memberOf(current, "count"));
    const written = await trial.send("PUT", path, { json: { count: count + 1 }, ifMatch: etagOf(current) });
    if (written.status === 200) return;
    assertStatus(written, 409);
  }
}

/** Each write has made the next version, and was answered with the one that it made. */
async function assertVersions(trial: Trial, path: string, answers: readonly Answer[], first: number): Promise<void> {
  for (const answer of answers) assertStatus(answer, 200);
  const versionOf = (answer: Answer) => Number(memberOf(answer, "version"));
  const ordered = answers.toSorted((one, other) => versionOf(one) - versionOf(other));
  assert.deepEqual(
    ordered.map(versionOf),
    numbers(answers.length).map((at) => at + first),
  );
  const history = itemsOf(await trial.send("GET", `${path}/versions?limit=${answers.length}`));
  assert.deepEqual(
    history.map((item) => Object(item).etag),
    ordered.toReversed().map(etagOf),
  );
  const current = await trial.send("GET", path);
  assert.equal(current.text, ordered.at(-1)?.text);
}

export const raceCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "of 20 writes at the same time that name one state, exactly one is applied and 19 are conflicts",
    async run(trial) {
      const { path, key, etag: ifMatch } = await create(trial, "articles", { title: "A" });
      const answers = await Promise.all(
        numbers(20).map((n) => trial.send("PUT", path, { json: { title: `${n}` }, ifMatch })),
      );
      const [winner, ...others] = withStatus(answers, 200);
      assert(winner !== undefined && others.length === 0);
      const refused = withStatus(answers, 409);
      assert.equal(refused.length, 19);
      for (const conflict of refused) {
        assert.equal(memberOf(conflict, "resource"), key);
        assert.deepEqual(memberOf(conflict, "expected"), { etag: [ifMatch] });
      }
      const current = await trial.send("GET", path);
      assert.deepEqual([current.text, etagOf(current)], [winner.text, etagOf(winner)]);
    },
  },
  {
    name: "of a deletion and references to the same resource at the same time, one side is refused",
    async run(trial) {
      for (let round = 0; round < 12; round++) {
        const { id, path, etag: ifMatch } = await create(trial, "products", {});
        const review = await create(trial, "reviews", {});
        const steps = [
          () => trial.send("DELETE", path, { ifMatch }),
          () => trial.send("PATCH", review.path, { mergePatch: { product: id } }),
          () => trial.send("POST", "/reviews", { json: { product: id } }),
        ];
        const order = round % 2 === 0 ? steps : steps.toReversed();
        const answers = await Promise.all(order.map((send) => send()));
        const [deleted, ...referred] = round % 2 === 0 ? answers : answers.toReversed();
        assert(deleted !== undefined);
        for (const { status } of referred) {
          if (deleted.status === 204) assert.equal(status, 422, "what was deleted is referred to by nothing");
          else assert.match(`${status}`, /^(20[01]|422)$/);
        }
        if (deleted.status !== 204) {
          assertStatus(deleted, 409);
          assert(
            referred.some(({ status }) => status < 300),
            "something refers to what was not deleted",
          );
        }
      }
    },
  },
  {
    name: "8 clients that read, change and write at the same time lose no update",
    async run(trial) {
      const resource = await create(trial, "notes", { count: 0 });
      const clients = numbers(8).map(async () => {
        for (let done = 0; done < 3; done++) await addOne(trial, resource.path);
      });
      await Promise.all(clients);
      const current = await read(trial, resource);
      assert.deepEqual([memberOf(current, "count"), memberOf(current, "version")], [24, 25]);
    },
  },
  {
    name: "40 writes of one resource at the same time, for whatever state there is, are all versions of their own",
    async run(trial) {
      const { path } = await create(trial, "notes", { n: -1 });
      const answers = await Promise.all(
        numbers(40).map((n) => trial.send("PUT", path, { json: { n }, ...(n % 2 === 0 && { ifMatch: "*" }) })),
      );
      await assertVersions(trial, path, answers, 2);
    },
  },
  {
    name: "40 stale writes of one resource at the same time are all applied under last-write-wins",
    async run(trial) {
      const { path, etag: ifMatch } = await create(trial, "drafts", { n: -1 });
      assertStatus(await trial.send("PUT", path, { json: { n: -2 }, ifMatch }), 200);
      const answers = await Promise.all(numbers(40).map((n) => trial.send("PUT", path, { json: { n }, ifMatch })));
      await assertVersions(trial, path, answers, 3);
      for (const answer of answers)
        assertHeaders(answer, { "unclash-conflict": "status=resolved, strategy=last-write-wins" });
    },
  },
  {
    name: "of creations of one id at the same time, by POST and by PUT, exactly one succeeds",
    async run(trial) {
      const id = trial.nextName();
      const answers = await Promise.all(
        numbers(12).map((n) =>
          n % 2 === 0
            ? trial.send("POST", "/articles", { json: { id, title: `${n}` } })
            : trial.send("PUT", `/articles/${id}`, { json: { title: `${n}` }, ifNoneMatch: "*" }),
        ),
      );
      const [winner, ...others] = withStatus(answers, 201);
      assert(winner !== undefined && others.length === 0);
      assert.equal(withStatus(answers, 409).length, 11);
      for (const refused of withStatus(answers, 409)) {
        const slug = refused.method === "POST" ? "duplicate" : "version-conflict";
        assert.equal(memberOf(refused, "type"), trial.typePrefix + slug);
      }
      assert.equal((await trial.send("GET", `/articles/${id}`)).text, winner.text);
    },
  },
  {
    name:
      "of creations with one unique value at the same time exactly one succeeds, and the others are told " +
      "whose it is",
    async run(trial) {
      const sku = trial.nextName();
      const answers = await Promise.all(numbers(10).map(() => trial.send("POST", "/products", { json: { sku } })));
      const [winner, ...others] = withStatus(answers, 201);
      assert(winner !== undefined && others.length === 0);
      const holder = `products/${String(memberOf(winner, "id"))}`;
      const refused = withStatus(answers, 409);
      assert.equal(refused.length, 9);
      for (const answer of refused)
        assert.deepEqual([memberOf(answer, "field"), memberOf(answer, "holder")], ["/sku", holder]);
    },
  },
  {
    name: "of deletions at the same time one is applied; a deletion and a change never both are",
    async run(trial) {
      const { path, etag: ifMatch } = await create(trial, "articles", { title: "A" });
      const answers = await Promise.all(
        numbers(10).map((n) =>
          n % 2 === 0
            ? trial.send("DELETE", path, { ifMatch })
            : trial.send("PATCH", path, { mergePatch: { title: `${n}` }, ifMatch }),
        ),
      );
      const applied = answers.filter(({ status }) => status < 300);
      assert.equal(applied.length, 1);
      for (const answer of answers)
        assert([200, 204, 409, 410].includes(answer.status), `an answer of ${answer.status}`);
      const history = await trial.send("GET", `${path}/versions`);
      assert.equal(itemsOf(history).length, 2);
    },
  },
  {
    name: "who reads while others write never sees the entity-tag of one state with the content of another",
    async run(trial) {
      const resource = await create(trial, "notes", { n: 0 });
      let writing = true;
      const writer = async () => {
        try {
          for (let n = 1; n <= 30; n++) await trial.send("PUT", resource.path, { json: { n } });
        } finally {
          writing = false;
        }
      };
      const reader = async () => {
        for (let last = 0; writing; ) {
          const answer = await read(trial, resource);
          const version = Number(memberOf(answer, "version"));
          assert(etagOf(answer).startsWith(`"${version}-`) && memberOf(answer, "n") === version - 1);
          assert(version >= last, "and never an earlier one than before");
          last = version;
        }
      };
      await Promise.all([writer(), reader(), reader()]);
    },
  },
]);
