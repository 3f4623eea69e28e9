import { onTestFinished, vi } from "vitest";

/** Lets `performance.now()` stand still until the test ends. What it gives lets so many milliseconds pass. */
export function stopProcessTime(): (passedMs: number) => void {
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
  onTestFinished(() => clock.mockRestore());
  return (passedMs) => {
    now += passedMs;
  };
}
