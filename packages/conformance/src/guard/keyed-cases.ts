import type { GuardForm } from "./app.js";
import { type KeyedPlace, type KeyedSetupName, keyedPlace } from "./keyed-stage.js";
import { guardForms } from "./setup.js";
import type { GuardCase } from "./trial.js";

/** What a case proves of requests with keys. */
export interface KeyedCase {
  readonly name: string;
  /** @default all three */
  readonly forms?: readonly GuardForm[];
  readonly run: (place: KeyedPlace) => Promise<void>;
}

/** Cases about keys that are treated in one way: one test for each form, each with servers and a store of its own. */
export function keyedCasesOf(setup: KeyedSetupName, cases: readonly KeyedCase[]): readonly GuardCase[] {
  return cases.flatMap(({ name, forms = guardForms, run }) =>
    forms.map((form) => ({
      name: `${form}: ${name}`,
      needs: "store" as const,
      run: async (stage) => run(await keyedPlace(stage, setup, form)),
    })),
  );
}
