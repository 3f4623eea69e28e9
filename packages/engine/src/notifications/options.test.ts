import { ConfigurationError } from "@unclash/core";
import { expect, test } from "vitest";
import { resolveNotifications } from "./options.js";

test.each(["https://shop.example", "/api", "/", "urn:example:shop", "//shop.example/a%20b?c#d"])(
  "%s may be the source of events",
  (source) => expect(resolveNotifications({ source })?.source).toBe(source),
);

test.each(["", "not a uri", "/api\n", "<shop>", "\ud800", "/caf\u00e9"])("%j is no source of events", (source) => {
  const refused = (): unknown => resolveNotifications({ source });
  expect(refused).toThrow(ConfigurationError);
  expect(refused).toThrow(/^notifications\.source must be a URI reference/);
});

test("notifications can be turned off", () => expect(resolveNotifications(false)).toBeUndefined());
