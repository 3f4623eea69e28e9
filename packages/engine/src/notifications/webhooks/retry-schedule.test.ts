import { expect, test } from "vitest";
import { nextAttempt, retryPausesMs, tryMsMax } from "./retry-schedule.js";

const minute = 60_000;
const hour = 60 * minute;

test.each([
  { attempts: 1, triedMs: 0, retryAfterMs: 0, random: 0.5, next: { kind: "wait", pauseMs: 5_000 } },
  { attempts: 1, triedMs: 0, retryAfterMs: 0, random: 0, next: { kind: "wait", pauseMs: 4_000 } },
  { attempts: 1, triedMs: 0, retryAfterMs: 0, random: 1, next: { kind: "wait", pauseMs: 6_000 } },
  { attempts: 2, triedMs: 5_000, retryAfterMs: 0, random: 0.5, next: { kind: "wait", pauseMs: 5 * minute } },
  { attempts: 3, triedMs: 6 * minute, retryAfterMs: 0, random: 0.5, next: { kind: "wait", pauseMs: 30 * minute } },
  { attempts: 4, triedMs: hour, retryAfterMs: 0, random: 0.5, next: { kind: "wait", pauseMs: 2 * hour } },
  { attempts: 5, triedMs: 3 * hour, retryAfterMs: 0, random: 0.5, next: { kind: "wait", pauseMs: 5 * hour } },
  { attempts: 6, triedMs: 8 * hour, retryAfterMs: 0, random: 0.5, next: { kind: "wait", pauseMs: 10 * hour } },
  // The last one comes when the day is over.
  { attempts: 7, triedMs: 18 * hour, retryAfterMs: 0, random: 0.5, next: { kind: "wait", pauseMs: 6 * hour } },
  { attempts: 8, triedMs: 24 * hour, retryAfterMs: 0, random: 0.5, next: { kind: "dead" } },
  { attempts: 2, triedMs: 24 * hour, retryAfterMs: hour, random: 0.5, next: { kind: "dead" } },
  // What a receiver asks for is obeyed, for a day at most, and never makes a pause shorter.
  { attempts: 1, triedMs: 0, retryAfterMs: hour, random: 0.5, next: { kind: "wait", pauseMs: hour } },
  { attempts: 6, triedMs: 8 * hour, retryAfterMs: 1_000, random: 0.5, next: { kind: "wait", pauseMs: 10 * hour } },
  { attempts: 1, triedMs: 0, retryAfterMs: 99 * hour, random: 0.5, next: { kind: "wait", pauseMs: 24 * hour } },
  { attempts: 7, triedMs: 23 * hour, retryAfterMs: 3 * hour, random: 0.5, next: { kind: "wait", pauseMs: 3 * hour } },
] as const)(
  "after $attempts attempts in $triedMs ms, asked for $retryAfterMs ms: $next",
  ({ random, next, ...failed }) => {
    expect(nextAttempt(failed, random)).toEqual(next);
  },
);

test("a delivery that always fails is tried eight or nine times in a day, as the jitter has it", () => {
  for (const random of [0, 0.3, 0.5, 0.9, 1]) {
    let triedMs = 0;
    let attempts = 1;
    for (;;) {
      const next = nextAttempt({ attempts, triedMs, retryAfterMs: 0 }, random);
      if (next.kind === "dead") break;
      triedMs += next.pauseMs;
      attempts += 1;
    }
    expect(triedMs).toBe(tryMsMax);
    expect(attempts).toBe(random < 0.3 ? retryPausesMs.length + 3 : retryPausesMs.length + 2);
  }
});
