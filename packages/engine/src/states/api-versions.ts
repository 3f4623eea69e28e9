import { ConfigurationError } from "@unclash/core";
import {
  anything,
  checkMembers,
  checkOptions,
  describeValue,
  isBoolean,
  nearestName,
  type OptionRule,
  type OptionRules,
  required,
} from "@unclash/core/options";
import type { Moment } from "@unclash/core/store";
import type { Schema } from "./schema.js";
import type { ShapeStep, StepOptions } from "./shape-step.js";

/** How long one API version is offered. */
export interface ApiVersionOptions {
  /**
   * Since when, or from when on, clients should use a later version (RFC 9745): a `Date`, a day in UTC such as
   * "2026-11-01", or a time of RFC 3339. @default it is not deprecated
   */
  readonly deprecatedAt?: Date | string;
  /**
   * When its requests begin to be refused (RFC 8594), in the same forms; not before `deprecatedAt`, which it needs.
   *
   * @default it does not end
   */
  readonly sunsetAt?: Date | string;
  /**
   * Its shape is known, but no client can ask for it, and new states are stored in the shape before it. So a new
   * version is brought out in two releases, and the processes of both read what either has written: the first one has
   * it as upcoming, and the second, once all processes run the first, drops this. Only the newest can be upcoming.
   *
   * @default false
   */
  readonly upcoming?: boolean;
}

/** The versions of an API. */
export interface ApiVersionsOptions<Name extends string = string> {
  /** The API's name in media types, `shop` for `application/vnd.shop.v1+json`: a-z, 0-9, `.` and `-`. */
  readonly name: string;
  /** The version of requests that choose none. */
  readonly default: NoInfer<Name>;
  /**
   * By name, from the oldest to the newest: all are numbers (`v1`, `v2`, `v2.1`), or all are days ("2026-11-01").
   * States are stored in the shape of the newest that is not upcoming, and remember its place in this list. So a
   * version is added at the end, and one that has ended stays.
   */
  readonly versions: Readonly<Record<Name, ApiVersionOptions>>;
}

/** One API version, resolved. */
export interface ApiVersion {
  readonly name: string;
  /** Its place among all, from 1: the number of the shape in the tags of states (see `createTag`). */
  readonly number: number;
  readonly deprecatedAt: Moment | undefined;
  readonly sunsetAt: Moment | undefined;
  /** No client can ask for it yet. */
  readonly isUpcoming: boolean;
  /** The version that clients of a deprecated one should use: the next one that is not deprecated itself. */
  readonly successor: string | undefined;
}

/** The versions of an API, checked. */
export interface ApiVersions<Name extends string = string> {
  readonly name: string;
  readonly default: ApiVersion;
  /** From the oldest to the newest, upcoming ones too. */
  readonly versions: readonly ApiVersion[];
  /** Those that clients can ask for, ended ones too. */
  readonly offered: readonly ApiVersion[];
  /** Whether they are named by days. */
  readonly isByDay: boolean;
  /**
   * Describes how the shape of a collection's resources changed from one API version to the next. What does not fit
   * the two schemas does not compile.
   *
   * @example api.step("v1", "v2", {
   *   from: articleV1,
   *   to: articleV2,
   *   up: ({ content, ...others }) => ({ ...others, body: content }),
   *   down: ({ body, ...others }) => ({ ...others, content: body }),
   *   renames: { "/content": "/body" },
   * })
   */
  step<From extends Schema, To extends Schema>(
    before: Name,
    after: Name,
    options: StepOptions<From, To>,
  ): ShapeStep<From, To>;
}

/** Versions that an API can have: each keeps its place for as long as states of its shape are stored. */
export const versionsMax = 1_000;

const numbered = /^v(?:0|[1-9]\d{0,5})(?:\.(?:0|[1-9]\d{0,5}))?$/;
const day = /^\d{4}-\d{2}-\d{2}$/;
const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** A time in one of the forms that people write; `undefined` for what is none, such as the 30th of February. */
function momentOf(value: unknown): Moment | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.getTime();
  if (typeof value !== "string" || !(isDay(value.slice(0, 10)) && (day.test(value) || time.test(value)))) {
    return undefined;
  }
  const moment = Date.parse(value);
  return Number.isNaN(moment) ? undefined : moment;
}

/** Whether a text is a day of the calendar, as in `2026-11-01`. */
export function isDay(text: string): boolean {
  if (!day.test(text)) return false;
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
}

const isMoment: OptionRule = (value) =>
  momentOf(value) === undefined ? 'must be a Date, a day such as "2026-11-01", or a time of RFC 3339' : undefined;

