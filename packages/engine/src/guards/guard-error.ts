import { type Problem, UnclashError } from "@unclash/core";

/**
 * An answer as plain data. A `ResponsePlan` is one; one that is given again may also hold bytes, and headers of several
 * lines.
 */
export interface GuardAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array | null;
  /** `not-modified`, `replayed`, or a problem's slug. */
  readonly outcome: string;
}

/**
 * What a guard answers in place of the handler: thrown by `conflict`, `expectRow`, `check` and `refuse`, and handed to
 * the framework's error handler with `onError: "next"`. A transaction that it passes through on its way is rolled back.
 * It has the members that frameworks look for in errors.
 */
export class GuardError extends UnclashError {
  readonly code = "ERR_UNCLASH_REFUSED";
  override readonly name = "GuardError";
  /** The whole answer, ready to be sent. */
  readonly answer: GuardAnswer;
  /** What went wrong (RFC 9457); `undefined` for 304 and for an answer that is given again. */
  readonly problem: Problem | undefined;
  readonly status: number;
  readonly statusCode: number;
  readonly headers: GuardAnswer["headers"];
  /** Its message is meant for the client. */
  readonly expose = true;

  constructor(answer: GuardAnswer, problem?: Problem) {
    super(problem?.detail ?? answer.outcome);
    this.answer = answer;
    this.problem = problem;
    this.status = answer.status;
    this.statusCode = answer.status;
    this.headers = answer.headers;
  }
}

/** Whether something thrown is a guard's answer, also where it comes from another copy of this package. */
export function isGuardError(thrown: unknown): thrown is GuardError {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ERR_UNCLASH_REFUSED" && "answer" in thrown;
}
