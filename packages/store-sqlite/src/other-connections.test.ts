import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { OtherConnections } from "./other-connections.js";
import { connect, freshFile, intercepted, sqliteError } from "./store.test-support.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

// One that listens, and another connection to the same file.
function opened() {
  const file = freshFile();
  const seen = { asked: 0, changes: 0, code: 0 };
  const database = intercepted(connect(file), (sql) => {
    if (sql !== "PRAGMA data_version") return;
    seen.asked++;
    if (seen.code !== 0) throw sqliteError(seen.code);
  });
  database.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (a)");
  const others = new OtherConnections(database, () => seen.changes++);
  const other = connect(file);
  const write = (connection: Pick<typeof other, "exec">) => connection.exec("INSERT INTO t VALUES (1)");
  return { seen, others, database, other, write };
}

test("nothing is asked while nobody listens, and one timer serves all who do", () => {
  const { seen, others, other, write } = opened();
  write(other);
  vi.advanceTimersByTime(1_000);
  expect([seen, vi.getTimerCount()]).toEqual([{ asked: 0, changes: 0, code: 0 }, 0]);
  const ends = [others.listen(true), others.listen(false), others.listen(true)];
  expect(vi.getTimerCount()).toBe(1);
  write(other);
  vi.advanceTimersByTime(10);
  expect(seen.changes).toBe(1);
  for (const end of ends) end();
  ends[0]?.();
  expect(vi.getTimerCount()).toBe(0);
  others.listen(false);
  expect(vi.getTimerCount()).toBe(1);
  others.end();
  others.listen(true);
  expect(vi.getTimerCount()).toBe(0);
});

test("each commit of another connection is noticed, and none of its own is", () => {
  const { seen, others, database, other, write } = opened();
  others.listen(false);
  for (let n = 1; n <= 5; n++) {
    write(database);
    vi.advanceTimersByTime(20);
    expect(seen.changes).toBe(n - 1);
    write(other);
    // What it reads and writes itself before it asks hides nothing.
    database.prepare("SELECT count(*) FROM t").get();
    write(database);
    vi.advanceTimersByTime(20);
    expect(seen.changes).toBe(n);
  }
});

test("while the file is locked nothing is noticed, and afterwards all of it; where it is broken, that is", () => {
  const { seen, others, other, write } = opened();
  others.listen(false);
  seen.code = 5;
  write(other);
  vi.advanceTimersByTime(100);
  expect(seen.changes).toBe(0);
  seen.code = 0;
  vi.advanceTimersByTime(10);
  expect(seen.changes).toBe(1);
  seen.code = 10;
  vi.advanceTimersByTime(10);
  expect(seen.changes).toBe(2);
});
