import { once } from "node:events";
import { createServer } from "node:http";
import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { mount } from "@unclash/node";
import { createUnclash } from "unclash";
import { expect, it } from "vitest";
import { z } from "zod";
import { runBlackBox } from "./black-box.js";
import type { Violation } from "./history.js";
import { plantedBugs } from "./planted-stores.js";

const schema = z.looseObject({});
const collections = { articles: { schema }, products: { schema }, orders: { schema } };

// A run goes on until its bug had its way so often, whatever the random load: then there is something to find, and more
// writes show no more. Where a store reads from a copy, what it shows may be newer than all that anyone has been told.
const strikes = 5;
const strikesOfCopies = 25;

for (const { name, finds, plant } of plantedBugs) {
  it(`a run finds the bug of a store that ${name}`, { timeout: 240_000 }, async () => {
    let struck = 0;
    const store = plant(createMemoryStore(), () => void struck++);
    const found = await findIn(store, () => struck >= (finds === "out-of-order" ? strikesOfCopies : strikes));
    expect(found.map(({ kind }) => kind)).toContain(finds);
  });
}

it("the same run finds nothing in a store without a bug", { timeout: 240_000 }, async () => {
  expect(await findIn(createMemoryStore())).toEqual([]);
});

async function findIn(store: Store, until?: () => boolean): Promise<readonly Violation[]> {
  const unclash = createUnclash({ store, collections });
  const server = createServer(mount(unclash, { fallthrough: false })).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  try {
    const { violations, tooLittle } = await runBlackBox({
      origins: () => [`http://127.0.0.1:${port}`],
      atLeast: until === undefined ? { acknowledged: 400, refused: 300 } : { acknowledged: 100, refused: 75 },
      ...(until !== undefined && { until }),
      operationsMax: 20_000,
    });
    expect(tooLittle).toBe(undefined);
    return violations;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
