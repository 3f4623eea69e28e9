import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ApiVersions, apiVersions } from "../states/api-versions.js";
import { type ApiVersionChoice, apiVersionFields, chooseApiVersion, type VersionedRequest } from "./api-version.js";

const now = Date.parse("2026-12-01T00:00:00Z");
const numbered = apiVersions({
  name: "shop",
  default: "v2",
  versions: {
    v1: { deprecatedAt: "2025-11-01", sunsetAt: "2026-12-01" },
    v2: { deprecatedAt: "2026-11-01", sunsetAt: "2027-11-01" },
    v3: {},
  },
});
const byDay = apiVersions({
  name: "acme.shop",
  default: "2026-11-01",
  versions: { "2025-01-31": {}, "2026-11-01": {} },
});

/** What was chosen, in a word: `v2 by accept: /articles/1`. */
function chosen(api: ApiVersions, request: Partial<VersionedRequest>): string {
  const all = { path: "/articles/1", accept: undefined, apiVersion: undefined, ...request };
  return inWords(chooseApiVersion(api, all, now));
}

function inWords(choice: ApiVersionChoice): string {
  if (choice.kind !== "chosen" && choice.kind !== "ended") return choice.kind;
  const { kind, version, by, path } = choice;
  return `${kind === "ended" ? "ended " : ""}${version.name} by ${by}${path === "/articles/1" ? "" : `: ${path}`}`;
}

const shop = (version: string): string => `application/vnd.shop.${version}+json`;

