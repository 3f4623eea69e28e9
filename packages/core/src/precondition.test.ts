import { describe, expect, test } from "vitest";
import type { EntityTag, EntityTagList } from "./http/entity-tag.js";
import {
  type Conditions,
  type CurrentState,
  evaluatePreconditions,
  type PreconditionDecision,
  satisfiesRequirement,
} from "./precondition.js";

const strong = (opaque: string): EntityTag => ({ weak: false, opaque });
const weak = (opaque: string): EntityTag => ({ weak: true, opaque });
const any: EntityTagList = { kind: "any" };
const list = (...tags: EntityTag[]): EntityTagList => ({ kind: "tags", tags });

const SECOND = 1_767_225_600_000;
const absent: CurrentState = { kind: "absent" };
const current: CurrentState = { kind: "present", etag: strong("4-a"), modifiedAt: SECOND + 500, version: 4 };
const weaklyTagged: CurrentState = { ...current, etag: weak("4-a") };
const bare: CurrentState = { kind: "present" };
const inTwoVersions: CurrentState = { ...current, alsoKnownAs: [strong("4-a.v1"), weak("4-w")] };
const aloneInItsSecond: CurrentState = { ...current, aloneInItsSecond: true };

const PROCEED: PreconditionDecision = { kind: "proceed" };
const HONOUR: PreconditionDecision = { kind: "proceed", range: "honour" };
const IGNORE: PreconditionDecision = { kind: "proceed", range: "ignore" };
const NOT_MODIFIED: PreconditionDecision = { kind: "not-modified" };
const IF_MATCH: PreconditionDecision = { kind: "failed", condition: "if-match" };
const VERSION: PreconditionDecision = { kind: "failed", condition: "version" };
const ETAG: PreconditionDecision = { kind: "failed", condition: "etag" };
const IF_UNMODIFIED_SINCE: PreconditionDecision = { kind: "failed", condition: "if-unmodified-since" };
const IF_NONE_MATCH: PreconditionDecision = { kind: "failed", condition: "if-none-match" };

type Row = readonly [rule: string, method: string, Conditions, CurrentState, PreconditionDecision];

describe("If-Match (RFC 9110 §13.1.1)", () => {
  test.each<Row>([
    ["holds where a tag is the current one", "PUT", { ifMatch: list(strong("4-a")) }, current, PROCEED],
    ["holds where any tag of the list is", "PUT", { ifMatch: list(strong("3-b"), strong("4-a")) }, current, PROCEED],
    ["fails where none is", "PUT", { ifMatch: list(strong("3-b"), strong("5-c")) }, current, IF_MATCH],
    ["compares strongly: a weak tag in the request", "PUT", { ifMatch: list(weak("4-a")) }, current, IF_MATCH],
    ["compares strongly: a weak current tag", "PUT", { ifMatch: list(strong("4-a")) }, weaklyTagged, IF_MATCH],
    ["compares strongly: both weak", "PUT", { ifMatch: list(weak("4-a")) }, weaklyTagged, IF_MATCH],
    ["takes the star for any state", "PUT", { ifMatch: any }, current, PROCEED],
    ["takes the star for a state with a weak tag", "DELETE", { ifMatch: any }, weaklyTagged, PROCEED],
    ["takes the star for a state without a tag", "PATCH", { ifMatch: any }, bare, PROCEED],
    ["fails with a star where nothing is", "PUT", { ifMatch: any }, absent, IF_MATCH],
    ['takes "*" in quotes for an ordinary tag', "PUT", { ifMatch: list(strong("*")) }, current, IF_MATCH],
    ["fails with a tag where nothing is", "PUT", { ifMatch: list(strong("4-a")) }, absent, IF_MATCH],
    ["fails with a tag where the state has none", "PUT", { ifMatch: list(strong("4-a")) }, bare, IF_MATCH],
    ["takes a tag of another API version", "PUT", { ifMatch: list(strong("4-a.v1")) }, inTwoVersions, PROCEED],
    ["compares such a tag strongly", "PUT", { ifMatch: list(strong("4-w"), weak("4-a.v1")) }, inTwoVersions, IF_MATCH],
    ["fails a read too", "GET", { ifMatch: list(strong("3-b")) }, current, IF_MATCH],
    ["lets a read through", "HEAD", { ifMatch: list(strong("4-a")) }, current, PROCEED],
  ])("%s", (_, method, conditions, state, decision) => {
    expect(evaluatePreconditions(method, conditions, state)).toEqual(decision);
  });
});

