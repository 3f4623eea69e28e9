import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterAll, expect, test } from "vitest";
import { meetConflicts, serveObserved } from "./observed.test-support.js";
import { instrumentDecisions } from "./opentelemetry.js";

const spans = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }));
const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 });
const provider = new MeterProvider({ readers: [reader] });
metrics.setGlobalMeterProvider(provider);
afterAll(() => provider.shutdown());

afterAll(instrumentDecisions());

/** What was exported of an instrument: how many there were with each set of attributes. */
async function exported(name: string): Promise<readonly (readonly [attributes: object, count: number])[]> {
  exporter.reset();
  await reader.forceFlush();
  const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  return all
    .filter(({ descriptor }) => descriptor.name === name)
    .flatMap(({ dataPoints }) => dataPoints.map((point) => [point.attributes, countOf(point.value)] as const));
}

function countOf(value: number | { readonly count: number }): number {
  return typeof value === "number" ? value : value.count;
}

test("decisions are measured, and noted on the spans of their requests", async () => {
  const { send } = await serveObserved();
  await meetConflicts(send, "1");
  await send("PUT", "/rows/1", {});
  await send("PUT", "/rows/1", {}, { "if-match": '"3"' });
  await expect.poll(() => spans.getFinishedSpans().length).toBe(6);

  expect(spans.getFinishedSpans().map(({ attributes }) => attributes)).toMatchObject([
    { "http.request.method": "POST", "http.route": "/articles", "unclash.outcome": "created" },
    { "http.route": "/articles/{id}", "unclash.outcome": "changed", "unclash.resource": "articles/1" },
    {
      "unclash.outcome": "version-conflict",
      "unclash.conflict.fields": ["/title"],
      "unclash.conflict.versions_behind": 1,
    },
    { "unclash.outcome": "changed", "unclash.conflict.versions_behind": 1 },
    { "http.route": "/rows/:id", "unclash.outcome": "precondition-required" },
    { "http.route": "/rows/:id", "unclash.outcome": "passed", "unclash.attempts": 1 },
  ]);

  const put = { "http.request.method": "PUT", "http.route": "/articles/{id}" };
  expect(await exported("unclash.request.duration")).toEqual(
    expect.arrayContaining([
      [{ ...put, "unclash.outcome": "changed", "http.response.status_code": 200 }, 2],
      [{ ...put, "unclash.outcome": "version-conflict", "http.response.status_code": 409 }, 1],
    ]),
  );
  expect(await exported("unclash.conflicts")).toEqual([
    [
      {
        ...put,
        "unclash.outcome": "version-conflict",
        "unclash.strategy": "reject",
        "unclash.condition": "if-match",
      },
      1,
    ],
    [
      { ...put, "unclash.outcome": "changed", "unclash.strategy": "last-write-wins", "unclash.condition": "if-match" },
      1,
    ],
  ]);
  const behind = await exported("unclash.conflict.versions_behind");
  expect(behind.map(([, count]) => count)).toEqual([1, 1]);
});
