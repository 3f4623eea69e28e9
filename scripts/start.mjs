/**
 * Builds the Express sample, starts it, and prints a tour of it. `pnpm start` runs this; it needs nothing but Node and
 * what `pnpm install` has installed.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Whether this process was told to stop. */
let stopped = false;

/** Runs a Node program to its end, and passes on to it what tells this process to stop. Gives its exit code. */
async function run(args, { variables, onLine }) {
  const env = { ...process.env, ...variables };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["inherit", "pipe", "inherit"] });
  const stop = () => {
    stopped = true;
    child.kill("SIGTERM");
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  createInterface({ input: child.stdout }).on("line", onLine);
  const [code] = await once(child, "close");
  process.off("SIGINT", stop).off("SIGTERM", stop);
  return code ?? 1;
}

async function build() {
  console.log("Building the Express sample; the first time, this takes a while.");
  const turbo = [
    "node_modules/turbo/bin/turbo",
    "run",
    "build",
    "--filter=@unclash/app-express",
    "--filter=@unclash/app-webhook-receiver",
  ];
  // Types take most of a build's time, and nothing that runs needs them.
  const code = await run([...turbo, "--output-logs=hash-only", "--", "--no-dts"], {
    variables: { TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
    onLine: (line) => console.log(line),
  });
  if (code !== 0 && !stopped) console.error("The build failed: `pnpm build` shows why.");
  return code;
}

function serve() {
  // The tour's editor may roll back. Whoever sees this terminal may be the editor, and nobody else.
  const token = randomBytes(12).toString("base64url");
  const tokens = [process.env.UNCLASH_TOKENS, `tour=${token}:admin`].filter(Boolean).join(",");
  return run(["apps/express/dist/main.js"], {
    variables: {
      UNCLASH_STORE: process.env.UNCLASH_STORE || "sqlite:data/shop.db",
      UNCLASH_TOKENS: tokens,
      // The tour's receiver of webhooks is on this machine.
      UNCLASH_PRIVATE_CALLBACKS: "yes",
    },
    onLine: async (line) => {
      console.log(line);
      const origin = /^listening on (\S+)$/.exec(line)?.[1];
      if (origin !== undefined) console.log(await tourOf(origin, token));
    },
  });
}

async function tourOf(origin, token) {
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const [live, tour] = await Promise.all(
    ["tour-live.sh", "tour.sh"].map(async (name) => {
      const text = await readFile(new URL(name, import.meta.url), "utf8");
      return text
        .replaceAll("http://127.0.0.1:3000", origin)
        .replaceAll("TOKEN", token)
        .replaceAll("whsec_TOUR", secret);
    }),
  );
  return `
Two people edit one article at once. To be told of it as it happens, if you like, first:

${live}
To see what becomes of it, paste this into another terminal:

${tour}
Ctrl-C stops the shop.`;
}

const code = await build();
process.exitCode = code !== 0 || stopped ? code : await serve();
