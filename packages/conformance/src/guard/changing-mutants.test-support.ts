import type { GuardMutant } from "./twists.test-support.js";
import { handle, header, options, passing, sent, withHeaders, without } from "./twists.test-support.js";

const json = "applyChange gives what a PUT, a merge patch and a JSON Patch ask for, without id, version and entity-tag";
const refusals =
  "applyChange refuses another media type, what is malformed, what can't be applied, and what is not valid";
const pages = "a list comes page by page, and each page names the next one";
const validators = "a page has an entity-tag of its own, for 304 and 412, which changes with any of its items";

/** Faults in how content becomes fields, and rows a page. */
export const changingMutants: readonly GuardMutant[] = [
  {
    does: "takes a JSON Patch for a merge patch",
    twist: header("content-type", (value) => value.replace("json-patch", "merge-patch")),
    caughtBy: json,
  },
  {
    does: "takes any PATCH for a merge patch",
    twist: {
      facts: (facts) =>
        facts.method === "PATCH" && facts.headers["content-type"] === "application/json"
          ? { ...facts, headers: { ...facts.headers, "content-type": "application/merge-patch+json" } }
          : facts,
    },
    caughtBy: refusals,
  },
  {
    does: "does not see the content",
    twist: { facts: (facts) => ({ ...facts, body: { kind: "parsed", value: {} } }) },
    caughtBy: json,
  },
  {
    does: "gives the content for the fields, whatever it is",
    twist: {
      context: (context, { body }) => ({ ...context, applyChange: async () => Object(body) }),
    },
    caughtBy: refusals,
  },
  {
    does: "tells nobody which types a PATCH may have",
    twist: sent((answer) => withHeaders(answer, { "accept-patch": undefined })),
    caughtBy: refusals,
  },
  {
    does: "checks no content before preconditions",
    twist: options((given) => ({ ...given, checkContent: false })),
    caughtBy:
      "with checkContent, content is refused before preconditions are looked at, and all that is malformed at once",
  },
  {
    does: "checks content first, though nobody has asked for that",
    twist: options((given) => ({ ...given, checkContent: true })),
    caughtBy: "preconditions are looked at before content is, unless the app says otherwise",
  },
  {
    does: "swallows the query",
    twist: { facts: (facts) => ({ ...facts, query: "" }) },
    caughtBy: "what is malformed about a page is named, all at once",
  },
  {
    does: "puts nothing of a page on the response",
    twist: passing((guardedResponse) => {
      guardedResponse.showPage = () => {};
    }),
    caughtBy: validators,
  },
  {
    does: "links no page to the next",
    twist: passing((guardedResponse) => {
      const showPage = guardedResponse.showPage.bind(guardedResponse);
      guardedResponse.showPage = ({ link: _, ...headers }) => showPage(headers);
    }),
    caughtBy: pages,
  },
  {
    does: "begins each page at the first row",
    twist: handle(({ readPage }) => ({
      readPage: (paging) => {
        const page = readPage(paging);
        return { ...page, after: undefined, answer: (rows) => page.answer(rows.slice(1)) };
      },
    })),
    caughtBy: pages,
  },
  {
    does: "sends items without their entity-tags",
    twist: options(({ etagField: _, ...given }) => given),
    caughtBy: "an item of a list can be edited and put back: its entity-tag is the precondition",
  },
  {
    does: "swallows If-Match at lists",
    twist: without("if-match"),
    caughtBy: "a list is no state that a creation can be held against",
  },
];
