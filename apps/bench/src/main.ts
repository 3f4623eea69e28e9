import { parseArgs } from "node:util";
import { benchHttp } from "./http/bench.js";
import { cells } from "./http/cell.js";
import { printProfile } from "./http/profile/print.js";
import { frameworkNames, isFrameworkName } from "./http/servers/all.js";
import { benchSqlite } from "./sqlite/bench.js";

const usage = `pnpm bench http [--framework express|koa|fastify|node]… [--quick] [--json] [--profile]
pnpm bench sqlite [--quick] [--json]`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    framework: { type: "string", multiple: true },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    profile: { type: "boolean", default: false },
  },
});
const [subject] = positionals;
const named = values.framework ?? frameworkNames;
if (subject === "http" && named.every(isFrameworkName)) {
  const frameworks = named.filter(isFrameworkName);
  if (values.profile) {
    for (const framework of frameworks) for (const cell of cells) await printProfile(framework, cell);
  } else await benchHttp({ frameworks, quick: values.quick, json: values.json });
} else if (subject === "sqlite") {
  await benchSqlite({ quick: values.quick, json: values.json });
} else {
  console.error(usage);
  process.exitCode = 2;
}
