import type { JsonObject } from "@unclash/core/json";
import type { GuardReport } from "unclash";
import type { Trial } from "../adapter/trial.js";
import type { GuardForm } from "./app.js";
import type { Row, Table } from "./table.js";

/** One kind of resource in one form of guard, on a server that others use before and after: what a case works with. */
export interface Place extends Trial {
  readonly form: GuardForm;
  readonly table: Table;
  /** A new row with a name that no other case was given. */
  row(fields?: JsonObject): Row;
  report(): GuardReport | undefined;
}
