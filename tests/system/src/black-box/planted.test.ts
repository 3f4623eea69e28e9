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

for (const { name, finds, plant } of plantedBugs) {
  it(`a run finds the bug of a store that ${name}`, { timeout: 240_000 }, async () => {
    const found = await findIn(plant(createMemoryStore()));
    expect(found.map(({ kind }) => kind)).toContain(finds);
  });
}

it("the same run finds nothing in a store without a bug", { timeout: 240_000 }, async () => {
  expect(await findIn(createMemoryStore())).toEqual([]);
});

async function findIn(store: Store): Promise<readonly Violation[]> {
  const unclash = createUnclash({ store, collections });
  const server = createServer(mount(unclash, { fallthrough: false })).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  try {
    const { violations } = await runBlackBox({
      origins: () => [`http://127.0.0.1:${port}`],
      atLeast: { acknowledged: 400, refused: 300 },
    });
    return violations;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
