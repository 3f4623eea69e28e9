import assert from "node:assert/strict";
import type { Json } from "@unclash/core/json";
import { type Answer, assertStatus } from "../adapter/answer.js";
import type { Message } from "../adapter/message.js";
import { assertProblem } from "../adapter/problems.js";
import type { Place } from "./place.js";
import type { Row } from "./table.js";

/** What a problem calls the resource of a row, unless the app names it. */
export function nameOf(place: Place, { id }: Pick<Row, "id">): string {
  return `${place.prefix}/${id}`.slice(1);
}

/** Changes a row behind everyone's back. */
export function changed(place: Place, row: Row, title = "B"): Row {
  const [next] = place.table.update(row.id, undefined, { ...row.fields, title });
  assert(next !== undefined, "the row was there");
  return next;
}

/** Runs something on a new row, and looks that the row is as it was. */
export async function untouched(place: Place, run: (row: Row, path: string) => Promise<void>): Promise<void> {
  const row = place.row();
  await run(row, `/${row.id}`);
  assert.deepEqual(place.table.find(row.id), row, "the row is as it was");
}

/** Compares a conflict whole. */
export function assertConflict(
  place: Place,
  answer: Answer,
  row: Pick<Row, "id">,
  members: Readonly<Record<string, Json | undefined>>,
  status: 409 | 412 = 409,
): void {
  const links = { resource: answer.path };
  const there = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
  assertProblem(place, answer, "version-conflict", {
    status,
    members: { resource: nameOf(place, row), links, identical: false, ...there },
  });
}

/** Sends a write that must succeed, and gives its answer. */
export async function written(place: Place, method: string, path: string, message: Message): Promise<Answer> {
  const answer = await place.send(method, path, message);
  assertStatus(answer, method === "DELETE" ? 204 : 200);
  return answer;
}

const json = { title: "after" };

/** The unsafe requests that there are. */
export const writes: readonly (readonly [method: string, message: Message])[] = [
  ["PUT", { json }],
  ["PATCH", { mergePatch: json }],
  ["POST", { json }],
  ["DELETE", {}],
];
