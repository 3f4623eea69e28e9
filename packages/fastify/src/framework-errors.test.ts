import { request } from "node:http";
import { createMemoryStore } from "@unclash/memory";
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { createUnclash, type UnclashOptions } from "unclash";
import { expect, test } from "vitest";
import { z } from "zod";
import { type FrameworkErrorsOptions, frameworkErrors } from "./framework-errors.js";
import { mount } from "./mount.js";

const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;

function appWith(
  options: FrameworkErrorsOptions,
  identify?: UnclashOptions<FastifyRequest>["identify"],
): FastifyInstance {
  const unclash = createUnclash<FastifyRequest>({
    store: createMemoryStore(),
    collections: { notes },
    ...(identify && { identify }),
  });
  const app = Fastify({ frameworkErrors: frameworkErrors(unclash, options) });
  app.register(mount(unclash), { prefix: "/api" });
  return app;
}

test.each(["GET", "PUT", "DELETE"] as const)("a %s of a badly encoded id is told what is malformed", async (method) => {
  const app = appWith({ prefix: "/api" });
  for (const path of ["/api/notes/%ff", "/api/notes/%", "/api/notes/%zz?x=%ff"]) {
    const answer = await app.inject({ method, url: path });
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([400, "application/problem+json"]);
    expect(answer.json()).toMatchObject({
      instance: path.replace(/\?.*/, ""),
      errors: [{ code: "malformed-id", parameter: "id" }],
    });
  }
});

test("other bad URLs are answered as Fastify does, or as the app says", async () => {
  for (const path of ["/%ff", "/apinotes/%ff", "/api/elsewhere/%ff"]) {
    const plain = await appWith({ prefix: "/api" }).inject(path);
    expect(plain.json()).toMatchObject({ statusCode: 400, code: "FST_ERR_BAD_URL" });
    const own = await appWith({
      prefix: "/api",
      otherwise: (error, _request, reply) => void reply.code(418).send(error.code),
    }).inject(path);
    expect([own.statusCode, own.body]).toEqual([418, "FST_ERR_BAD_URL"]);
  }
});

test("without fallthrough, all bad URLs below the prefix are answered with a problem", async () => {
  const app = appWith({ prefix: "/api", fallthrough: false });
  const problem = await app.inject("/api/elsewhere/%ff");
  expect([problem.statusCode, problem.headers["content-type"]]).toEqual([404, "application/problem+json"]);
  expect((await app.inject("/elsewhere/%ff")).json()).toMatchObject({ code: "FST_ERR_BAD_URL" });
});

test("what identify throws there is answered by Fastify's error handling", async () => {
  const app = appWith({ prefix: "/api" }, () => {
    throw new Error("broken");
  });
  expect((await app.inject("/api/notes/%ff")).json()).toMatchObject({ statusCode: 500, message: "broken" });
});

test("a URL that Fastify refuses for another reason does not reach unclash past the app's hooks", async () => {
  const app = appWith({ prefix: "/api" });
  await app.inject({
    method: "PUT",
    url: "/api/notes/1",
    headers: { "content-type": "application/json" },
    payload: "{}",
  });
  const url = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  const refused = await new Promise((resolve, reject) => {
    request({ port: url.port, method: "DELETE", path: "http:///api/notes/1" }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode));
    })
      .on("error", reject)
      .end();
  });
  expect(refused).toBe(400);
  expect((await app.inject("/api/notes/1")).statusCode).toBe(200);
  await app.close();
});