const rules: OptionRules<ApiVersionsOptions> = {
  name: required((value) =>
    typeof value === "string" && value.length <= 63 && /^[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*$/.test(value)
      ? undefined
      : "must be a name for media types, such as `shop`, of at most 63 of a-z, 0-9, `.` and `-`",
  ),
  default: required(anything),
  versions: required(anything),
};

const versionRules: OptionRules<ApiVersionOptions> = {
  deprecatedAt: isMoment,
  sunsetAt: isMoment,
  upcoming: isBoolean,
};

const made = new WeakSet<object>();

/** The option `apiVersions` of an engine. */
export const isApiVersions: OptionRule = (value) =>
  typeof value === "object" && value !== null && made.has(value)
    ? undefined
    : "must be what apiVersions({ name, default, versions }) returns";

/**
 * Names the versions of an API.
 *
 * @throws ConfigurationError that names the first option that can't be
 * @example apiVersions({
 *   name: "shop",
 *   default: "v2",
 *   versions: { v1: { deprecatedAt: "2026-11-01", sunsetAt: "2027-11-01" }, v2: {} },
 * })
 */
export function apiVersions<Name extends string>(options: ApiVersionsOptions<Name>): ApiVersions<Name> {
  checkOptions<ApiVersionsOptions>("apiVersions", options, rules);
  const { name, default: byDefault, versions: given } = options;
  checkMembers("apiVersions.versions", given, anything);
  const entries = Object.entries<ApiVersionOptions>(given);
  checkNames(entries.map(([each]) => each));
  const times = entries.map(([each, version]) => timesOf(`apiVersions.versions.${each}`, version));
  checkUpcoming(entries, byDefault);
  const newest = entries.findLastIndex(([, { upcoming }]) => upcoming !== true);
  if (times[newest]?.deprecatedAt !== undefined) {
    const problem = "must not be set: no later version could take the place of the newest one";
    throw new ConfigurationError(`apiVersions.versions.${entries[newest]?.[0]}.deprecatedAt`, problem);
  }
  const versions = entries.map(([each, { upcoming = false }], at): ApiVersion => {
    const { deprecatedAt, sunsetAt } = times[at] ?? {};
    const next = times.findIndex((later, place) => place > at && later.deprecatedAt === undefined);
    const successor = deprecatedAt === undefined ? undefined : entries[next]?.[0];
    return Object.freeze({ name: each, number: at + 1, deprecatedAt, sunsetAt, isUpcoming: upcoming, successor });
  });
  const offered = versions.filter(({ isUpcoming }) => !isUpcoming);
  const found = offered.find((version) => version.name === byDefault);
  if (found === undefined) throw new ConfigurationError("apiVersions.default", unknownVersion(byDefault, offered));
  const api: ApiVersions<Name> = Object.freeze({
    name,
    default: found,
    versions: Object.freeze(versions),
    offered: Object.freeze(offered),
    isByDay: isDay(found.name),
    step: createStep,
  });
  made.add(api);
  return api;
}

/** Only the newest versions can be upcoming, and those have no end yet, and are not the default. */
function checkUpcoming(entries: readonly (readonly [string, ApiVersionOptions])[], byDefault: string): void {
  for (const [at, [name, { upcoming, deprecatedAt }]] of entries.entries()) {
    const option = `apiVersions.versions.${name}`;
    if (upcoming === true && deprecatedAt !== undefined) {
      throw new ConfigurationError(`${option}.deprecatedAt`, "must not be set for a version that is still upcoming");
    }
    if (upcoming === true && entries.slice(at).some(([, later]) => later.upcoming !== true)) {
      throw new ConfigurationError(`${option}.upcoming`, "must not be set for a version before one that is offered");
    }
    if (upcoming === true && name === byDefault) {
      throw new ConfigurationError(
        `${option}.upcoming`,
        "must not be set for the default: no client can ask for it yet",
      );
    }
  }
}

function createStep<From extends Schema, To extends Schema>(
  before: string,
  after: string,
  options: StepOptions<From, To>,
): ShapeStep<From, To> {
  return Object.freeze({ before, after, options });
}

/** The text for a name that no version has. */
export function unknownVersion(name: unknown, versions: readonly ApiVersion[]): string {
  const known = versions.map((version) => version.name);
  const nearest = typeof name === "string" ? nearestName(name, known) : undefined;
  const hint = nearest === undefined ? "" : `. Did you mean \`${nearest}\`?`;
  return `must be one of the API versions ${known.join(", ")}, and is ${describeValue(name)}${hint}`;
}

function checkNames(names: readonly string[]): void {
  const option = "apiVersions.versions";
  if (names.length === 0 || names.length > versionsMax) {
    throw new ConfigurationError(option, `must name 1 to ${versionsMax} versions, and names ${names.length}`);
  }
  const isByDay = names.every(isDay);
  for (const name of names) {
    if (isByDay || numbered.test(name)) continue;
    const problem = "is no name for an API version: all of them are numbers (`v1`), or all are days (`2026-11-01`)";
    throw new ConfigurationError(`${option}.${name}`, problem);
  }
  for (const [at, name] of names.entries()) {
    const before = names[at - 1];
    if (before === undefined || isEarlier(before, name)) continue;
    throw new ConfigurationError(
      `${option}.${name}`,
      `must stand before \`${before}\`: the oldest version comes first`,
    );
  }
}

/** Whether one version's name comes before another's: days by their text, numbers by each of their parts. */
function isEarlier(one: string, other: string): boolean {
  if (isDay(one)) return one < other;
  const [[major = 0, minor = 0], [otherMajor = 0, otherMinor = 0]] = [partsOf(one), partsOf(other)];
  return major === otherMajor ? minor < otherMinor : major < otherMajor;
}

function partsOf(name: string): readonly number[] {
  return name.slice(1).split(".").map(Number);
}

function timesOf(option: string, given: unknown): Pick<ApiVersion, "deprecatedAt" | "sunsetAt"> {
  checkOptions<ApiVersionOptions>(option, given, versionRules);
  const [deprecatedAt, sunsetAt] = [momentOf(given.deprecatedAt), momentOf(given.sunsetAt)];
  if (sunsetAt === undefined) return { deprecatedAt, sunsetAt };
  if (deprecatedAt === undefined) {
    throw new ConfigurationError(`${option}.deprecatedAt`, "must be set where `sunsetAt` is");
  }
  if (sunsetAt < deprecatedAt) {
    throw new ConfigurationError(`${option}.sunsetAt`, "must not be earlier than `deprecatedAt` (RFC 9745 §4)");
  }
  return { deprecatedAt, sunsetAt };
}
