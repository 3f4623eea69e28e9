import type { GuardForm } from "./app.js";
import type { Place } from "./place.js";
import { guardForms } from "./setup.js";
import type { SetupName } from "./setups.js";
import type { Stage } from "./stage.js";

/** One test of the suite: its name is the sentence that it proves. */
export interface GuardCase {
  readonly name: string;
  /** What it can't run without. */
  readonly needs?: "store";
  readonly run: (stage: Stage) => Promise<void>;
}

/** What a case proves of a kind of resource, in whichever form of guard. */
export interface FormCase {
  readonly name: string;
  /** @default all three */
  readonly forms?: readonly GuardForm[];
  readonly run: (place: Place) => Promise<void>;
}

/** Cases about one kind of resource: one test for each form. */
export function casesOf(setup: SetupName, cases: readonly FormCase[]): readonly GuardCase[] {
  return cases.flatMap(({ name, forms = guardForms, run }) =>
    forms.map((form) => ({
      name: `${form}: ${name}`,
      run: async (stage: Stage) => run(await stage.place(setup, form)),
    })),
  );
}
