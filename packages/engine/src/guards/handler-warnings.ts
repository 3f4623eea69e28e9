import type { RequestFacts } from "../http/request.js";
import { warnOnce } from "../options/warnings.js";
import type { GuardExchange } from "./guard-exchange.js";

/** Warns of what a route's handler has left out, once for each route. */
export function warnOfRoute(
  code: `UNCLASH_${string}`,
  { request }: Pick<GuardExchange, "request">,
  text: string,
): void {
  const { method, base, path } = request;
  const route = `${method} ${base}${path.slice(0, path.lastIndexOf("/") + 1)}…`;
  warnOnce(code, route, `${route} ${text}`);
}

/** A write was acknowledged, and no state was ever held against it. */
export function warnOfUnchecked(exchange: GuardExchange): void {
  // It has no state of its own, or its guard is there for its keys.
  if (exchange.resource === undefined) return;
  if (exchange.request.method === "POST" && exchange.settings.idempotency !== undefined) return;
  warnOfRoute(
    "UNCLASH_NOT_CHECKED",
    exchange,
    "has acknowledged a write behind a guard without `load`, and its handler has not called check(): " +
      "nothing was held against the request. Give the guard `load`, or call `await check(request, state)` " +
      "before the write. The guard of a POST to a list is given `resource: () => null` in place of `load`.",
  );
}

/** A write was refused, since the app names nothing that it could be held against. */
export function warnOfNoResource(exchange: GuardExchange): void {
  warnOfRoute(
    "UNCLASH_NO_RESOURCE",
    exchange,
    "can't be held against anything, and is 404: the guard's `resource` gives nothing there. If this is a " +
      "resource, the guard's path lacks the parameter that " +
      "`resource` reads. If it is a route for many, put it before the guard, or give it a guard of its own " +
      "without `load`.",
  );
}

/** A write was acknowledged, and the guard was not told whether it has changed anything. */
export function warnOfSilence(exchange: GuardExchange): void {
  warnOfRoute(
    "UNCLASH_NO_OUTCOME",
    exchange,
    "has acknowledged a write without telling its guard the outcome: where others write between `load` and " +
      "the write, theirs is lost. Put `expected` into the WHERE of the write, and call expectRow(rows) or " +
      "expectAffected(count) with what it gives, " +
      "then updated(version); in a transaction that has locked the row, updated(version) is enough.",
  );
}

/** A write has changed its row, and the version is the one from before: it names two states. */
export function warnOfSameVersion(exchange: GuardExchange): void {
  warnOfRoute(
    "UNCLASH_SAME_VERSION",
    exchange,
    "has changed a row, and told its guard the version that was there before: two states have one " +
      "entity-tag, and who holds the first overwrites the second. Raise the version in the write itself " +
      "(`version = version + 1`), and give updated() what came back.",
  );
}

/** A write has left behind a version below the one before: states to come have the entity-tags of earlier ones. */
export function warnOfLowerVersion(exchange: GuardExchange): void {
  warnOfRoute(
    "UNCLASH_LOWER_VERSION",
    exchange,
    "has told its guard a version below the one that was there before: versions that come again have the entity-tags " +
      "of earlier states, and who holds one of these overwrites what came after it. Versions of one resource must " +
      "grow with each write, also where it is deleted and made again.",
  );
}

/** The next page can only be named by a row that the client is not shown. */
export function warnOfHiddenInCursor(exchange: GuardExchange): void {
  warnOfRoute(
    "UNCLASH_HIDDEN_IN_CURSOR",
    exchange,
    "has given a cursor that holds the `id` or the `position` of a row that `represent` shows nothing of, since it " +
      "shows no row of that page. Leave rows that a caller may not see out in the query, by its WHERE.",
  );
}

/** A date is all that a request must name, and can't be compared. */
export function warnOfNoDate(exchange: GuardExchange): void {
  warnOfRoute(
    "UNCLASH_NO_DATE",
    exchange,
    "has a guard with `datesSuffice`, and `load` gives no `modifiedAt`: If-Unmodified-Since can't be held " +
      "against anything, and does not suffice here.",
  );
}

/** A write was acknowledged, or went on, though it had been refused. */
export function warnOfIgnoredRefusal(request: RequestFacts): void {
  warnOfRoute(
    "UNCLASH_REFUSAL_IGNORED",
    { request },
    "went on with a write that had been refused: what check(), applyChange(), conflict() and refuse() throw " +
      "must end the handler, and roll back its transaction. Put `await` before the first two, and let what they " +
      "throw pass through every catch.",
  );
}

/** The response was on its way before the handler could send anything. */
export function warnOfEarlyAnswer(request: RequestFacts): void {
  warnOfRoute(
    "UNCLASH_ANSWERED_BEFORE",
    { request },
    "was answered by something else before unclash was through with it, and its client has not heard what " +
      "became of it: a middleware before it calls `next()` without `await`, or has sent an answer and gone on.",
  );
}

/** A write was carried out, and its client gets what the framework sends where nobody has. */
export function warnOfNoAnswer(request: RequestFacts): void {
  warnOfRoute(
    "UNCLASH_NO_ANSWER",
    { request },
    "has told its guard the outcome of a write, and set no answer by the time that it returned: Koa sends " +
      "404. Set `ctx.body` or `ctx.status`, and await what is still going on.",
  );
}

/** What a guard threw in a handler was answered by others. */
export function warnOfUnansweredRefusal(request: RequestFacts): void {
  warnOfRoute(
    "UNCLASH_REFUSAL_UNANSWERED",
    { request },
    "threw what its guard gave, and another error handler than the guard's answered it. Register the guard before " +
      "the routes that it is for, and let an error handler inside throw on a GuardError; or give the guard " +
      '`onError: "next"`, where yours answers on purpose.',
  );
}
