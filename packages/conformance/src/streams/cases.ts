import { disconnectingCases } from "./disconnecting.js";
import { endingCases } from "./ending.js";
import { streamingCases } from "./streaming.js";
import type { StreamCase } from "./trial.js";

/** All cases of streams, and of how answers end. */
export const streamCases: readonly StreamCase[] = [...streamingCases, ...endingCases, ...disconnectingCases];