describe("If-None-Match (RFC 9110 §13.1.2)", () => {
  test.each<Row>([
    ["answers a GET of the same tag with 304", "GET", { ifNoneMatch: list(strong("4-a")) }, current, NOT_MODIFIED],
    ["answers a HEAD of the same tag with 304", "HEAD", { ifNoneMatch: list(strong("4-a")) }, current, NOT_MODIFIED],
    ["compares weakly: a weak tag in the request", "GET", { ifNoneMatch: list(weak("4-a")) }, current, NOT_MODIFIED],
    ["compares weakly: a weak current tag", "GET", { ifNoneMatch: list(strong("4-a")) }, weaklyTagged, NOT_MODIFIED],
    ["is true where no tag is the current one", "GET", { ifNoneMatch: list(strong("3-b")) }, current, PROCEED],
    ["looks at every tag", "GET", { ifNoneMatch: list(strong("3-b"), strong("4-a")) }, current, NOT_MODIFIED],
    [
      "knows the state in this API version alone",
      "GET",
      { ifNoneMatch: list(strong("4-a.v1")) },
      inTwoVersions,
      PROCEED,
    ],
    ["fails a write of the same tag", "PUT", { ifNoneMatch: list(strong("4-a")) }, current, IF_NONE_MATCH],
    ["fails any other method of the same tag", "SEARCH", { ifNoneMatch: list(strong("4-a")) }, current, IF_NONE_MATCH],
    ["fails a PUT with a star where something is", "PUT", { ifNoneMatch: any }, current, IF_NONE_MATCH],
    ["fails a PUT with a star where a state without tag is", "PUT", { ifNoneMatch: any }, bare, IF_NONE_MATCH],
    ["lets a PUT with a star create", "PUT", { ifNoneMatch: any }, absent, PROCEED],
    ["lets a PUT with tags create", "PUT", { ifNoneMatch: list(strong("4-a")) }, absent, PROCEED],
    ["answers a GET with a star with 304", "GET", { ifNoneMatch: any }, current, NOT_MODIFIED],
    ["is true where the state has no tag", "GET", { ifNoneMatch: list(strong("4-a")) }, bare, PROCEED],
  ])("%s", (_, method, conditions, state, decision) => {
    expect(evaluatePreconditions(method, conditions, state)).toEqual(decision);
  });
});

describe("dates (RFC 9110 §13.1.3, §13.1.4)", () => {
  test.each<Row>([
    ["If-Modified-Since: same second is 304", "GET", { ifModifiedSince: SECOND }, current, NOT_MODIFIED],
    ["If-Modified-Since: later is 304", "HEAD", { ifModifiedSince: SECOND + 1000 }, current, NOT_MODIFIED],
    ["If-Modified-Since: earlier is 200", "GET", { ifModifiedSince: SECOND - 1000 }, current, PROCEED],
    ["If-Modified-Since: no date to compare", "GET", { ifModifiedSince: SECOND }, bare, PROCEED],
    ["If-Modified-Since: nothing there", "GET", { ifModifiedSince: SECOND }, absent, PROCEED],
    ["If-Modified-Since: only for reads", "PUT", { ifModifiedSince: SECOND + 1000 }, current, PROCEED],
    ["If-Unmodified-Since: same second holds", "PUT", { ifUnmodifiedSince: SECOND }, current, PROCEED],
    ["If-Unmodified-Since: later holds", "PUT", { ifUnmodifiedSince: SECOND + 1000 }, current, PROCEED],
    ["If-Unmodified-Since: earlier fails", "PUT", { ifUnmodifiedSince: SECOND - 1000 }, current, IF_UNMODIFIED_SINCE],
    [
      "If-Unmodified-Since: the second before fails",
      "PUT",
      { ifUnmodifiedSince: SECOND - 1 },
      current,
      IF_UNMODIFIED_SINCE,
    ],
    ["If-Unmodified-Since: reads too", "GET", { ifUnmodifiedSince: SECOND - 1000 }, current, IF_UNMODIFIED_SINCE],
    ["If-Unmodified-Since: no date to compare", "PUT", { ifUnmodifiedSince: SECOND - 1000 }, bare, PROCEED],
    ["If-Unmodified-Since: nothing there", "PUT", { ifUnmodifiedSince: SECOND - 1000 }, absent, PROCEED],
  ])("%s", (_, method, conditions, state, decision) => {
    expect(evaluatePreconditions(method, conditions, state)).toEqual(decision);
  });
});

