import type { GuardIdempotency } from "unclash";
import { createTestClock, type TestClock } from "../store/test-clock.js";
import type { GuardForm } from "./app.js";
import { createGates, type Gates } from "./gates.js";
import { keyedHandlers } from "./keyed-handlers.js";
import type { Place } from "./place.js";
import { type SetupOptions, type Standing, stand } from "./setup.js";
import { placeOf, type Stage } from "./stage.js";
import { createTable, type Table } from "./table.js";
import { type WatchedStore, watchedStore } from "./watched-store.js";
import { whoIs } from "./who-is.js";

/** How the keys of a kind of resource are treated. */
interface KeyedSetup {
  readonly keys?: Omit<GuardIdempotency, "store">;
  readonly options?: SetupOptions;
}

/** A lease is renewed in real time, three times in its length; it lapses by the store's clock, which the test moves. */
const leaseMs = 90;

/** The ways in which keys are treated. */
export type KeyedSetupName = "free" | "strict" | "rerun" | "required" | "small" | "known";

const setups: Readonly<Record<KeyedSetupName, KeyedSetup>> = {
  free: { options: { preconditions: { required: false } } },
  strict: {},
  rerun: { keys: { rerun: true }, options: { preconditions: { required: false } } },
  required: { keys: { required: true }, options: { preconditions: { required: false } } },
  small: { keys: { answerBytesMax: 64 }, options: { preconditions: { required: false } } },
  known: { options: { preconditions: { required: false }, identify: ({ headers }) => whoIs(headers) } },
};

/** A kind of resource, whose requests may have keys, as one process serves it. */
export interface KeyedPlace extends Place {
  /** The same as another process serves it, with the same table and the same store of keys. */
  readonly other: Place;
  readonly clock: TestClock;
  /** The store, as this process has it; the other has its own connection. */
  readonly store: WatchedStore;
  readonly gates: Gates;
  readonly leaseMs: number;
  /** How often a handler has run for that id, in both processes. */
  runs(id: string): number;
}

/** The app of one case, served by two processes over one store. */
export async function keyedPlace(stage: Stage, name: KeyedSetupName, form: GuardForm): Promise<KeyedPlace> {
  const clock = createTestClock();
  const { store: open, patienceMs = 10_000 } = stage.options;
  if (open === undefined) throw new TypeError("There is no store for keys.");
  const base = await open({ clock });
  stage.afterwards(() => base.close());
  const table = createTable(({ version }) => version);
  const gates = createGates();
  const runs = new Map<string, number>();
  const ran = (id: string): void => void runs.set(id, (runs.get(id) ?? 0) + 1);
  const serve = async (store: WatchedStore): Promise<Place> => {
    const standing = standKeyed(name, form, table, store, keyedHandlers(table, gates, ran));
    return placeOf(await stage.serve({ resources: [standing.resource] }), form, standing);
  };
  const [store, others] = [watchedStore(base, patienceMs), watchedStore(base, patienceMs)];
  const [place, other] = await Promise.all([serve(store), serve(others)]);
  return { ...place, other, clock, store, gates, leaseMs, runs: (id) => runs.get(id) ?? 0 };
}

function standKeyed(
  name: KeyedSetupName,
  form: GuardForm,
  table: Table,
  { store }: WatchedStore,
  handlers: ReturnType<typeof keyedHandlers>,
): Standing {
  const setup = setups[name];
  const options = { ...setup.options, idempotency: { store, leaseMs, anonymous: "address", ...setup.keys } as const };
  // What a handler checks itself has its key kept by a guard in front, which loads nothing.
  const isChecked = form === "check";
  const given = { handlers: () => handlers, ...(isChecked ? { outer: () => options } : { options: () => options }) };
  return stand(name, given, form, table);
}
