import { ConfigurationError } from "@unclash/core";
import { describe, expect, it } from "vitest";
import { type ApiVersionsOptions, apiVersions } from "./api-versions.js";

const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);

describe("the versions of an API", () => {
  it("have numbers from the oldest on, and name what follows those that end", () => {
    const {
      name,
      default: byDefault,
      isByDay,
      versions,
    } = apiVersions({
      name: "shop",
      default: "v3",
      versions: {
        v1: { deprecatedAt: "2026-11-01", sunsetAt: "2027-11-01" },
        v2: { deprecatedAt: new Date(day("2026-12-01")) },
        v3: {},
        "v3.1": {},
      },
    });
    expect({ name, byDefault: byDefault.name, isByDay }).toEqual({ name: "shop", byDefault: "v3", isByDay: false });
    const isUpcoming = false;
    const open = { deprecatedAt: undefined, sunsetAt: undefined, isUpcoming, successor: undefined };
    expect(versions).toEqual([
      {
        name: "v1",
        number: 1,
        deprecatedAt: day("2026-11-01"),
        sunsetAt: day("2027-11-01"),
        isUpcoming,
        successor: "v3",
      },
      {
        name: "v2",
        number: 2,
        deprecatedAt: day("2026-12-01"),
        sunsetAt: undefined,
        isUpcoming,
        successor: "v3",
      },
      { name: "v3", number: 3, ...open },
      { name: "v3.1", number: 4, ...open },
    ]);
  });

  it("may be named by days", () => {
    const api = apiVersions({ name: "shop", default: "2025-02-28", versions: { "2025-02-28": {}, "2026-11-01": {} } });
    expect(api.isByDay).toBe(true);
    expect(api.versions.map((version) => version.name)).toEqual(["2025-02-28", "2026-11-01"]);
  });

  it.each([
    ["2026-11-01T12:00:00Z", "2026-11-01T12:00:00.000Z"],
    ["2026-11-01T12:00:00.5+02:00", "2026-11-01T10:00:00.500Z"],
    ["2028-02-29", "2028-02-29T00:00:00.000Z"],
  ])("may be deprecated at %s", (deprecatedAt, meant) => {
    const { versions } = apiVersions({ name: "shop", default: "v1", versions: { v1: { deprecatedAt }, v2: {} } });
    expect(new Date(versions[0]?.deprecatedAt ?? 0).toISOString()).toBe(meant);
  });

  const valid: ApiVersionsOptions = { name: "shop", default: "v1", versions: { v1: {}, v2: {} } };
  const versions = (given: unknown): unknown => ({ ...valid, versions: given });
  it.each<[string, unknown, string, string]>([
    ["another default", { ...valid, default: "v3" }, "apiVersions.default", "must be one of the API versions v1, v2"],
    ["a near name", { ...valid, default: "V1" }, "apiVersions.default", "Did you mean `v1`?"],
    ["no default", { name: "shop", versions: { v1: {} } }, "apiVersions.default", "undefined"],
    ["a name with a slash", { ...valid, name: "a/b" }, "apiVersions.name", "must be a name for media types"],
    ["a name in capitals", { ...valid, name: "Shop" }, "apiVersions.name", "must be a name for media types"],
    ["a misspelt option", { ...valid, defualt: "v1" }, "apiVersions.defualt", "Did you mean `default`?"],
    ["a list", versions(["v1"]), "apiVersions.versions", "must be an object"],
    ["none", versions({}), "apiVersions.versions", "must name 1 to 1000 versions"],
    ["a word", versions({ v1: {}, beta: {} }), "apiVersions.versions.beta", "all of them are numbers"],
    ["a leading zero", versions({ v01: {} }), "apiVersions.versions.v01", "all of them are numbers"],
    [
      "days among numbers",
      versions({ v1: {}, "2026-11-01": {} }),
      "apiVersions.versions.2026-11-01",
      "or all are days",
    ],
    ["no day of the calendar", versions({ "2026-02-30": {} }), "apiVersions.versions.2026-02-30", "or all are days"],
    ["numbers that fall", versions({ v10: {}, v9: {} }), "apiVersions.versions.v9", "must stand before `v10`"],
    ["minors that fall", versions({ "v1.2": {}, "v1.1": {} }), "apiVersions.versions.v1.1", "must stand before `v1.2`"],
    ["one version twice", versions({ v1: {}, "v1.0": {} }), "apiVersions.versions.v1.0", "must stand before `v1`"],
    [
      "days that fall",
      versions({ "2026-11-01": {}, "2025-11-01": {} }),
      "apiVersions.versions.2025-11-01",
      "must stand before",
    ],
    ["no time", versions({ v1: { deprecatedAt: "soon" }, v2: {} }), "apiVersions.versions.v1.deprecatedAt", "a Date"],
    [
      "a day that is none",
      versions({ v1: { deprecatedAt: "2027-02-29T00:00:00Z" }, v2: {} }),
      "apiVersions.versions.v1.deprecatedAt",
      "must be a Date",
    ],
    [
      "a time without a zone",
      versions({ v1: { deprecatedAt: "2026-11-01T12:00:00" }, v2: {} }),
      "apiVersions.versions.v1.deprecatedAt",
      "must be a Date",
    ],
    [
      "an invalid Date",
      versions({ v1: { deprecatedAt: new Date(Number.NaN) }, v2: {} }),
      "apiVersions.versions.v1.deprecatedAt",
      "must be a Date",
    ],
    [
      "an end without a deprecation",
      versions({ v1: { sunsetAt: "2027-11-01" }, v2: {} }),
      "apiVersions.versions.v1.deprecatedAt",
      "must be set where `sunsetAt` is",
    ],
    [
      "an end before the deprecation",
      versions({ v1: { deprecatedAt: "2027-11-01", sunsetAt: "2027-10-31" }, v2: {} }),
      "apiVersions.versions.v1.sunsetAt",
      "must not be earlier than `deprecatedAt`",
    ],
    [
      "a newest version that is deprecated",
      versions({ v1: {}, v2: { deprecatedAt: "2027-11-01" } }),
      "apiVersions.versions.v2.deprecatedAt",
      "no later version",
    ],
  ])("can't be %s", (_, options, option, problem) => {
    const found = errorOf(() => Reflect.apply(apiVersions, undefined, [options]));
    expect(found.option).toBe(option);
    expect(found.message).toContain(problem);
  });
});

function errorOf(configure: () => unknown): ConfigurationError {
  try {
    configure();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}
