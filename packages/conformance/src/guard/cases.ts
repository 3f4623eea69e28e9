import { changingCases } from "./changing.js";
import { conditionCases } from "./conditions.js";
import { conflictCases } from "./conflicts.js";
import { contentVersionCases } from "./content-versions.js";
import { creationCases } from "./creating.js";
import { dateCases } from "./dates.js";
import { disconnectingCases } from "./disconnecting.js";
import { errorHandlerCases } from "./error-handlers.js";
import { keySettingCases } from "./key-settings.js";
import { observingCases } from "./observing.js";
import { outcomeCases } from "./outcomes.js";
import { preferenceCases } from "./preferring.js";
import { raceCases } from "./races.js";
import { readCases } from "./reads.js";
import { replayCases } from "./replaying.js";
import { runningCases } from "./running.js";
import { settingCases } from "./settings.js";
import { silenceCases } from "./silence.js";
import { strategyCases } from "./strategies.js";
import type { GuardCase } from "./trial.js";
import { wholeCases } from "./whole.js";

/** All cases, in the order in which they are declared. */
export const guardCases: readonly GuardCase[] = [
  ...readCases,
  ...conditionCases,
  ...dateCases,
  ...contentVersionCases,
  ...conflictCases,
  ...creationCases,
  ...outcomeCases,
  ...strategyCases,
  ...preferenceCases,
  ...settingCases,
  ...observingCases,
  ...wholeCases,
  ...changingCases,
  ...errorHandlerCases,
  ...silenceCases,
  ...disconnectingCases,
  ...raceCases,
  ...replayCases,
  ...keySettingCases,
  ...runningCases,
];
