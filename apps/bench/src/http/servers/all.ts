import { express } from "./express.js";
import { fastify } from "./fastify.js";
import { koa } from "./koa.js";
import { node } from "./node.js";
import type { Framework } from "./variant.js";

export type FrameworkName = "express" | "koa" | "fastify" | "node";

export const frameworks: Readonly<Record<FrameworkName, Framework>> = { express, koa, fastify, node };

export const frameworkNames: readonly FrameworkName[] = ["express", "koa", "fastify", "node"];

export function isFrameworkName(name: string): name is FrameworkName {
  return Object.hasOwn(frameworks, name);
}
