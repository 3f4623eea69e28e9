import { expect, test } from "vitest";
import { anything, checkOptions, type OptionRules } from "./check-options.js";
import { checkSource, connectionString } from "./source-options.js";

interface Options {
  readonly url?: string;
  readonly pool?: object;
}

const rules: OptionRules<Options> = { url: connectionString(/^db:\/\//, "must be db://host"), pool: anything };

test("the one of two sources that is given is named", () => {
  expect(checkSource({ url: "db://a" }, rules, "url", "pool")).toBe("url");
  expect(checkSource({ pool: {} }, rules, "url", "pool")).toBe("pool");
});

test.each<[Options, string]>([
  [{}, "url must be db://host, unless pool is given"],
  [{ url: "db://a", pool: {} }, "url must not stand beside pool"],
])("of %j it says %s", (options, message) => {
  expect(() => checkSource(options, rules, "url", "pool")).toThrow(message);
});

test.each([
  ["db//a", '"db//a"'],
  ["http://me:secret@host/app?password=secret", '"http://…@host/app?…"'],
  ["me:s@cret@host", '"…@host"'],
  ["http://me:se\ncret@host", '"http://…@host"'],
  [5, "5"],
])("of the connection string %j an error shows %s", (url, shown) => {
  const check = (): void => checkOptions<Options>("", { url }, rules);
  expect(check).toThrow(`url must be db://host, and is ${shown}`);
});
