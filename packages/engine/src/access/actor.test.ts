import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask } from "../ask.test-support.js";
import { createUnclash } from "../unclash.js";
import { type Identify, type Identity, RefusedCredentials, refuse } from "./actor.js";

function read(identify: Identify<unknown>) {
  const unclash = createUnclash({
    store: createMemoryStore(),
    collections: { notes: { schema: z.looseObject({}) } },
    identify,
  });
  return ask(unclash, "GET /notes");
}

const refusing: readonly [how: string, identify: Identify<unknown>][] = [
  ["and returned", () => refuse("Basic")],
  ["and returned later", async () => refuse("Basic")],
  [
    "and not returned",
    () => {
      refuse("Basic");
    },
  ],
  [
    "and not returned, later",
    async () => {
      await Promise.resolve();
      refuse("Basic");
    },
  ],
  [
    "in a function that identify awaits",
    async (): Promise<Identity> => {
      const whoever = await Promise.resolve().then(() => refuse("Basic"));
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

test("what else identify throws is the framework's to handle", async () => {
  const identify = (): never => {
    throw new Error("The directory is away.");
  };
  await expect(read(identify)).rejects.toThrow("The directory is away.");
});

test("a challenge that no header can carry is the app's mistake, and so is a refusal outside of identify", async () => {
  await expect(read(() => refuse("Bearer\r\n"))).rejects.toThrow(
    /^refuse\(\) takes the value of a header, such as "Bearer", and was given "Bearer/,
  );
  expect(() => refuse()).toThrow(RefusedCredentials);
  expect(() => refuse()).toThrow(/Only identify\(\) can refuse credentials: .*errors\.md#err_unclash_credentials/);
});
