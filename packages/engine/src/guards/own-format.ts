import type { Problem } from "@unclash/core";
import { jsonType, type ProblemContent } from "../http/responses.js";
import type { GuardOptions } from "./guard-options.js";

/** An app's own format for errors. */
type Format = GuardOptions<unknown, never>["problem"];

/** The content of a problem in an app's own format; nothing where there is none, or it leaves the problem as it is. */
export function formatProblem(format: Format, problem: Problem, request: unknown): ProblemContent | undefined {
  const own = format?.(problem, request);
  if (own === undefined || own === problem) return undefined;
  if (typeof own === "string") return { type: "text/plain; charset=utf-8", text: own };
  return { type: jsonType, text: JSON.stringify(own) ?? "" };
}
