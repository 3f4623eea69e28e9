import { expect, test } from "vitest";
import { exchangeOf } from "./exchange.test-support.js";
import { patchedRow, shownRow } from "./shown-row.js";

const { exchange } = exchangeOf({}, "GET /articles/1");

test("a version that is a bigint is shown as a text", () => {
  const row = { version: 7n, title: "A" };
  expect(shownRow(exchange, exchange.select(row))).toEqual({ version: "7", title: "A" });
});

test.each([7n, "7"])("a row shows what its toJSON gives, whatever its version is: %o", (version) => {
  const row = { version: 7n, secret: "s", toJSON: () => ({ title: "A", version }) };
  const state = exchange.select(row);
  expect(shownRow(exchange, state)).toEqual({ title: "A", version: "7" });
  expect(patchedRow(exchange, state)).toEqual({ title: "A" });
});

test("a row of one class shows what its toJSON leaves out to nobody", () => {
  class Account {
    readonly version = 7n;
    readonly secret = "s";
    toJSON(): object {
      return { id: "1" };
    }
  }
  expect(shownRow(exchange, exchange.select(new Account()))).toEqual({ id: "1" });
});
