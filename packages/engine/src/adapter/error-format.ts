import { type Problem, problemTypePrefix } from "@unclash/core";
import { isFunction, isText, type OptionRules } from "@unclash/core/options";
import { checkedProblem } from "../guards/guard-callbacks.js";
import { formatProblem } from "../guards/own-format.js";
import type { ProblemSource } from "../http/responses.js";

/** The format of the errors that no guard made; what guards throw has the format of its guard. */
export interface ErrorFormat<Native> {
  /** What a problem's `type` begins with. @default "urn:problem-type:unclash:" */
  readonly problemTypePrefix?: string;
  /**
   * An app's own format for errors, as guards have it: text, or what becomes JSON. What it gives is sent in place of
   * the problem; status and headers stay.
   *
   * @default application/problem+json (RFC 9457)
   * @example problem: ({ status, title }) => ({ error: { status, title } })
   */
  problem?(problem: Problem, request: Native): unknown;
}

export const errorFormatRules: OptionRules<ErrorFormat<unknown>> = { problemTypePrefix: isText, problem: isFunction };

/**
 * Resolves a format once.
 *
 * @returns gives, for a request and its path, what the problems of that request are made from
 */
export function problemSources<Native>({
  problemTypePrefix: typePrefix = problemTypePrefix,
  problem,
}: ErrorFormat<Native>): (instance: string, request: Native) => ProblemSource {
  const settings = { problemTypePrefix: typePrefix };
  const format = problem && checkedProblem(problem);
  return (instance, request) => ({ instance, settings, format: (each) => formatProblem(format, each, request) });
}
