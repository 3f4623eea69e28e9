import { CallbackError, type Problem } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import { isPromise } from "@unclash/core/options";
import { callObserver } from "../observing/observer.js";
import { wrongResult } from "../options/callback-result.js";
import type { Loaded } from "../states/loaded-state.js";
import { representedObject } from "../states/represented.js";
import type { GuardOptions } from "./guard-options.js";

type Callbacks = GuardOptions<unknown, Loaded>;

/** Gives the name of a resource, or nothing: which nothing may be, and when, is for the exchange to say. */
export type CheckedResource = (request: unknown) => string | null | undefined;

/** Holds what `resource` returns against what it may return: the name of a resource, or nothing. */
export function checkedResource(resource: NonNullable<Callbacks["resource"]>): CheckedResource {
  return (request) => {
    const name: unknown = resource(request);
    if (name === undefined || name === null || (typeof name === "string" && name !== "")) return name;
    throw wrongResult("resource", "the name of the resource, a non-empty string, or null", name);
  };
}

/** Gives the name of a request's route, or nothing. */
export type CheckedRoute = (request: unknown) => string | undefined;

/**
 * Holds what `route` returns against what it may return. It is called for observers alone: where it fails, there is a
 * warning, and no name.
 */
export function checkedRoute(route: NonNullable<Callbacks["route"]>): CheckedRoute {
  const named = (request: unknown): string | undefined => {
    const name: unknown = route(request);
    if (name === undefined || name === null) return undefined;
    if (typeof name === "string") return name;
    throw wrongResult("route", "the name of the route, or nothing", name);
  };
  return (request) => callObserver("route", named, request);
}

/** What clients may see of a value, as JSON; nothing, where that is nothing. */
export type CheckedRepresent = (value: unknown, request: unknown) => JsonObject | undefined;

/** Holds what `represent` returns against what it may return: an object, or nothing. */
export function checkedRepresent(represent: NonNullable<Callbacks["represent"]>): CheckedRepresent {
  return (value, request) => {
    const shown: unknown = represent(value, request);
    if (shown === undefined || shown === null) return undefined;
    if (isObject(shown)) return representedObject("represent", shown);
    throw wrongResult("represent", "an object that can be sent as JSON, or nothing", shown);
  };
}

/** Holds what `problem` returns against what can be sent. */
export function checkedProblem(problem: NonNullable<Callbacks["problem"]>): NonNullable<Callbacks["problem"]> {
  return (given: Problem, request) => {
    const own: unknown = problem(given, request);
    if (own === undefined || own === given || typeof own === "string") return own;
    if (typeof own !== "function" && typeof own !== "symbol" && !isPromise(own) && isSendable(own)) return own;
    throw wrongResult("problem", "text, or what can be sent as JSON", own);
  };
}

function isSendable(own: unknown): boolean {
  try {
    return JSON.stringify(own) !== undefined;
  } catch (cause) {
    throw new CallbackError("problem", `must return text, or what can be sent as JSON: ${String(cause)}`, { cause });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isPromise(value);
}
