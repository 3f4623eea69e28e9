import { Registry } from "prom-client";
import { afterAll, expect, test } from "vitest";
import { meetConflicts, serveObserved } from "./observed.test-support.js";
import { countDecisions } from "./prom-client.js";

const registry = new Registry();
afterAll(countDecisions(registry, ["title"]));

test("Prometheus reads how often writes came too late, where, over which fields, and how far behind", async () => {
  const { send } = await serveObserved();
  await meetConflicts(send, "1");
  const { etag } = await send("GET", "/api/articles/1");
  await send("PUT", "/api/articles/1", { title: "Mine", tags: ["a"] }, { "if-match": etag });
  await send("PUT", "/api/articles/1", { title: "Mine", tags: ["b"] }, { "if-match": etag });
  await send("PUT", "/rows/1", {});
  const text = await registry.metrics();
  const lines = text.split("\n");
  const route = 'route="/articles/{id}"';
  expect(lines).toEqual(
    expect.arrayContaining([
      'unclash_request_duration_seconds_count{method="PUT",route="/articles/{id}",outcome="changed"} 3',
      'unclash_request_duration_seconds_count{method="PUT",route="/rows/:id",outcome="precondition-required"} 1',
      `unclash_conflicts_total{${route},result="refused",strategy="reject",condition="if-match"} 2`,
      `unclash_conflicts_total{${route},result="settled",strategy="last-write-wins",condition="if-match"} 1`,
      'unclash_conflict_fields_total{route="/articles/{id}",field="title"} 2',
      'unclash_conflict_fields_total{route="/articles/{id}",field="other"} 1',
      'unclash_conflict_versions_behind_count{route="/articles/{id}"} 3',
    ]),
  );
});
