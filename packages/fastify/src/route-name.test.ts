import Fastify, { type FastifyRequest } from "fastify";
import { expect, test } from "vitest";
import { createArticles } from "./articles.test-support.js";
import { guard } from "./guard.js";
import { guarded } from "./guarded.js";

test("a route is named by its pattern, the prefixes of its contexts included", async () => {
  const articles = createArticles();
  const load = ({ params }: FastifyRequest) => articles.load(params);
  const routes: (string | undefined)[] = [];
  const observe = ({ route }: { readonly route: string | undefined }): void => void routes.push(route);
  const app = Fastify();
  app.get(
    "/articles/:id",
    guarded({ load, observe }, async () => "done"),
  );
  app.register(
    async (context) => {
      context.register(guard({ load, observe }));
      context.get("/articles/:id", async () => "done");
    },
    { prefix: "/tenants/:tenant" },
  );
  for (const url of ["/articles/1", "/tenants/a%20b/articles/1", "/tenants/c/articles/9"]) await app.inject(url);
  expect(routes).toEqual(["/articles/:id", "/tenants/:tenant/articles/:id", "/tenants/:tenant/articles/:id"]);
});
