/** The port that every store implements, and what stores are made from. */
export { Bell } from "./store/bell.js";
export { type CommitView, clashesOf } from "./store/clashes.js";
export { checkedClock } from "./store/clock.js";
export { compareCodePoints } from "./store/code-points.js";
export { type EventPlace, formatCursor, parseCursor } from "./store/cursor.js";
export { type ComparedState, hasLapsed, isMet, isTombstone } from "./store/expectation.js";
export { asStoreError, ifInstalled, messageOf } from "./store/failure.js";
export * from "./store/misuse.js";
export { countOnPage, pageBytesOf } from "./store/pages.js";
export type * from "./store/port.js";
export {
  assertPosition,
  childrenOf,
  depthOf,
  formatPosition,
  indexStartOf,
  isBefore,
  notAPosition,
  type Position,
  parentOf,
  parsePosition,
} from "./store/positions.js";
export type * from "./store/range.js";
export type * from "./store/record.js";
export { type KeptPast, keptPastOf, modifiedAtOver } from "./store/states.js";
export { type HolderOf, uniqueClashes } from "./store/unique-clashes.js";
export { type Wake, Watchers } from "./store/watchers.js";
