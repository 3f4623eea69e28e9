import { commitChecks } from "./commit-checks.js";
import { commitWrites } from "./commit-writes.js";
import { type Script, script } from "./script.js";
import { stateParts } from "./state-script.js";

/**
 * Any commit, in one step. A script does not roll back, so that all checks come before the first write. That one, the
 * revision, is also where a server refuses that is full, read-only or unable to save: before or not at all.
 */
export const commitScript: Script = script(stateParts, commitChecks, commitWrites);
