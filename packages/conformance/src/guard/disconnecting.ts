import assert from "node:assert/strict";
import { assertStatus } from "../adapter/answer.js";
import { eventually } from "../streams/trial.js";
import { sendAndGo } from "./cut.js";
import { guardForms, type Setup, stand } from "./setup.js";
import { placeOf, type Stage } from "./stage.js";
import type { GuardCase } from "./trial.js";

const name = "identify is told when its client goes, and not when the content was read, or the answer has ended";

export const disconnectingCases: readonly GuardCase[] = guardForms.map((form) => ({
  name: `${form}: ${name}`,
  async run(stage: Stage) {
    const signals: AbortSignal[] = [];
    let arrived = (): void => {};
    const setup: Setup = {
      options: () => ({
        async identify({ disconnected, headers }) {
          assert(disconnected !== undefined, "the facts say when the client is gone");
          const signal = disconnected();
          signals.push(signal);
          arrived();
          if (headers["x-wait"] !== undefined)
            await new Promise((resolve) => signal.addEventListener("abort", resolve));
          return undefined;
        },
      }),
    };
    const standing = stand("disconnecting", setup, form);
    const trial = await stage.serve({ resources: [standing.resource] });
    const place = placeOf(trial, form, standing);
    const { id } = place.row();
    const put = { json: { title: "B" }, ifMatch: '"1"' };
    assertStatus(await place.send("PUT", `/${id}`, put), 200);
    assert.deepEqual(
      signals.splice(0).map(({ aborted }) => aborted),
      [false],
    );
    const isThere = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await sendAndGo(place, "PUT", `/${id}`, { ...put, headers: { "x-wait": "1" } }, isThere);
    const [signal] = signals;
    assert(signal !== undefined, "the request has arrived");
    await eventually(place, "the client is seen to go", () => signal.aborted);
    assert.equal(signal.reason.name, "AbortError");
  },
}));
