import { type Identity, RefusedCredentials, type RequestFacts } from "unclash";
import { describe, expect, it } from "vitest";
import { identifyByToken, parseAccounts } from "./accounts.js";

const accounts = parseAccounts("alice=a1:client,root=r00t==:admin");

const asked: RequestFacts = {
  method: "GET",
  base: "",
  path: "/notes",
  query: "",
  headers: {},
  address: "127.0.0.1",
  body: { kind: "parsed", value: undefined },
  native: undefined,
};

async function identify(authorization?: string): Promise<Identity> {
  return identifyByToken(accounts)(authorization === undefined ? asked : { ...asked, headers: { authorization } });
}

const refused = new RefusedCredentials('Bearer realm="shop", error="invalid_token"');

describe("identifyByToken", () => {
  it.each<[string, string | undefined, Identity]>([
    ["takes a request without credentials as anonymous", undefined, undefined],
    ["knows an account by its token", "Bearer a1", { name: "alice", role: "client" }],
    ["knows a token that ends in =", "Bearer r00t==", { name: "root", role: "admin" }],
    ["takes the scheme in any case", "bearer a1", { name: "alice", role: "client" }],
  ])("%s", async (_, authorization, identity) => {
    expect(await identify(authorization)).toEqual(identity);
  });

  it.each([
    ["refuses a token that nobody has", "Bearer a2"],
    ["refuses the beginning of a token", "Bearer a"],
    ["refuses a token with more behind it", "Bearer a1 a1"],
    ["refuses an empty token", "Bearer "],
    ["refuses another scheme", "Basic a1"],
    ["refuses a header without anything", ""],
  ])("%s", async (_, authorization) => {
    await expect(identify(authorization)).rejects.toEqual(refused);
  });

  it("refuses every token where there are no accounts", async () => {
    const request: RequestFacts = { ...asked, headers: { authorization: "Bearer " } };
    expect(() => identifyByToken([])(request)).toThrow(RefusedCredentials);
  });
});

describe("parseAccounts", () => {
  it("reads accounts, comma apart, with spaces around them", () => {
    expect(parseAccounts("alice=a1:client , bob=b+/2=:admin")).toEqual([
      { name: "alice", token: "a1", role: "client" },
      { name: "bob", token: "b+/2=", role: "admin" },
    ]);
  });

  it.each([
    ["a role that there is none of", "alice=a1:owner", 1],
    ["no role", "alice=a1", 1],
    ["no token", "alice=:client", 1],
    ["no name", "=a1:client", 1],
    ["a comma at the end", "alice=a1:client,", 2],
    ["a token with a character that a header can't carry", "bob=b1:client,alice=a 1:client", 2],
  ])("refuses %s, names the variable and the place, and shows no token", (_, text, place) => {
    expect(() => parseAccounts(text)).toThrowError(
      new RegExp(`^UNCLASH_TOKENS must be name=token:role, .*; entry ${place} is not$`),
    );
    expect(() => parseAccounts(text)).not.toThrowError(/a1/);
  });

  it.each([
    ["name", "alice=a1:client,alice=a2:admin"],
    ["token", "alice=a1:client,bob=a1:admin"],
  ])("refuses the same %s twice", (member, text) => {
    expect(() => parseAccounts(text)).toThrowError(`UNCLASH_TOKENS must not hold the same ${member} twice`);
  });
});
