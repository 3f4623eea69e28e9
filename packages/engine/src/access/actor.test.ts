import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask } from "../ask.test-support.js";
import { createUnclash } from "../unclash.js";
import { type Identify, type Identity, RefusedCredentials, refuseCredentials } from "./actor.js";

function read(identify: Identify<unknown>) {
  const unclash = createUnclash({
    store: createMemoryStore(),
    collections: { notes: { schema: z.looseObject({}) } },
    identify,
  });
  return ask(unclash, "GET /notes");
}

const refusing: readonly [how: string, identify: Identify<unknown>][] = [
  ["and returned", () => refuseCredentials("Basic")],
  ["and returned later", async () => refuseCredentials("Basic")],
  [
    "and not returned",
    () => {
      refuseCredentials("Basic");
    },
  ],
  [
    "and not returned, later",
    async () => {
      await Promise.resolve();
      refuseCredentials("Basic");
    },
  ],
  [
    "in a function that identify awaits",
    async (): Promise<Identity> => {
      const whoever = await Promise.resolve().then(() => refuseCredentials("Basic"));
      return whoever;
    },
  ],
  [
    "by another copy of this package",
    () => {
      throw Object.assign(new Error("refused"), { code: "ERR_UNCLASH_CREDENTIALS", challenge: "Basic" });
    },
  ],
];

test.each(refusing)("credentials that are refused %s are 401 with the challenge", async (_how, identify) => {
  const { status, headers } = await read(identify);
  expect([status, headers["www-authenticate"]]).toEqual([401, "Basic"]);
});

/** An identify that takes what it throws itself for a fault of its directory. */
function caught(): undefined {
  try {
    refuseCredentials();
  } catch {
    return undefined;
  }
}

test.each<[how: string, identify: Identify<unknown>]>([
  ["at once", caught],
  ["later", async () => caught()],
  ["later, for null", async () => caught() ?? (await Promise.resolve(null))],
])("a refusal of credentials that identify catches %s lets nobody in as anonymous", async (_how, identify) => {
  await expect(read(identify)).rejects.toThrow(
    /^identify called refuseCredentials\(\) and gave nothing, .*errors\.md#err_unclash_callback/,
  );
});

test("who is refused by one scheme may be known by another, and is no matter to other requests", async () => {
  expect(await read(() => caught() ?? { name: "alice" })).toMatchObject({ status: 200 });
  let letIn = (): void => {};
  const waiting = read(async () => {
    await new Promise<void>((resolve) => {
      letIn = resolve;
    });
    return undefined;
  });
  expect(await read(() => refuseCredentials())).toMatchObject({ status: 401 });
  letIn();
  expect(await waiting).toMatchObject({ status: 200 });
});

test("what else identify throws is the framework's to handle", async () => {
  const identify = (): never => {
    throw new Error("The directory is away.");
  };
  await expect(read(identify)).rejects.toThrow("The directory is away.");
});

test("a challenge that no header can carry is the app's mistake, and so is a refusal outside of identify", async () => {
  await expect(read(() => refuseCredentials("Bearer\r\n"))).rejects.toThrow(
    /^refuseCredentials\(\) takes the value of a header, such as "Bearer", and was given "Bearer/,
  );
  expect(() => refuseCredentials()).toThrow(RefusedCredentials);
  expect(() => refuseCredentials()).toThrow(
    /Only identify\(\) can refuse credentials: .*errors\.md#err_unclash_credentials/,
  );
});
