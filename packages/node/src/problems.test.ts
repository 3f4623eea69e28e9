import { createServer, type RequestListener } from "node:http";
import { listen, type Served } from "@unclash/conformance/adapter";
import { ask } from "@unclash/test-articles";
import { afterEach, describe, expect, test } from "vitest";
import { problems } from "./problems.js";

const served: Served[] = [];

afterEach(async () => {
  await Promise.all(served.splice(0).map((each) => each.close()));
});

async function serve(listener: RequestListener): Promise<string> {
  const started = await listen(createServer(listener));
  served.push(started);
  return started.url;
}

describe("problems()", () => {
  test("answers what body parsers refuse, and tells of all else where there is no next", async () => {
    const told: unknown[] = [];
    const answerProblem = problems({ onError: (error) => void told.push(error) });
    const refused = Object.assign(new Error("secret"), { status: 413, type: "entity.too.large" });
    const broken = new Error("broken");
    const url = await serve((request, response) =>
      answerProblem(request.url === "/large" ? refused : broken, request, response),
    );
    const large = await ask("PUT", `${url}/large`);
    expect(JSON.parse(large.text)).toMatchObject({ status: 413, instance: "/large" });
    expect(large.text).not.toContain("secret");
    expect((await ask("PUT", `${url}/other`)).status).toBe(500);
    expect(told).toEqual([broken]);
  });

  test("is known to connect as an error handler by its four parameters", () => {
    expect(problems()).toHaveLength(4);
  });
});
