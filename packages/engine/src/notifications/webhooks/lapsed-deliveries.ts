import { internalRecords } from "../../commits/internal-records.js";
import { forgotten, type LapsedKind } from "../../commits/lapsed-kinds.js";

/** Deliveries that are listed no longer or were of deleted subscriptions, and leases of processes that died. */
export const lapsedDeliveries: readonly LapsedKind[] = [
  {
    name: "deliveries",
    prefix: internalRecords.deliveries.prefix,
    endingsOf: (records) => records.map(forgotten),
  },
  {
    name: "partition-leases",
    prefix: internalRecords.partitions.prefix,
    endingsOf: (records) => records.map(forgotten),
  },
];
