import type { RequestBody } from "../http/request.js";
import { createGuard } from "../pipeline/guard.js";
import type { Loaded } from "../states/loaded-state.js";
import type { GuardContext } from "./guard-context.js";
import { isGuardError } from "./guard-error.js";
import type { GuardOptions } from "./guard-options.js";

/** A request at a guard, and the options of that. */
export interface Asked {
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly unread?: boolean;
  readonly options?: Omit<GuardOptions<object, Loaded>, "load">;
}

/** The row that is loaded. */
export const row: {
  readonly id: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly version: number;
} = { id: "1", title: "A", tags: ["x"], version: 3 };

/** The context of a request for a row, whose guard requires no precondition. */
export async function contextOf(
  method: string,
  asked: Asked = {},
  loaded: Loaded | null = row,
): Promise<GuardContext<Loaded>> {
  const { type = "application/json", headers = {}, body, unread = false, options } = asked;
  const guard = createGuard<object, Loaded>({
    load: () => loaded,
    preconditions: { required: false },
    versionField: "version",
    etagField: "etag",
    ...options,
  });
  const content: RequestBody = unread
    ? { kind: "unread", read: () => Promise.reject(new Error("A guard reads no body.")) }
    : { kind: "parsed", value: body };
  const facts = { method, base: "", path: "/articles/1", query: "", address: "127.0.0.1", native: {}, body: content };
  const entered = await guard.enter({ ...facts, headers: { "content-type": type, ...headers } });
  if (entered.kind === "answer") throw entered.error;
  return entered.context;
}

/** What `applyChange` gives in the handler of a request. */
export async function applied(method: string, asked: Asked, loaded?: Loaded): Promise<unknown> {
  return (await contextOf(method, asked, loaded)).applyChange();
}

/** The status and the problem that a request is refused with. */
export async function refusal(given: Promise<unknown>): Promise<object> {
  const thrown: unknown = await given.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!isGuardError(thrown)) throw thrown ?? new Error("It was not refused.");
  const { type, detail, ...members } = { type: "", ...thrown.problem };
  return { ...members, headers: thrown.headers };
}
