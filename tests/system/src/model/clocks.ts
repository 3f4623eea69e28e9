import type { Moment } from "@unclash/core/store";

const hourMs = 3_600_000;

/** The steps that time takes by a clock that tests hold: to the very moment at which something lapses, and back too. */
export const handedInPassMs: readonly Moment[] = [1, 1, 1, 9, 9, 10, 10, 10, 100, -5, 26 * hourMs];

/** The steps that time takes by a server's clock: as much as can be waited for, some thousand times. */
export const ownPassMs: readonly Moment[] = [1, 1, 2, 11];
