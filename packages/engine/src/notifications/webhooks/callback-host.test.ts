import { expect, test } from "vitest";
import { callbackHostFault } from "./callback-host.js";

const known: Readonly<Record<string, readonly string[]>> = {
  "public.example": ["8.8.8.8", "2606:4700::1"],
  "private.example": ["10.0.0.1"],
  "both.example": ["8.8.8.8", "127.0.0.1"],
  "mapped.example": ["8.8.8.8", "::ffff:169.254.169.254"],
};
const resolve = async (name: string): Promise<readonly string[]> => known[name] ?? [];

test.each([
  ["https://public.example/", undefined],
  ["https://private.example/", "The name private.example leads into a private network."],
  ["https://both.example/", "The name both.example leads into a private network."],
  ["https://mapped.example/", "The name mapped.example leads into a private network."],
  ["https://nowhere.example/", "The name nowhere.example could not be resolved."],
  ["https://8.8.8.8/", undefined],
  ["https://[2606:4700::1]/", undefined],
])("of the host of %s it says: %s", async (url, fault) => {
  expect(await callbackHostFault(new URL(url), resolve)).toBe(fault);
});

test("a name that no server knows could not be resolved", async () => {
  expect(await callbackHostFault(new URL("https://nothing.invalid/"))).toMatch(/could not be resolved/);
});
