import { expect, test } from "vitest";
import * as main from "./index.js";
import * as json from "./json.js";
import * as merge from "./merge.js";
import * as options from "./options.js";
import * as store from "./store.js";

test("no name is exported by two entry points", () => {
  const names = [main, json, merge, options, store].flatMap((entry) => Object.keys(entry));
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  expect(names.length).toBeGreaterThan(80);
});
