import { Articles, ask } from "@unclash/test-articles";
import type { Request } from "express";
import { describe, expect, test } from "vitest";
import { guarded } from "./guard.js";
import { serve } from "./serve.test-support.js";
import { versions } from "./versions.test-support.js";

describe.each(versions)("%s", (_name, express) => {
  test("an answer that is chained to a write that has lost, and that nobody waits for, is the conflict", async () => {
    const articles = new Articles();
    const app = express();
    app.put(
      "/articles/:id",
      guarded({ load: ({ params }: Request) => articles.load(params["id"]) }, ({ req, res, expected, outcome }) => {
        articles.update("1", expected, "Theirs");
        // Nobody hears of the rejection: without the guard's care the process would end, and the client wait for ever.
        outcome.expectRow(articles.update(req.params["id"], expected, "Mine")).then((row) => res.json(row));
      }),
    );
    const lost = await ask("PUT", `${await serve(app)}/articles/1`, { headers: { "if-match": '"1"' } });
    expect([lost.status, lost.headers["content-type"]]).toEqual([409, "application/problem+json"]);
    expect(JSON.parse(lost.text)).toMatchObject({ current: { version: 2 } });
    expect(articles.find("1")).toMatchObject({ title: "Theirs" });
  });
});
