import { describe, expect, it } from "vitest";
import { readEnvironment } from "./environment.js";

describe("readEnvironment", () => {
  it.each([
    ["nothing is set", {}],
    ["all is empty", { HOST: "", PORT: "", UNCLASH_STORE: "", UNCLASH_CONFLICT_STATUS: "", UNCLASH_TOKENS: "" }],
  ])("has a default for everything where %s", (_, variables) => {
    expect(readEnvironment(variables)).toEqual({
      host: "127.0.0.1",
      port: 3000,
      store: { kind: "sqlite", file: "data/shop.db" },
      conflictStatus: 409,
      accounts: [],
      allowPrivateCallbacks: false,
    });
  });

  it("reads all variables", () => {
    const variables = {
      HOST: "::1",
      PORT: "0",
      UNCLASH_STORE: "memory:",
      UNCLASH_CONFLICT_STATUS: "412",
      UNCLASH_TOKENS: "alice=a1:admin",
      UNCLASH_PRIVATE_CALLBACKS: "yes",
    };
    expect(readEnvironment(variables)).toEqual({
      host: "::1",
      port: 0,
      store: { kind: "memory" },
      conflictStatus: 412,
      accounts: [{ name: "alice", token: "a1", role: "admin" }],
      allowPrivateCallbacks: true,
    });
  });

  it("takes all behind the first colon as the file", () => {
    expect(readEnvironment({ UNCLASH_STORE: "sqlite:C:\\shop.db" }).store).toEqual({
      kind: "sqlite",
      file: "C:\\shop.db",
    });
  });

  it.each([
    ["postgres://u:p@db/shop", { kind: "postgres", url: "postgres://u:p@db/shop" }],
    [
      "postgresql://db/shop?sslmode=require&schema=one",
      { kind: "postgres", url: "postgresql://db/shop?sslmode=require", schema: "one" },
    ],
    ["redis://cache:6380/2", { kind: "redis", url: "redis://cache:6380/2" }],
    ["rediss://cache?name=shop", { kind: "redis", url: "rediss://cache", name: "shop" }],
  ])("takes %s as a store", (text, store) => {
    expect(readEnvironment({ UNCLASH_STORE: text }).store).toEqual(store);
  });

  it.each([
    ["PORT", "eighty", 'PORT must be a whole number from 0 to 65535, and is "eighty"'],
    ["PORT", "65536", 'PORT must be a whole number from 0 to 65535, and is "65536"'],
    ["PORT", "-1", 'PORT must be a whole number from 0 to 65535, and is "-1"'],
    ["PORT", "3e3", 'PORT must be a whole number from 0 to 65535, and is "3e3"'],
    ["UNCLASH_CONFLICT_STATUS", "418", 'UNCLASH_CONFLICT_STATUS must be 409 or 412, and is "418"'],
    ["UNCLASH_PRIVATE_CALLBACKS", "1", 'UNCLASH_PRIVATE_CALLBACKS must be yes or no, and is "1"'],
    ["UNCLASH_TOKENS", "alice", /^UNCLASH_TOKENS must be name=token:role/],
    ["UNCLASH_STORE", "shop.db", /^UNCLASH_STORE must be sqlite:FILE, .* or memory:$/],
    ["UNCLASH_STORE", "sqlite:", /^UNCLASH_STORE must be sqlite:FILE, .* or memory:$/],
    ["UNCLASH_STORE", "memory:shop", /^UNCLASH_STORE must be sqlite:FILE, .* or memory:$/],
    ["UNCLASH_STORE", "postgres://u:secret@[db/shop", "UNCLASH_STORE is no URL that can be read"],
  ])("refuses %s=%s with a message that names it", (name, value, message) => {
    expect(() => readEnvironment({ [name]: value })).toThrowError(message);
  });
});