describe("the body's version", () => {
  test.each<Row>([
    ["holds where it is the current one", "PUT", { version: 4 }, current, PROCEED],
    ["fails where it is an older one", "PUT", { version: 3 }, current, VERSION],
    ["fails where it is a newer one", "PUT", { version: 5 }, current, VERSION],
    ["fails where nothing is", "PUT", { version: 4 }, absent, VERSION],
    ["fails where the state has none", "PATCH", { version: 4 }, bare, VERSION],
    ["must hold beside If-Match", "PUT", { ifMatch: list(strong("4-a")), version: 3 }, current, VERSION],
    ["holds beside If-Match", "PUT", { ifMatch: list(strong("4-a")), version: 4 }, current, PROCEED],
    ["comes after If-Match", "PUT", { ifMatch: list(strong("3-b")), version: 3 }, current, IF_MATCH],
    ["comes before If-Unmodified-Since", "PUT", { version: 3, ifUnmodifiedSince: 0 }, current, VERSION],
    ["does not replace If-Unmodified-Since", "PUT", { version: 4, ifUnmodifiedSince: 0 }, current, IF_UNMODIFIED_SINCE],
    ["comes before If-None-Match", "PUT", { version: 3, ifNoneMatch: any }, current, VERSION],
  ])("%s", (_, method, conditions, state, decision) => {
    expect(evaluatePreconditions(method, conditions, state)).toEqual(decision);
  });
});

describe("the body's entity-tag", () => {
  test.each<Row>([
    ["holds where it is the current one", "PUT", { etag: strong("4-a") }, current, PROCEED],
    ["fails where it is another one", "PUT", { etag: strong("3-b") }, current, ETAG],
    ["fails where it is weak", "PATCH", { etag: weak("4-a") }, current, ETAG],
    ["fails where nothing is", "PUT", { etag: strong("4-a") }, absent, ETAG],
    ["fails where the state has none", "PUT", { etag: strong("4-a") }, bare, ETAG],
    ["holds in another API version", "PUT", { etag: strong("4-a.v1") }, inTwoVersions, PROCEED],
    ["comes after If-Match", "PUT", { ifMatch: list(strong("3-b")), etag: strong("3-b") }, current, IF_MATCH],
    ["comes after the version", "PUT", { version: 3, etag: strong("3-b") }, current, VERSION],
    ["must hold beside the version", "PUT", { version: 4, etag: strong("3-b") }, current, ETAG],
    ["comes before If-None-Match", "PUT", { etag: strong("3-b"), ifNoneMatch: any }, current, ETAG],
  ])("%s", (_, method, conditions, state, decision) => {
    expect(evaluatePreconditions(method, conditions, state)).toEqual(decision);
  });
});

describe("the order (RFC 9110 §13.2.2)", () => {
  const hit = list(strong("4-a"));
  const miss = list(strong("3-b"));
  test.each<Row>([
    ["If-Match before If-None-Match on a read", "GET", { ifMatch: miss, ifNoneMatch: hit }, current, IF_MATCH],
    ["If-None-Match after If-Match that holds", "GET", { ifMatch: hit, ifNoneMatch: hit }, current, NOT_MODIFIED],
    ["If-None-Match after If-Match on a write", "PUT", { ifMatch: hit, ifNoneMatch: hit }, current, IF_NONE_MATCH],
    ["If-Match silences If-Unmodified-Since", "PUT", { ifMatch: hit, ifUnmodifiedSince: 0 }, current, PROCEED],
    [
      "If-Unmodified-Since before If-None-Match",
      "GET",
      { ifUnmodifiedSince: 0, ifNoneMatch: hit },
      current,
      IF_UNMODIFIED_SINCE,
    ],
    [
      "If-None-Match after If-Unmodified-Since",
      "GET",
      { ifUnmodifiedSince: SECOND, ifNoneMatch: hit },
      current,
      NOT_MODIFIED,
    ],
    [
      "If-None-Match silences If-Modified-Since",
      "GET",
      { ifNoneMatch: miss, ifModifiedSince: SECOND },
      current,
      PROCEED,
    ],
    [
      "If-None-Match wins over If-Modified-Since",
      "GET",
      { ifNoneMatch: hit, ifModifiedSince: 0 },
      current,
      NOT_MODIFIED,
    ],
    ["If-Modified-Since after If-Match", "GET", { ifMatch: hit, ifModifiedSince: SECOND }, current, NOT_MODIFIED],
    ["no condition at all", "PUT", {}, current, PROCEED],
  ])("%s", (_, method, conditions, state, decision) => {
    expect(evaluatePreconditions(method, conditions, state)).toEqual(decision);
  });

  test.each(["OPTIONS", "TRACE", "CONNECT"])("%s has no conditions", (method) => {
    const conditions = { ifMatch: miss, ifNoneMatch: any, version: 3, ifUnmodifiedSince: 0, ifModifiedSince: SECOND };
    expect(evaluatePreconditions(method, conditions, current)).toEqual(PROCEED);
  });
});

