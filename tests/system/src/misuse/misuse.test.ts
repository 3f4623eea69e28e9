import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { mistakes } from "./mistakes.mjs";

const warnings: string[] = [];

function note(warning: Error): void {
  warnings.push(
    `${"code" in warning ? warning.code : ""}: ${warning.message}\n${"detail" in warning ? warning.detail : ""}`,
  );
}

beforeEach(() => void process.on("warning", note));
afterEach(() => {
  process.off("warning", note);
  warnings.length = 0;
});

/**
 * All that is said of a mistake: what it throws or rejects with, what the framework's error handler got, and warnings.
 */
async function saidOf(make: () => unknown): Promise<string> {
  const said: string[] = [];
  try {
    const result = await make();
    if (typeof result === "string") said.push(result);
  } catch (thrown) {
    said.push(thrown instanceof Error ? `${"code" in thrown ? thrown.code : ""}: ${thrown.message}` : String(thrown));
  }
  await turn();
  return [...said, ...warnings].join("\n");
}

test("there are enough mistakes, and each is another one", () => {
  expect(mistakes.length).toBeGreaterThanOrEqual(80);
  expect(new Set(mistakes.map(([mistake]) => mistake)).size).toBe(mistakes.length);
});

test.each(mistakes)("%s", async (_mistake, says, make) => {
  const said = await saidOf(make);
  expect(said).toMatch(says);
  expect(said, "an error or a warning of unclash, or one of Node's that ends as 500").toMatch(
    /UNCLASH_|status 500\nERR_/,
  );
});
