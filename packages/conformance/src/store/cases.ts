import { cleaningCases } from "./cleaning.js";
import { closingCases } from "./closing.js";
import { commitCases } from "./commits.js";
import { descendingCases } from "./descending.js";
import { eventRaceCases } from "./event-races.js";
import { expectationCases } from "./expectations.js";
import { followingCases } from "./following.js";
import { historyCases } from "./histories.js";
import { indexCases } from "./indexes.js";
import { keyCases } from "./keys.js";
import { lapseCases } from "./lapsing.js";
import { misuseCases } from "./misuse.js";
import { pagingCases } from "./paging.js";
import { prefixCases } from "./prefixes.js";
import { raceCases } from "./races.js";
import { rangeReadingCases } from "./range-readings.js";
import { recordCases } from "./records.js";
import { redactionCases } from "./redactions.js";
import { resumingCases } from "./resuming.js";
import { retentionCases } from "./retention.js";
import { stoppingCases } from "./stopping.js";
import { textCases } from "./texts.js";
import type { StoreCase } from "./trial.js";
import { uniqueCases } from "./unique-values.js";
import { versionCases } from "./versions.js";
import { watchingCases } from "./watching.js";

/** Every case of the suite, in the order in which the port's documentation tells of what they prove. */
export const storeCases: readonly StoreCase[] = [
  ...recordCases,
  ...expectationCases,
  ...versionCases,
  ...commitCases,
  ...textCases,
  ...keyCases,
  ...prefixCases,
  ...pagingCases,
  ...indexCases,
  ...descendingCases,
  ...uniqueCases,
  ...lapseCases,
  ...rangeReadingCases,
  ...historyCases,
  ...redactionCases,
  ...retentionCases,
  ...raceCases,
  ...followingCases,
  ...resumingCases,
  ...stoppingCases,
  ...eventRaceCases,
  ...watchingCases,
  ...cleaningCases,
  ...misuseCases,
  ...closingCases,
];
