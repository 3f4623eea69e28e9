import { closingCases } from "./closing.js";
import { commitCases } from "./commits.js";
import { expectationCases } from "./expectations.js";
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
import { retentionCases } from "./retention.js";
import { textCases } from "./texts.js";
import type { StoreCase } from "./trial.js";
import { uniqueCases } from "./unique-values.js";
import { versionCases } from "./versions.js";

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
  ...uniqueCases,
  ...lapseCases,
  ...rangeReadingCases,
  ...historyCases,
  ...redactionCases,
  ...retentionCases,
  ...raceCases,
  ...misuseCases,
  ...closingCases,
];
