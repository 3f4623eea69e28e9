import { setTimeout as pause } from "node:timers/promises";
import type { Key, StoredRecord } from "@unclash/core/store";
import { internalRecords } from "../../commits/internal-records.js";
import { readSubscription, subscriptionText } from "../subscription.js";
import type { Plant } from "./delivery-checker.test-support.js";
import { asCommitted, isLease, without } from "./delivery-processes.test-support.js";

const isCursor = (key: Key): boolean => /^_partition\/.\/cursor$/.test(key);
const isEpoch = (key: Key): boolean => /^_partition\/.\/epoch$/.test(key);
const isDelivery = (key: Key): boolean => key.startsWith(internalRecords.deliveries.prefix);

interface PlantedBug {
  readonly bug: string;
  readonly plant: Plant;
  readonly fault: RegExp;
  /** Many runs may be needed to see it. */
  readonly isRare?: true;
}

/** Deliverers with a bug, and what is wrong with what they do. */
export const planted: readonly PlantedBug[] = [
  {
    bug: "send the next event before the outcome of the one before is recorded",
    fault: /^something was sent while the one before was/,
    plant: {
      store: (store) => ({
        ...store,
        async commit(commit) {
          const isOutcome = commit.writes.some(({ key, expect }) => isDelivery(key) && expect !== "absent");
          if (!isOutcome) return store.commit(commit);
          void pause(20).then(() => store.commit(commit));
          return asCommitted(commit);
        },
      }),
    },
  },
  {
    bug: "ignore their leases",
    isRare: true,
    fault: /^something was sent without a lease/,
    plant: {
      store: (store) => ({
        ...store,
        async commit(commit) {
          const result = await store.commit({ ...commit, reads: without(commit, isLease).reads });
          const isRenewal = commit.writes.some((write) => "extendMs" in write);
          return isRenewal ? asCommitted(commit) : result;
        },
      }),
    },
  },
  {
    bug: "move the cursor before they record what is to be delivered",
    fault: /was not sent/,
    plant: {
      store: (store) => ({
        ...store,
        async commit(commit) {
          const cursor = commit.writes.filter(({ key }) => isCursor(key));
          if (cursor.length === 0 || cursor.length === commit.writes.length) return store.commit(commit);
          const moved = await store.commit({ ...commit, writes: cursor });
          if (moved.kind === "clash") return moved;
          await pause(50);
          return store.commit(without(commit, isCursor));
        },
      }),
    },
  },
  {
    bug: "ignore that there are other subscriptions",
    fault: /was not sent/,
    plant: {
      store: (store) => {
        const seen = new Map<Key, StoredRecord>();
        return {
          ...store,
          async read(keys) {
            const { now, records } = await store.read(keys);
            const first = records.map((record) => {
              if (record === undefined || !isEpoch(record.key)) return record;
              const known = seen.get(record.key) ?? record;
              seen.set(record.key, known);
              return known;
            });
            return { now, records: first };
          },
          commit: (commit) => store.commit({ ...commit, reads: without(commit, isEpoch).reads }),
        };
      },
    },
  },
  {
    bug: "send what nobody asked for",
    fault: /which it did not want/,
    plant: {
      store: (store) => ({
        ...store,
        async list(range) {
          const page = await store.list(range);
          if (!("prefix" in range) || !range.prefix.startsWith(internalRecords.subscriptions.prefix)) return page;
          return { ...page, records: page.records.map(forAll) };
        },
      }),
    },
  },
  {
    bug: "send each attempt under an id of its own",
    fault: /which is no event's id/,
    plant: {
      sender: ({ send, close }) => ({
        close,
        send: ({ headers, ...attempt }) =>
          send({ ...attempt, headers: { ...headers, "webhook-id": `${headers["webhook-id"]}~${performance.now()}` } }),
      }),
    },
  },
];

function forAll(record: StoredRecord): StoredRecord {
  return { ...record, text: subscriptionText({ ...readSubscription(record), resources: [] }) };
}
