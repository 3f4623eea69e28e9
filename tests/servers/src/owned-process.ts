import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A server's process, which ends with this one, however this one ends. */
export interface OwnedProcess {
  readonly pid: number;
  /** What it has written to its output so far, to be told where it fails. */
  readonly output: () => string;
  readonly hasEnded: () => boolean;
  /** Sends a signal, and waits until the process is gone. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
}

/** As whom to run: servers such as PostgreSQL refuse to run as root. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
  /** The folder to run in. @default "/" */
  readonly folder?: string;
}

// The shell holds a pipe of ours. Where we are killed it reads the pipe's end, and ends the server.
const script = `exec 3<&0 </dev/null; "$@" 3<&- & pid=$!
echo "pid $pid"
(read _ <&3; kill -QUIT $pid 2>/dev/null; sleep 1; kill -KILL $pid 2>/dev/null) >/dev/null 2>&1 & watcher=$!
exec 3<&-
wait $pid; status=$?
kill $watcher 2>/dev/null
exit $status`;

const outputMax = 20_000;

/** Starts a program whose life is bound to that of this process. */
export async function startOwned(
  command: string,
  parameters: readonly string[],
  { uid, gid, folder = "/" }: RunAs = {},
): Promise<OwnedProcess> {
  const shell = spawn("/bin/sh", ["-c", script, "sh", command, ...parameters], {
    stdio: ["pipe", "pipe", "pipe"],
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    env: { ...process.env, LC_ALL: "C" },
    cwd: folder,
  });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-outputMax);
  };
  shell.stdout.on("data", keep);
  shell.stderr.on("data", keep);
  shell.stdin.on("error", () => {});
  const pid = await pidOf(shell, () => output);
  // Neither the process nor its pipes keep this one alive.
  for (const handle of [shell, shell.stdin, shell.stdout, shell.stderr]) unref(handle);
  return {
    pid,
    output: () => output,
    hasEnded: () => hasEnded(shell),
    async end(signal) {
      if (hasEnded(shell)) return;
      shell.ref();
      const gone = once(shell, "exit");
      try {
        process.kill(pid, signal);
      } catch {}
      await gone;
    },
  };
}

async function pidOf(shell: ChildProcess, output: () => string): Promise<number> {
  for (;;) {
    const pid = /^pid ([0-9]+)$/m.exec(output())?.[1];
    if (pid !== undefined) return Number(pid);
    if (hasEnded(shell)) throw new Error(`the server did not start:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function unref(handle: object): void {
  if ("unref" in handle && typeof handle.unref === "function") handle.unref();
}
