import { isGuardError } from "unclash/adapter";
import {
  type GuardMutant,
  loaded,
  options,
  outcome,
  passing,
  sendFirstHeaderTwice,
  sent,
  withHeaders,
} from "./twists.test-support.js";

/** Faults in the responses. */
export const answerMutants: readonly GuardMutant[] = [
  {
    does: "forgets what it was told of the new state",
    twist: outcome(() => ({ updated: () => '"7"' })),
    caughtBy: "the functions of a guard can be taken out of it, and updated gives the entity-tag",
  },
  {
    does: "leaves the handler's own entity-tag after a write",
    twist: passing((guardedResponse) => {
      const finish = guardedResponse.finish.bind(guardedResponse);
      guardedResponse.finish = (status, current) => ({ ...finish(status, current), remove: [] });
    }),
    caughtBy: "after an unsafe method an ETag is sent only where updated was called, and only with success",
  },
  {
    does: "sends the new entity-tag with a failure too",
    twist: passing((guardedResponse) => {
      const finish = guardedResponse.finish.bind(guardedResponse);
      guardedResponse.finish = (_status, current) => finish(200, current);
    }),
    caughtBy: "after an unsafe method an ETag is sent only where updated was called, and only with success",
  },
  {
    does: "leaves the validators on an error",
    twist: passing((guardedResponse) => {
      const finish = guardedResponse.finish.bind(guardedResponse);
      guardedResponse.finish = (_status, current) => finish(200, current);
    }),
    caughtBy: "an error that a read's handler answers carries no validators",
  },
  {
    does: "names preferences that nobody has honoured",
    twist: passing((guardedResponse) => guardedResponse.apply("return=minimal")),
    caughtBy: "return=minimal is honoured by a handler that asks for it, and only then named as applied",
  },
  {
    does: "puts nothing on the response",
    twist: { pass: () => {} },
    caughtBy:
      "check: an If-Match of the current state lets the write through, and the answer has the " +
      "entity-tag of the new one",
  },
  {
    does: "says nothing of the last change",
    twist: loaded(({ modifiedAt: _modifiedAt, ...rest }) => rest),
    caughtBy: "a GET says when the state was written, and that caches must ask",
  },
  {
    does: "takes a date's seconds for its version",
    twist: loaded(({ version, ...rest }) => ({
      ...rest,
      version: version instanceof Date ? new Date(Math.floor(version.getTime() / 1_000) * 1_000) : version,
    })),
    caughtBy: "a GET has the entity-tag of its state, and the one that a write gives is that of the next GET: stamped",
  },
  {
    does: "makes the entity-tag from the version though the app has its own",
    twist: loaded(({ etag: _etag, ...rest }) => rest),
    caughtBy: "a GET has the entity-tag of its state, and the one that a write gives is that of the next GET: named",
  },
  {
    does: "lets caches keep what they have",
    twist: options((given) => ({ ...given, cacheControl: "public" })),
    caughtBy: "a GET says when the state was written, and that caches must ask",
  },
  {
    does: "forgets the headers of credentials",
    twist: options(({ credentialHeaders: _headers, ...rest }) => rest),
    caughtBy: "with an actor, caches are private; with identify, they go by the headers that it looks at",
  },
  {
    does: "identifies nobody",
    twist: options(({ identify: _identify, ...rest }) => rest),
    caughtBy: "wrong credentials are 401 with the app's challenge, before anything else",
  },
  {
    does: "treats HEAD as a method of its own",
    twist: { facts: (facts) => (facts.method === "HEAD" ? { ...facts, method: "TRACE" } : facts) },
    caughtBy: "HEAD is GET without content",
  },
  {
    does: "sends a header twice",
    twist: { send: sendFirstHeaderTwice },
    caughtBy: "row 1: an unsafe request that does not say which state it is for is 428",
  },
  {
    does: "lets caches keep problems",
    twist: sent((answer) => withHeaders(answer, { "cache-control": undefined })),
    caughtBy: "row 1: an unsafe request that does not say which state it is for is 428",
  },
  {
    does: "sends problems as plain JSON",
    twist: sent((answer) =>
      answer.status < 400 ? answer : withHeaders(answer, { "content-type": "application/json" }),
    ),
    caughtBy: "what is not there is 404 for every method, before anything else is asked of it",
  },
  {
    does: "sends no entity-tag with 304",
    twist: sent((answer) => withHeaders(answer, { etag: undefined })),
    caughtBy: "a 304 by If-None-Match has the headers that the 200 has, and no content",
  },
  {
    does: "swallows what handlers refuse",
    twist: {
      caught(error, response) {
        if (!isGuardError(error)) return false;
        response.writeHead(204).end();
        return true;
      },
    },
    caughtBy: "refuse ends the request with any problem",
  },
  {
    does: "takes a fault of the handler for a conflict",
    twist: {
      caught(error, response) {
        if (isGuardError(error)) return false;
        response.writeHead(409).end();
        return true;
      },
    },
    caughtBy: "expectRow: several rows, or a driver's result, are the app's fault and the framework's 5xx",
  },
  {
    does: "answers what the app wants handed on",
    twist: options((given) => ({ ...given, onError: "answer" })),
    caughtBy: "onError \"next\": problems of the guard are the app's own error handler's to answer",
  },
  {
    does: "sends its own problems in place of the app's",
    twist: options(({ problem: _problem, ...rest }) => rest),
    caughtBy: "problem gives an app's own body, with the status and the headers of the problem",
  },
  {
    does: "has the app's format for what guards throw alone",
    twist: { errorFormat: false },
    caughtBy: "what body parsers refuse has the app's own format, as the problems of guards do",
  },
  {
    does: "calls resources by their path",
    twist: options(({ resource: _resource, ...rest }) => rest),
    caughtBy: "problems name the resource as the app does, and still link to its path",
  },
  {
    does: "takes a list for a resource",
    twist: options(({ resource: _resource, ...rest }) => rest),
    caughtBy:
      "a whole resource under one guard: its list and what is posted to it have no state, and need no precondition",
  },
  {
    does: "takes the query for a part of the path",
    twist: { facts: (facts) => ({ ...facts, path: `${facts.path}?${facts.query}` }) },
    caughtBy: "a problem names the resource by its path, and the request by its whole path without the query",
  },
  {
    does: "stops what it should only report",
    twist: options((given) => ({ ...given, reportOnly: false })),
    caughtBy: "reportOnly: everything passes, and the answers are what the handler makes of them",
  },
];
