import { formatHttpDate } from "@unclash/core";
import type { Moment } from "@unclash/core/store";
import { warnOnce } from "../options/warnings.js";
import { type ApiVersion, type ApiVersions, isDay } from "../states/api-versions.js";

/** What of a request says in which API version it is. */
export interface VersionedRequest {
  /** Below the mount, as it came: `/v1/articles/1`. */
  readonly path: string;
  /** `Accept`; several lines joined by commas. */
  readonly accept: string | undefined;
  /** `API-Version`; several lines joined by commas, which name no version. */
  readonly apiVersion: string | undefined;
}

/** What chose an API version. */
export type ChosenBy = "path" | "accept" | "api-version" | "default";

/** The API version of a request; or why it has none. */
export type ApiVersionChoice =
  | {
      readonly kind: "chosen";
      readonly version: ApiVersion;
      readonly by: ChosenBy;
      /** The path without the API version in front. */
      readonly path: string;
    }
  /** 410: the version is past its sunset. */
  | { readonly kind: "ended"; readonly version: ApiVersion; readonly by: ChosenBy; readonly path: string }
  /**
   * - `not-acceptable`, 406: `Accept` names media types of this API alone, and none of them can be given.
   * - `unknown`, 400: `API-Version` names no version.
   * - `contradictory`, 400: `API-Version` names another version than the path or `Accept`.
   */
  | { readonly kind: "not-acceptable" | "unknown" | "contradictory"; readonly path: string };

/**
 * Chooses the API version of a request: by the first segment of its path, by `Accept` (`application/vnd.shop.v1+json`),
 * by `API-Version`, or else the default.
 *
 * - A path that begins with no version's name is one without a version: a route will be found for it, or none.
 * - Of the API's own media types in `Accept` the one with the highest weight counts that is known and has not ended; of
 *   equal ones the first. Any other range with a higher weight is preferred: it is content with the default.
 * - `API-Version` is the name of a version; where these are days, the newest version on or before that day counts.
 * - What is said twice must agree.
 */
export function chooseApiVersion(api: ApiVersions, request: VersionedRequest, now: Moment): ApiVersionChoice {
  const { version: first, path } = versionInPath(api, request.path);
  const named = request.apiVersion === undefined ? undefined : namedVersion(api, request.apiVersion.trim());
  if (named === undefined && request.apiVersion !== undefined) return { kind: "unknown", path };
  const accepted = request.accept === undefined ? nothingAsked : acceptedVersion(api, request.accept, { first, now });
  if (accepted.kind === "not-acceptable") return { kind: "not-acceptable", path };
  const said = first ?? accepted.version;
  if (said !== undefined && named !== undefined && said !== named) return { kind: "contradictory", path };
  const version = said ?? named ?? api.default;
  const by = first ? "path" : accepted.version ? "accept" : named ? "api-version" : "default";
  return { kind: hasEnded(version, now) ? "ended" : "chosen", version, by, path };
}

/** Whether a version is past its sunset. */
function hasEnded({ sunsetAt }: ApiVersion, now: Moment): boolean {
  return sunsetAt !== undefined && sunsetAt <= now;
}

/** Warns of an API whose default has ended: whoever chooses no version is refused. */
export function warnOfEndedDefault(api: ApiVersions, now: Moment): void {
  const { name, sunsetAt } = api.default;
  if (!hasEnded(api.default, now)) return;
  warnOnce(
    "UNCLASH_DEFAULT_ENDED",
    api,
    `apiVersions.default is ${name}, whose sunsetAt was ${new Date(sunsetAt ?? 0).toISOString()}: each request that ` +
      "chooses no version is answered 410. Make another version the default, or move its sunsetAt.",
  );
}

function namedVersion({ offered, isByDay }: ApiVersions, name: string): ApiVersion | undefined {
  if (!isByDay) return offered.find((version) => version.name === name);
  return isDay(name) ? offered.findLast((version) => version.name <= name) : undefined;
}

