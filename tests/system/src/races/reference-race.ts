import { type ResponsePlan, textPlan } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import type { Store } from "@unclash/core/store";
import fc from "fast-check";
import { createUnclash, type Unclash } from "unclash";
import { z } from "zod";

/** What a client does next to two products and the orders that refer to them. */
export interface Move {
  readonly do: "delete product" | "make product" | "order" | "turn order" | "delete order";
  readonly product: "1" | "2";
  readonly order: "1" | "2" | "3";
}

const move: fc.Arbitrary<Move> = fc.record({
  do: fc.constantFrom("delete product", "delete product", "make product", "order", "turn order", "delete order"),
  product: fc.constantFrom("1", "1", "2"),
  order: fc.constantFrom("1", "2", "3"),
});

/** The moves of two to four clients, each one's one after the other. */
export const moves: fc.Arbitrary<readonly (readonly Move[])[]> = fc.array(
  fc.array(move, { minLength: 1, maxLength: 4 }),
  { minLength: 2, maxLength: 4 },
);

/** An engine whose products can't be deleted while an order refers to them. */
export function createOrders(store: Store): Unclash {
  const fields = z.record(z.string(), z.json());
  return createUnclash({
    store,
    collections: {
      products: { schema: fields, preconditions: { required: false } },
      orders: {
        schema: fields,
        preconditions: { required: false },
        references: { product: { collection: "products", onDelete: "restrict" } },
      },
    },
  });
}

/** Makes a move, and gives the answer. */
export async function make(engine: Unclash, { do: what, product, order }: Move): Promise<ResponsePlan> {
  switch (what) {
    case "delete product":
      return send(engine, "DELETE", `/products/${product}`);
    case "make product":
      return send(engine, "PUT", `/products/${product}`, {});
    case "order":
      return send(engine, "PUT", `/orders/${order}`, { product });
    case "turn order":
      return send(engine, "PATCH", `/orders/${order}`, { product });
    case "delete order":
      return send(engine, "DELETE", `/orders/${order}`);
  }
}

/** Sends a request to an engine, as an adapter would. */
export async function send(engine: Unclash, method: string, path: string, json?: JsonObject): Promise<ResponsePlan> {
  const bytes = Buffer.from(json === undefined ? "" : JSON.stringify(json));
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const plan = await engine.handle({
    method,
    base: "",
    path,
    query: "",
    headers: json === undefined ? {} : { "content-type": type },
    address: "127.0.0.1",
    body: { kind: "unread", read: async () => ({ kind: "bytes", bytes }) },
    native: undefined,
  });
  return textPlan(plan);
}

/** What is wrong with what a store holds: references to what is not there, and records that are not those of them. */
export async function faultsOf(store: Store): Promise<readonly string[]> {
  const idsOf = async (collection: string) => {
    const { records } = await store.list({ prefix: `${collection}/`, limit: 1_000 });
    return records.map(({ text }): { id: string; product?: string } => JSON.parse(text ?? "{}"));
  };
  const products = new Set((await idsOf("products")).map(({ id }) => id));
  const orders = await idsOf("orders");
  const dangling = orders.filter(({ product }) => product !== undefined && !products.has(product));
  const named = new Set(orders.flatMap(({ id, product }) => (product === undefined ? [] : [`${id} to ${product}`])));
  const recorded = new Set<string>();
  for (const product of ["1", "2"]) {
    const { records } = await store.list({ prefix: `_reference/products/${product}/`, limit: 1_000 });
    for (const { text } of records) recorded.add(`${/orders\/(\d+)/.exec(text ?? "")?.[1]} to ${product}`);
  }
  return [
    ...dangling.map(({ id, product }) => `order ${id} refers to product ${product}, which is not there`),
    ...[...named].filter((one) => !recorded.has(one)).map((one) => `there is no record of ${one}`),
    ...[...recorded].filter((one) => !named.has(one)).map((one) => `there is a record of ${one}, which is no more`),
  ];
}
