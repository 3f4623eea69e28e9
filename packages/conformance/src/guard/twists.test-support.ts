import type { ServerResponse } from "node:http";
import type { LoadedState } from "unclash";
import { type GuardAnswer, type GuardedResponse, prepareResponse, sendAnswer } from "unclash/adapter";
import type { PlainGuard } from "./app.js";
import type { Options, Twist } from "./tiny.test-support.js";

/** An adapter with one fault, and the case that must not let it pass. */
export interface GuardMutant {
  readonly does: string;
  readonly twist: Twist;
  /** The name of the case, in the form `guarded` unless it names one. */
  readonly caughtBy: string;
}

export function options(change: (options: Options) => Options): Twist {
  return { options: change };
}

export function header(name: string, change: (value: string) => string | undefined): Twist {
  return {
    facts: (facts) => {
      const value = facts.headers[name];
      if (typeof value !== "string") return facts;
      return { ...facts, headers: { ...facts.headers, [name]: change(value) } };
    },
  };
}

export const without = (name: string): Twist => header(name, () => undefined);

/** What `load` gives, changed. */
export function loaded(change: (state: LoadedState) => LoadedState): Twist {
  return options(({ load, ...rest }) => ({
    ...rest,
    ...(load && {
      load: async (request) => {
        const state = await load(request);
        return state && change(state);
      },
    }),
  }));
}

export function sent(change: (answer: GuardAnswer) => GuardAnswer): Twist {
  return { send: (answer, response) => sendAnswer(change(answer), response) };
}

export function withHeaders(answer: GuardAnswer, headers: Readonly<Record<string, string | undefined>>): GuardAnswer {
  const all = Object.entries({ ...answer.headers, ...headers });
  return {
    ...answer,
    headers: Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
  };
}

export function sendFirstHeaderTwice({ status, headers, body }: GuardAnswer, response: ServerResponse): void {
  const lines = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  response.writeHead(status, [...lines, ...lines.slice(0, 1)].flat()).end(body ?? undefined);
}

export function passing(change: (guardedResponse: GuardedResponse) => void): Twist {
  return {
    pass(guardedResponse, response) {
      change(guardedResponse);
      prepareResponse(guardedResponse, response);
    },
  };
}

export function handle(change: (context: PlainGuard) => Partial<PlainGuard>): Twist {
  return { context: (context) => ({ ...context, ...change(context) }) };
}

export function outcome(change: (outcome: PlainGuard["outcome"]) => Partial<PlainGuard["outcome"]>): Twist {
  return handle((context) => {
    const { notApplied, updated, conflict, expectRow, expectAffected, refuse } = context.outcome;
    const sound = { notApplied, updated, conflict, expectRow, expectAffected, refuse };
    return { outcome: { ...sound, ...change(context.outcome) } };
  });
}

export function keys(change: NonNullable<Options["idempotency"]> extends infer Keys ? Partial<Keys> : never): Twist {
  return options((given) =>
    given.idempotency ? { ...given, idempotency: { ...given.idempotency, ...change } } : given,
  );
}
