import { type Span, trace } from "@opentelemetry/api";
import { type DestinationStream, type Logger, type LoggerOptions, pino } from "pino";
import { onDecision, type RequestDecision } from "unclash";

/** A logger whose lines name the trace that they were written in, if there is one. */
export function createLogger(options: LoggerOptions = {}, destination?: DestinationStream): Logger {
  return pino({ ...options, mixin: () => traceIds(trace.getActiveSpan()) }, destination);
}

function traceIds(span: Span | undefined): object {
  if (span === undefined) return {};
  const { traceId, spanId } = span.spanContext();
  return { trace_id: traceId, span_id: spanId };
}

/** Writes a line for each decision of this process, until the function that it returns is called. */
export function logDecisions(log: Logger): () => void {
  return onDecision((decision) => {
    if (decision.kind !== "request") return;
    const { native, kind, ...facts } = decision; // The framework's request is no JSON.
    log[levelOf(decision)](facts, `${facts.method} ${facts.route ?? "(no route)"}: ${facts.outcome}`);
  });
}

/** `warn` is for what may be worth a change in a client or in the API. */
function levelOf({ status, problem, conflict, attempts }: RequestDecision): "error" | "warn" | "info" | "debug" {
  if (status >= 500) return "error";
  if (problem === "precondition-required" || conflict?.result === "settled" || attempts > 1) return "warn";
  return problem === undefined ? "debug" : "info";
}