/** The version that a path begins with, and the path behind it. */
export function versionInPath(
  { offered }: ApiVersions,
  path: string,
): { readonly version?: ApiVersion; readonly path: string } {
  const end = path.indexOf("/", 1);
  const segment = path.slice(1, end === -1 ? undefined : end);
  const version = offered.find(({ name }) => name === segment);
  if (version === undefined) return { path };
  return { version, path: end === -1 ? "/" : path.slice(end) };
}

type Accepted = { readonly kind: "accepted"; readonly version?: ApiVersion } | { readonly kind: "not-acceptable" };

const nothingAsked: Accepted = { kind: "accepted" };

/** What the rest of a choice depends on. */
interface Given {
  /** The version that the path names. */
  readonly first: ApiVersion | undefined;
  readonly now: Moment;
}

/** The version of which `Accept` names the media type; none where it is content with another one. */
function acceptedVersion(api: ApiVersions, accept: string, { first, now }: Given): Accepted {
  const ranges = rangesOf(accept).map(({ name, weight }) => ({ own: ownVersion(api, name), weight }));
  const wanted = ranges.filter(({ own, weight }) => own !== undefined && weight > 0);
  if (wanted.length === 0) return nothingAsked;
  const otherWeight = Math.max(0, ...ranges.filter(({ own }) => own === undefined).map(({ weight }) => weight));
  wanted.sort((one, other) => other.weight - one.weight);
  const known = wanted.flatMap(({ own, weight }) => (typeof own === "object" ? [{ version: own, weight }] : []));
  if (first !== undefined) {
    const isAccepted = otherWeight > 0 || known.some(({ version }) => version === first);
    return isAccepted ? nothingAsked : { kind: "not-acceptable" };
  }
  const live = known.find(({ version }) => !hasEnded(version, now));
  if (live !== undefined && live.weight >= otherWeight) return { kind: "accepted", version: live.version };
  if (otherWeight > 0) return nothingAsked;
  const [ended] = known;
  return ended === undefined ? { kind: "not-acceptable" } : { kind: "accepted", version: ended.version };
}

/** The version that one of the API's own media types names, `"unknown"` where it has none of that name. */
function ownVersion({ name, offered }: ApiVersions, mediaType: string): ApiVersion | "unknown" | undefined {
  const [, version] = /^application\/vnd\.(.+)\+json$/.exec(mediaType) ?? [];
  if (version?.startsWith(`${name}.`) !== true) return undefined;
  const written = version.slice(name.length + 1);
  // Another API's name may begin with this one's: `shop.admin.v1`.
  if (!/^v?\d[\d.-]*$/.test(written)) return undefined;
  return offered.find((each) => each.name === written) ?? "unknown";
}

interface MediaRange {
  /** In lower case. */
  readonly name: string;
  readonly weight: number;
}

/** The members of `Accept` (RFC 9110 §12.5.1); a weight that can't be read is 1. */
function rangesOf(accept: string): readonly MediaRange[] {
  // What stands in quotes is a parameter's value, which does not count here.
  const members = accept
    .toLowerCase()
    .replaceAll(/"(?:\\.|[^"\\])*"?/g, '""')
    .split(",");
  return members.map((member) => {
    const [name = "", ...parameters] = member.split(";").map((part) => part.trim());
    const weight = parameters.map((parameter) => /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(parameter)?.[1]);
    return { name, weight: Number(weight.find((given) => given !== undefined) ?? 1) };
  });
}

/**
 * The header fields that a request's API version adds to any answer in it.
 *
 * @param successorPath where the same is in the version's successor: a URL path that is safe in a header
 */
export function apiVersionFields(
  { version, by }: { readonly version: ApiVersion; readonly by: ChosenBy },
  successorPath: string,
): Readonly<Record<string, string>> {
  const { name, deprecatedAt, sunsetAt, successor } = version;
  return {
    // A path with a version says all: only where it has none do the headers matter.
    ...(by !== "path" && { vary: "accept, api-version" }),
    ...((by === "accept" || by === "api-version") && { "api-version": name }),
    ...(deprecatedAt !== undefined && { deprecation: `@${Math.floor(deprecatedAt / 1_000)}` }),
    ...(sunsetAt !== undefined && { sunset: formatHttpDate(sunsetAt) }),
    ...(successor !== undefined && { link: `<${successorPath}>; rel="successor-version"` }),
  };
}
