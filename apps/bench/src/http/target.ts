import type { Ask } from "./cell.js";
import type { Measured } from "./measured.js";
import type { FrameworkName } from "./servers/all.js";

/** What a cell should cost: a bound on the processor time per request, of the bare server's or of the peer's. */
export interface Target {
  readonly of: "bare" | "peer";
  readonly max: number;
}

const toBare: Readonly<Record<Exclude<Ask, "GET 304">, Readonly<Record<FrameworkName, number>>>> = {
  "GET 200": { express: 1.15, koa: 1.3, fastify: 1.3, node: 1.3 },
  PUT: { express: 1.35, koa: 1.6, fastify: 1.6, node: 1.6 },
};

/** The target of a cell; a 304 has one only where the framework gives 304s by itself. */
export function targetOf(framework: FrameworkName, ask: Ask): Target | undefined {
  if (ask !== "GET 304") return { of: "bare", max: toBare[ask][framework] };
  return framework === "express" ? { of: "peer", max: 1 } : undefined;
}

/** Whether a cell meets its target; `undefined` where it has none. */
export function isMet({ framework, cell, ratios, cpuToPeer }: Measured): boolean | undefined {
  const target = targetOf(framework, cell.ask);
  if (target === undefined) return undefined;
  const ratio = target.of === "peer" ? cpuToPeer : ratios.unclash?.cpuMicrosPerRequest;
  return ratio !== undefined && ratio <= target.max;
}
