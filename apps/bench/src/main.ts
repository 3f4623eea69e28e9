import { parseArgs } from "node:util";
import { benchEvents } from "./events/bench.js";
import { benchHousekeeping } from "./housekeeping/bench.js";
import { benchAgainst } from "./http/against.js";
import { benchHttp } from "./http/bench.js";
import { cells } from "./http/cell.js";
import { printProfile } from "./http/profile/print.js";
import { frameworkNames, isFrameworkName } from "./http/servers/all.js";
import { benchMerge } from "./merge/bench.js";
import { benchScale } from "./scale/bench.js";
import { benchSqlite } from "./sqlite/bench.js";
import { benchStopping } from "./stopping/bench.js";
import { benchStores } from "./stores/bench.js";
import { isStoreName, storeNames } from "./stores/store-name.js";
import { benchWorst } from "./worst/bench.js";

const usage = `pnpm bench http [--framework express|koa|fastify|node]… [--quick] [--json] [--profile]
  [--against DIRECTORY]
pnpm bench sqlite [--quick] [--json]
pnpm bench stores [--store memory|sqlite|postgres|redis]… [--quick] [--json]
pnpm bench scale [--store memory|sqlite|postgres|redis]… [--records 1000000] [--quick] [--json]
pnpm bench housekeeping [--store memory|sqlite|postgres|redis]… [--quick] [--json]
pnpm bench stopping [--store memory|sqlite|postgres|redis]… [--quick] [--json]
pnpm bench events [--store memory|sqlite|postgres|redis]… [--quick] [--json]
pnpm bench merge [--quick] [--json]
pnpm bench worst [--store memory|sqlite|postgres|redis]… [--only TEXT] [--quick] [--json]`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    framework: { type: "string", multiple: true },
    store: { type: "string", multiple: true },
    only: { type: "string", default: "" },
    records: { type: "string", default: "1000000" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    profile: { type: "boolean", default: false },
    against: { type: "string" },
  },
});
const [subject] = positionals;
const stores = values.store ?? storeNames;
const named = values.framework ?? frameworkNames;
if (subject === "http" && named.every(isFrameworkName)) {
  const frameworks = named.filter(isFrameworkName);
  const { against, quick, json } = values;
  if (against !== undefined) {
    await benchAgainst({ frameworks, directory: against, quick, json });
  } else if (values.profile) {
    for (const framework of frameworks) for (const cell of cells) await printProfile(framework, cell);
  } else await benchHttp({ frameworks, quick, json });
} else if (subject === "sqlite") {
  await benchSqlite({ quick: values.quick, json: values.json });
} else if (subject === "merge") {
  benchMerge({ quick: values.quick, json: values.json });
} else if (subject === "stores" && stores.every(isStoreName)) {
  await benchStores({ stores: stores.filter(isStoreName), quick: values.quick, json: values.json });
} else if (subject === "scale" && stores.every(isStoreName) && /^[1-9][0-9]{2,8}$/.test(values.records)) {
  const { quick, json } = values;
  await benchScale({ stores: stores.filter(isStoreName), recordsMax: Number(values.records), quick, json });
} else if (subject === "housekeeping" && stores.every(isStoreName)) {
  await benchHousekeeping({ stores: stores.filter(isStoreName), quick: values.quick, json: values.json });
} else if (subject === "stopping" && stores.every(isStoreName)) {
  await benchStopping({ stores: stores.filter(isStoreName), quick: values.quick, json: values.json });
} else if (subject === "events" && stores.every(isStoreName)) {
  await benchEvents({ stores: stores.filter(isStoreName), quick: values.quick, json: values.json });
} else if (subject === "worst" && stores.every(isStoreName)) {
  const { only, quick, json } = values;
  await benchWorst({ stores: stores.filter(isStoreName), only, quick, json });
} else {
  console.error(usage);
  process.exitCode = 2;
}