describe("the API version of a request", () => {
  it("is the default where it chooses none", () => {
    expect(chosen(numbered, {})).toBe("v2 by default");
  });

  it.each([
    ["/v3/articles/1", "v3 by path"],
    ["/v3/articles", "v3 by path: /articles"],
    ["/v3", "v3 by path: /"],
    ["/v3/", "v3 by path: /"],
    ["/v3/v2/articles", "v3 by path: /v2/articles"],
    ["/v1/articles/1", "ended v1 by path"],
    ["/v9/articles/1", "v2 by default: /v9/articles/1"],
    ["/V3/articles/1", "v2 by default: /V3/articles/1"],
    ["/%763/articles/1", "v2 by default: /%763/articles/1"],
    ["/v3x/articles/1", "v2 by default: /v3x/articles/1"],
    ["/", "v2 by default: /"],
  ])("is in the path: %s", (path, expected) => {
    expect(chosen(numbered, { path })).toBe(expected);
  });

  it.each([
    ["", "v2 by default"],
    ["*/*", "v2 by default"],
    ["text/html", "v2 by default"],
    ["application/json, text/plain, */*", "v2 by default"],
    [shop("v3"), "v3 by accept"],
    [shop("v3").toUpperCase(), "v3 by accept"],
    [`${shop("v3")};charset=utf-8`, "v3 by accept"],
    [`${shop("v2")};q=0.5, ${shop("v3")}`, "v3 by accept"],
    [`${shop("v2")} ; Q=0.9 , ${shop("v3")};q=0.123`, "v2 by accept"],
    [`${shop("v3")}, ${shop("v2")}`, "v3 by accept"],
    [`application/json, ${shop("v3")}`, "v3 by accept"],
    [`application/json, ${shop("v3")};q=0.5`, "v2 by default"],
    [`${shop("v3")}, */*;q=0.1`, "v3 by accept"],
    [`${shop("v3")};q=0`, "v2 by default"],
    [`${shop("v3")};q=7`, "v3 by accept"],
    [shop("v9"), "not-acceptable"],
    [`${shop("v9")}, ${shop("v3")};q=0.1`, "v3 by accept"],
    [`${shop("v9")}, application/json;q=0.1`, "v2 by default"],
    [shop("v1"), "ended v1 by accept"],
    [`${shop("v1")}, ${shop("v3")};q=0.1`, "v3 by accept"],
    [`${shop("v1")}, */*;q=0.1`, "v2 by default"],
    [`${shop("v9")}, ${shop("v1")}`, "ended v1 by accept"],
    ["application/vnd.shop.admin.v1+json", "v2 by default"],
    ["application/vnd.shopping.v3+json", "v2 by default"],
    ["application/vnd.shop.v3+xml", "v2 by default"],
    [`text/html;a="x, ${shop("v3")}, \\"y"`, "v2 by default"],
    [`text/html;a="x, ${shop("v3")}`, "v2 by default"],
  ])("is in Accept: %s", (accept, expected) => {
    expect(chosen(numbered, { accept })).toBe(expected);
  });

  it.each([
    ["v3", "v3 by api-version"],
    [" v3 ", "v3 by api-version"],
    ["v1", "ended v1 by api-version"],
    ["v9", "unknown"],
    ["V3", "unknown"],
    ["", "unknown"],
    ["v2, v3", "unknown"],
    ["2026-11-01", "unknown"],
  ])("is in API-Version: %j", (apiVersion, expected) => {
    expect(chosen(numbered, { apiVersion })).toBe(expected);
  });

  it.each([
    ["2026-11-01", "2026-11-01 by api-version"],
    ["2026-10-31", "2025-01-31 by api-version"],
    ["2099-01-01", "2026-11-01 by api-version"],
    ["2025-01-31", "2025-01-31 by api-version"],
    ["2025-01-30", "unknown"],
    ["2026-02-30", "unknown"],
    ["2026-11", "unknown"],
    ["v1", "unknown"],
  ])("is the newest on or before the day in API-Version: %s", (apiVersion, expected) => {
    expect(chosen(byDay, { apiVersion })).toBe(expected);
  });

  it("may be a day in the path and in a media type", () => {
    expect(chosen(byDay, { path: "/2025-01-31/articles/1" })).toBe("2025-01-31 by path");
    expect(chosen(byDay, { accept: "application/vnd.acme.shop.2025-01-31+json" })).toBe("2025-01-31 by accept");
    expect(chosen(byDay, { accept: "application/vnd.acme.shop.2025-02-01+json" })).toBe("not-acceptable");
  });

  it.each<[Partial<VersionedRequest>, string]>([
    [{ path: "/v3/articles/1", apiVersion: "v3" }, "v3 by path"],
    [{ path: "/v3/articles/1", apiVersion: "v2" }, "contradictory"],
    [{ path: "/v3/articles/1", apiVersion: "v9" }, "unknown"],
    [{ path: "/v3/articles/1", accept: shop("v3") }, "v3 by path"],
    [{ path: "/v3/articles/1", accept: shop("v2") }, "not-acceptable"],
    [{ path: "/v3/articles/1", accept: `${shop("v2")}, */*;q=0.1` }, "v3 by path"],
    [{ path: "/v3/articles/1", accept: `${shop("v2")}, ${shop("v3")};q=0.1` }, "v3 by path"],
    [{ accept: shop("v3"), apiVersion: "v3" }, "v3 by accept"],
    [{ accept: shop("v3"), apiVersion: "v2" }, "contradictory"],
    [{ accept: "*/*", apiVersion: "v3" }, "v3 by api-version"],
    [{ accept: `application/json, ${shop("v2")};q=0.5`, apiVersion: "v3" }, "v3 by api-version"],
  ])("is said once, or in agreement: %j", (request, expected) => {
    expect(chosen(numbered, request)).toBe(expected);
  });

  it("is the same, whichever of the three ways chose it", () => {
    const versions = fc.constantFrom("v1", "v2", "v3");
    fc.assert(
      fc.property(versions, (name) => {
        const ways = [{ path: `/${name}/articles/1` }, { accept: shop(name) }, { apiVersion: name }];
        const found = ways.map((way) => chosen(numbered, way).replace(/ by .*/, ""));
        expect(new Set(found).size).toBe(1);
      }),
    );
  });

  it("is always decided, in a time that grows with the fields", () => {
    const hostile = ['"', "\\", ",", ";", "q=", shop("v3"), " ", "*/*", "é"];
    const field = fc.array(fc.constantFrom(...hostile), { maxLength: 40 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(field, (accept) => {
        expect(["v2 by default", "v3 by accept", "not-acceptable"]).toContain(chosen(numbered, { accept }));
      }),
    );
    expect(chosen(numbered, { accept: '"\\'.repeat(100_000) })).toBe("v2 by default");
    expect(chosen(numbered, { accept: "a,".repeat(100_000) })).toBe("v2 by default");
  });
});

describe("the fields of an answer in an API version", () => {
  const [first, second, newest] = numbered.versions;
  it("say how long a deprecated version is there, and what follows it", () => {
    if (second === undefined) throw new Error("There is no second version.");
    expect(apiVersionFields({ version: second, by: "path" }, "/v3/articles/1")).toEqual({
      deprecation: "@1793491200",
      sunset: "Mon, 01 Nov 2027 00:00:00 GMT",
      link: '</v3/articles/1>; rel="successor-version"',
    });
  });

  it.each(["accept", "api-version"] as const)("name the version where %s chose it", (by) => {
    if (newest === undefined) throw new Error("There is no newest version.");
    const fields = { vary: "accept, api-version", "api-version": "v3" };
    expect(apiVersionFields({ version: newest, by }, "")).toEqual(fields);
  });

  it("say that the default depends on what was not sent", () => {
    if (newest === undefined) throw new Error("There is no newest version.");
    expect(apiVersionFields({ version: newest, by: "default" }, "")).toEqual({ vary: "accept, api-version" });
  });

  it("are there for a version that has ended, too", () => {
    if (first === undefined) throw new Error("There is no first version.");
    expect(apiVersionFields({ version: first, by: "path" }, "/v3/a")["link"]).toBe('</v3/a>; rel="successor-version"');
  });
});
