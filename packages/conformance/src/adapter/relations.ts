import assert from "node:assert/strict";
import { assertStatus, memberOf } from "./answer.js";
import { assertInvalid, assertProblem } from "./problems.js";
import { assertUntouched, create, remove, replace } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

export const relationCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "a value that must be unique is refused where another resource has it, by POST, PUT and PATCH",
    async run(trial) {
      const [sku, other] = [trial.nextName(), trial.nextName()];
      const holder = (await create(trial, "products", { sku })).key;
      const mine = await create(trial, "products", { sku: other });
      const posted = await trial.send("POST", "/products", { json: { sku } });
      assertProblem(trial, posted, "duplicate", { members: { resource: "products", field: "/sku", holder } });
      const members = { resource: mine.key, field: "/sku", holder };
      assertProblem(trial, await trial.send("PUT", mine.path, { json: { sku }, ifMatch: mine.etag }), "duplicate", {
        members,
      });
      const patched = await trial.send("PATCH", mine.path, { mergePatch: { sku }, ifMatch: mine.etag });
      assertProblem(trial, patched, "duplicate", { members });
      await assertUntouched(trial, mine);
      const id = trial.nextName();
      const put = await trial.send("PUT", `/products/${id}`, { json: { sku }, ifNoneMatch: "*" });
      assertProblem(trial, put, "duplicate", { members: { ...members, resource: `products/${id}` } });
      assertStatus(await trial.send("GET", `/products/${id}`), 404);
    },
  },
  {
    name: "a unique value is free again once its holder has another one or is deleted; absent ones do not collide",
    async run(trial) {
      const sku = trial.nextName();
      const first = await replace(trial, await create(trial, "products", { sku }), { name: "no sku" });
      const second = await create(trial, "products", { sku });
      await remove(trial, second);
      const third = await create(trial, "products", { sku });
      await replace(trial, third, { sku, name: "keeps its own" });
      await create(trial, "products", { name: "no sku either" });
      await assertUntouched(trial, first);
    },
  },
  {
    name: "a reference must lead to a resource that is there",
    async run(trial) {
      const product = await create(trial, "products", { name: "p" });
      const gone = await create(trial, "products", { name: "gone" });
      await remove(trial, gone);
      const order = (id: string) =>
        trial.send("POST", "/orders", { json: { product: id, quantity: 1, status: "pending" } });
      for (const id of [gone.id, "never", "", "a/b", "\u0000", "é".repeat(129)])
        assertInvalid(trial, await order(id), "/product");
      assertStatus(await order(product.id), 201);
    },
  },
  {
    name: "what another resource refers to can't be deleted where that restricts it, and is told without who refers",
    async run(trial) {
      const [product, other] = [await create(trial, "products", {}), await create(trial, "products", {})];
      const review = await create(trial, "reviews", { product: product.id });
      const deletion = { ifMatch: product.etag };
      const members = { resource: product.key, field: "/product" };
      for (const message of [deletion, { ...deletion, prefer: "dry-run" }]) {
        const refused = await trial.send("DELETE", product.path, message);
        assertProblem(trial, refused, "invalid-state", { members });
        assert(!refused.text.includes(review.id), "nothing names the review");
      }
      assertStatus(await trial.send("DELETE", product.path, { ifMatch: '"x"' }), 409);
      await assertUntouched(trial, product);
      await replace(trial, review, { product: other.id });
      await remove(trial, product);
      assertProblem(trial, await trial.send("DELETE", other.path, { ifMatch: "*" }), "invalid-state", {
        members: { ...members, resource: other.key },
      });
      assertStatus(await trial.send("DELETE", review.path), 204);
      await remove(trial, other);
      assertInvalid(trial, await trial.send("PUT", review.path, { json: { product: other.id } }), "/product");
    },
  },
  {
    name: "what another resource refers to is deleted where that does not restrict it, and the reference stays",
    async run(trial) {
      const { id: product } = await create(trial, "products", {});
      const order = await create(trial, "orders", { product, quantity: 1, status: "pending" });
      const review = await create(trial, "reviews", { order: order.id });
      await remove(trial, order);
      await assertUntouched(trial, review);
      assertStatus(await trial.send("PATCH", review.path, { mergePatch: { stars: 5 } }), 200);
    },
  },
  {
    name: "in a tree what has children stays, and what is its own parent can be made and deleted",
    async run(trial) {
      const [id, child] = [trial.nextName(), trial.nextName()];
      const root = await create(trial, "tree", { parent: id }, { id });
      const leaf = await create(trial, "tree", { parent: id }, { id: child });
      const members = { resource: root.key, field: "/parent" };
      assertProblem(trial, await trial.send("DELETE", root.path), "invalid-state", { members });
      await remove(trial, await replace(trial, leaf, { parent: child }));
      await remove(trial, root);
    },
  },
  {
    name: "a state begins and changes only as it may: 422 for a wrong start, 409 for a wrong step",
    async run(trial) {
      const { id: product } = await create(trial, "products", { name: "p" });
      const fields = { product, quantity: 1, status: "pending" };
      const begun = await trial.send("POST", "/orders", { json: { ...fields, status: "paid" } });
      assertInvalid(trial, begun, "/status");
      const pending = await create(trial, "orders", fields);
      const skipped = await trial.send("PUT", pending.path, {
        json: { ...fields, status: "shipped" },
        ifMatch: pending.etag,
      });
      const step = {
        resource: pending.key,
        field: "/status",
        from: "pending",
        to: "shipped",
        allowed: ["paid", "cancelled"],
      };
      assertProblem(trial, skipped, "invalid-state", { members: step });
      await assertUntouched(trial, pending);
      const cancelled = await replace(trial, pending, { ...fields, status: "cancelled" });
      const revived = await trial.send("PATCH", pending.path, {
        mergePatch: { status: "pending" },
        ifMatch: cancelled.etag,
      });
      const final = { resource: pending.key, field: "/status", from: "cancelled", to: "pending", allowed: [] };
      assertProblem(trial, revived, "invalid-state", { members: final });
    },
  },
  {
    name: "a collection's own rule refuses a change with 409 and the field",
    async run(trial) {
      const { id: product } = await create(trial, "products", { name: "p" });
      const pending = await create(trial, "orders", { product, quantity: 1, status: "pending" });
      const paid = await replace(trial, pending, { product, quantity: 2, status: "pending" });
      const refused = await trial.send("PUT", pending.path, {
        json: { product, quantity: 3, status: "paid" },
        ifMatch: paid.etag,
      });
      assertProblem(trial, refused, "invalid-state", { members: { resource: pending.key, field: "/quantity" } });
      await assertUntouched(trial, paid);
    },
  },
  {
    name: "dry-run tells of a value that is taken as the write would",
    async run(trial) {
      const sku = trial.nextName();
      const { key: holder } = await create(trial, "products", { sku });
      const tried = await trial.send("POST", "/products", { json: { sku }, prefer: "dry-run" });
      assertStatus(tried, 409);
      assert.deepEqual([memberOf(tried, "field"), memberOf(tried, "holder")], ["/sku", holder]);
    },
  },
]);