describe("If-Range (RFC 9110 §13.1.5)", () => {
  const tag = (value: EntityTag): Conditions => ({ ifRange: { kind: "tag", tag: value } });
  const date = (value: number): Conditions => ({ ifRange: { kind: "date", date: value } });
  test.each<Row>([
    ["the current tag: the range", "GET", tag(strong("4-a")), current, HONOUR],
    ["another tag: the whole", "GET", tag(strong("3-b")), current, IGNORE],
    ["a weak tag: the whole", "GET", tag(weak("4-a")), current, IGNORE],
    ["a weak current tag: the whole", "GET", tag(strong("4-a")), weaklyTagged, IGNORE],
    ["no current tag: the whole", "GET", tag(strong("4-a")), bare, IGNORE],
    ["the date of a state alone in its second: the range", "GET", date(SECOND), aloneInItsSecond, HONOUR],
    ["a date that others may share: the whole", "GET", date(SECOND), current, IGNORE],
    ["a later date: the whole", "GET", date(SECOND + 1000), aloneInItsSecond, IGNORE],
    ["an earlier date: the whole", "GET", date(SECOND - 1000), aloneInItsSecond, IGNORE],
    ["no date to compare: the whole", "GET", date(SECOND), { kind: "present", aloneInItsSecond: true }, IGNORE],
    ["nothing readable: the whole", "GET", { ifRange: { kind: "unreadable" } }, aloneInItsSecond, IGNORE],
    ["nothing there: the whole", "GET", tag(strong("4-a")), absent, IGNORE],
    ["not on HEAD", "HEAD", tag(strong("3-b")), current, PROCEED],
    ["after 304", "GET", { ...tag(strong("3-b")), ifNoneMatch: list(strong("4-a")) }, current, NOT_MODIFIED],
    ["after If-Match", "GET", { ...tag(strong("4-a")), ifMatch: list(strong("3-b")) }, current, IF_MATCH],
  ])("%s", (_, method, conditions, state, decision) => {
    expect(evaluatePreconditions(method, conditions, state)).toEqual(decision);
  });
});

describe("a required precondition", () => {
  test.each<[string, string, Conditions, boolean, boolean]>([
    ["none", "PUT", {}, false, false],
    ["If-Match", "PUT", { ifMatch: list(strong("a")) }, true, true],
    ["If-Match with a weak tag, which will fail", "PUT", { ifMatch: list(weak("a")) }, true, true],
    ["If-Match: *", "DELETE", { ifMatch: any }, true, true],
    ["the body's version", "PATCH", { version: 4 }, true, true],
    ["the body's version 0", "PUT", { version: 0 }, true, true],
    ["the body's entity-tag", "PATCH", { etag: strong("a") }, true, true],
    ["a date alone", "PUT", { ifUnmodifiedSince: SECOND }, false, true],
    ["a date at the beginning of time", "PUT", { ifUnmodifiedSince: 0 }, false, true],
    ["a date beside If-Match", "PUT", { ifUnmodifiedSince: SECOND, ifMatch: any }, true, true],
    ["If-Modified-Since", "PUT", { ifModifiedSince: SECOND }, false, false],
    ["If-None-Match: * on PUT", "PUT", { ifNoneMatch: any }, true, true],
    ["If-None-Match: * on PATCH", "PATCH", { ifNoneMatch: any }, false, false],
    ["If-None-Match: * on DELETE", "DELETE", { ifNoneMatch: any }, false, false],
    ["If-None-Match with tags", "PUT", { ifNoneMatch: list(strong("a")) }, false, false],
  ])("%s on %s", (_, method, conditions, withoutDates, withDates) => {
    expect(satisfiesRequirement(method, conditions, { datesSuffice: false })).toBe(withoutDates);
    expect(satisfiesRequirement(method, conditions, { datesSuffice: true })).toBe(withDates);
  });
});
