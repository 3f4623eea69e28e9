import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

test("the entry point for receivers loads five files, and of packages core alone", () => {
  expect(loadedBy("webhook.ts")).toEqual([
    "@unclash/core",
    "@unclash/core/options",
    "node:crypto",
    "notifications/webhooks/recent-ids.ts",
    "notifications/webhooks/secret.ts",
    "notifications/webhooks/verify-webhook.ts",
    "options/warnings.ts",
    "webhook.ts",
  ]);
});

test("an entry point that loads the engine is told apart", () => {
  expect(loadedBy("index.ts").length).toBeGreaterThan(100);
});

/** All that a file imports at run time: the paths of files in this package, and the names of packages. */
function loadedBy(path: string, known: Set<string> = new Set()): readonly string[] {
  if (known.has(path)) return [];
  known.add(path);
  const source = readFileSync(join(import.meta.dirname, path), "utf8");
  for (const [, name = ""] of source.matchAll(/^(?:import|export) (?!type )(?:[^;"]* from )?"([^"]+)";/gm)) {
    if (name.startsWith(".")) loadedBy(join(path, "..", name.replace(/\.js$/, ".ts")), known);
    else known.add(name);
  }
  return [...known].sort();
}
