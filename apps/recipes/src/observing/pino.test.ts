import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeEach, expect, test } from "vitest";
import { meetConflicts, serveObserved } from "./observed.test-support.js";
import { createLogger, logDecisions } from "./pino.js";

const spans = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }));

const lines: string[] = [];
const end = logDecisions(createLogger({ level: "debug" }, { write: (line) => void lines.push(line) }));
afterAll(end);
beforeEach(() => {
  lines.length = 0;
  spans.reset();
});

const { send } = await serveObserved();

/** The lines so far, once there are so many. */
async function read(count: number): Promise<readonly Record<string, unknown>[]> {
  await expect.poll(() => lines.length).toBe(count);
  return lines.map((line) => JSON.parse(line));
}

test("each decision is a line, at a level that says whether it is worth a look", async () => {
  await meetConflicts(send, "1");
  await send("PUT", "/api/articles/1", { title: "Blind" });
  expect(await read(5)).toMatchObject([
    { level: 20, msg: "POST /articles: created", status: 201 },
    { level: 20, msg: "PUT /articles/{id}: changed", resource: "articles/1" },
    {
      level: 30,
      msg: "PUT /articles/{id}: version-conflict",
      conflict: { result: "refused", strategy: "reject", versionsBehind: 1, fields: ["/title"] },
    },
    { level: 40, msg: "PUT /articles/{id}: changed", conflict: { result: "settled", strategy: "last-write-wins" } },
    { level: 40, msg: "PUT /articles/{id}: precondition-required", status: 428 },
  ]);
  expect(lines.join("")).not.toContain('"native"');
});

test("the lines of a guard's decisions, refused and passed, name the trace of their request", async () => {
  await send("PUT", "/rows/1", {});
  await send("PUT", "/rows/1", {}, { "if-match": '"3"' });
  const logged = await read(2);
  expect(logged).toMatchObject([{ msg: "PUT /rows/:id: precondition-required" }, { msg: "PUT /rows/:id: passed" }]);
  await expect.poll(() => spans.getFinishedSpans().length).toBe(2);
  const traces = spans.getFinishedSpans().map((span) => span.spanContext());
  expect(logged.map((line) => [line["trace_id"], line["span_id"]])).toEqual(
    traces.map(({ traceId, spanId }) => [traceId, spanId]),
  );
});
