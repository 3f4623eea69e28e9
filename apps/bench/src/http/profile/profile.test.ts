import type { Profiler } from "node:inspector";
import { describe, expect, it } from "vitest";
import { byGroup, selfTimes } from "./profile.js";

function node(id: number, functionName: string, url: string): Profiler.ProfileNode {
  return { id, callFrame: { functionName, url, scriptId: "1", lineNumber: 9, columnNumber: 0 } };
}

const profile: Profiler.Profile = {
  startTime: 0,
  endTime: 0,
  nodes: [
    node(1, "(idle)", ""),
    node(2, "handle", "file:///home/x/packages/engine/dist/index.js"),
    node(3, "handle", "file:///home/x/packages/engine/dist/index.js"),
    node(4, "", "/x/node_modules/.pnpm/zod@4/node_modules/zod/core.js"),
    node(5, "next", "/x/node_modules/.pnpm/@koa+body@1/node_modules/@koa/body/index.js"),
    node(6, "write", "node:net"),
    node(7, "writev", ""),
    node(8, "(garbage collector)", ""),
    node(9, "respond", "file:///home/x/apps/bench/dist/http/serve.js"),
  ],
  samples: [1, 2, 3, 4, 5, 6, 7, 8, 9, 4],
  timeDeltas: [1_000, 5, 10, 1, 2, 3, 4, 6, 7, 1],
};

describe("a profile", () => {
  it("leaves out waiting, and adds up the calls of one function", () => {
    expect(selfTimes(profile).slice(0, 2)).toEqual([
      { name: "handle", group: "unclash", micros: 15 },
      { name: "respond", group: "the server's own code", micros: 7 },
    ]);
  });

  it("names a function without a name by its line", () => {
    expect(selfTimes(profile)).toContainEqual({ name: "anonymous:10", group: "zod", micros: 2 });
  });

  it("adds up what belongs to one package", () => {
    expect(Object.fromEntries(byGroup(selfTimes(profile)))).toEqual({
      unclash: 15,
      "the server's own code": 7,
      "(garbage collector)": 6,
      V8: 4,
      node: 3,
      zod: 2,
      "@koa/body": 2,
    });
  });
});
