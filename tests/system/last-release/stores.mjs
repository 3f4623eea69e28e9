// The stores as of e8c196d, made by scripts/keep-release.mjs.

// packages/core/src/errors.ts
var errorsPage = "docs/guide/errors.md";
var UnclashError = class extends Error {
};
var ConfigurationError = class extends UnclashError {
  code = "ERR_UNCLASH_CONFIGURATION";
  name = "ConfigurationError";
  /** The option at fault, as a path: `collections.articles.strategy`. */
  option;
  constructor(option, problem) {
    super(`${option} ${problem} (${errorsPage}#err_unclash_configuration)`);
    this.option = option;
  }
};
var StoreError = class extends UnclashError {
  code = "ERR_UNCLASH_STORE";
  name = "StoreError";
  /** `not-applied`: nothing was written. `unknown`: it may have been; read the keys back before trying again. */
  outcome;
  constructor(message, outcome, options) {
    super(message, options);
    this.outcome = outcome;
  }
};
var CallbackError = class extends UnclashError {
  code = "ERR_UNCLASH_CALLBACK";
  name = "CallbackError";
  /** The function at fault, as a path of options: `identify`, `collections.articles.rules`. */
  callback;
  constructor(callback, problem, options) {
    super(`${callback} ${problem} (${errorsPage}#err_unclash_callback)`, options);
    this.callback = callback;
  }
};
function assertNever(value) {
  throw new TypeError(`Not a known case: ${JSON.stringify(value)}`);
}

// packages/core/src/store/bell.ts
var Bell = class {
  #waiting = /* @__PURE__ */ new Set();
  #rings = 0;
  #isSilent = false;
  /** How often it has rung. */
  get rings() {
    return this.#rings;
  }
  /** Whether it will never ring again. */
  get isSilent() {
    return this.#isSilent;
  }
  /** Wakes all who wait. */
  ring() {
    this.#rings++;
    for (const wake of [...this.#waiting]) wake();
  }
  /** Wakes all who wait, for the last time. */
  silence() {
    this.#isSilent = true;
    this.ring();
  }
  /** Resolves once it has rung more often than this, or `stop` is aborted. */
  async rung(rings, stop) {
    if (this.#rings > rings || this.#isSilent || stop.aborted) return;
    await new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        stop.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      stop.addEventListener("abort", wake);
    });
  }
};

// packages/core/src/store/expectation.ts
function hasLapsed({ lapsesAt }, now) {
  return typeof lapsesAt === "number" && lapsesAt <= now;
}
function isMet(expect, current, now) {
  if (expect === "any") return true;
  if (expect === "absent") return current === void 0;
  if (current === void 0) return false;
  if (expect === "present") return isAlive(current, now);
  if ("tag" in expect) return current.tag === expect.tag && isAlive(current, now);
  if ("gone" in expect) return current.tag === expect.gone && isTombstone(current);
  return current.tag === expect.lapsed && hasLapsed(current, now);
}
function isTombstone({ deleted }) {
  return deleted === true || deleted === 1;
}
function isAlive(state, now) {
  return !isTombstone(state) && !hasLapsed(state, now);
}

// packages/core/src/store/unique-clashes.ts
function uniqueClashes(writes, holderOf) {
  const claims = writes.flatMap(
    (write) => "put" in write ? (write.index ?? []).filter(({ unique }) => unique).map((value) => ({ key: write.key, value })) : []
  );
  if (claims.length === 0) return [];
  const released = new Set(writes.filter((write) => "put" in write || "delete" in write).map(({ key }) => key));
  const taken = /* @__PURE__ */ new Map();
  const clashes = [];
  for (const { key, value } of claims) {
    const place = `${value.name}\0${value.value}`;
    const holder = taken.get(place) ?? holderOf(value, released);
    taken.set(place, taken.get(place) ?? key);
    if (holder !== void 0 && holder !== key) clashes.push({ index: value.name, value: value.value, key, holder });
  }
  return clashes;
}

// packages/core/src/store/clashes.ts
function clashesOf(commit2, heads, view, now) {
  const clashes = [];
  const clashOn = (key, current, version) => ({
    key,
    ...current !== void 0 && { current: view.recordOf(current, now) },
    ...version !== void 0 && { version }
  });
  for (const reading of commit2.reads) {
    if ("key" in reading) {
      const current = view.current(reading.key);
      if (!isMet(reading.expect, current, now)) clashes.push(clashOn(reading.key, current));
    } else if (!stillHolds(reading, view, now)) {
      clashes.push({ range: reading.range });
    }
  }
  for (const [at2, write] of commit2.writes.entries()) {
    const head = heads[at2];
    if (!isMet(write.expect, head, now)) clashes.push(clashOn(write.key, head));
    else if (!isPossible(write, head, view)) clashes.push(clashOn(write.key, head, versionOf(write)));
  }
  clashes.push(...uniqueClashes(commit2.writes, (value, released) => holderAmong(view, value, released)));
  return clashes;
}
function holderAmong(view, value, released) {
  return view.holders(value, released.size + 1).find((key) => !released.has(key));
}
function stillHolds({ range, seen: seen2 }, view, now) {
  const found = view.page({ ...range, texts: false }, now);
  return found.length === seen2.length && seen2.every(({ key, tag }, at2) => found[at2]?.key === key && found[at2].tag === tag);
}
function isPossible(write, head, view) {
  if ("extendMs" in write) return head !== void 0 && !isTombstone(head);
  if (!("redact" in write)) return true;
  const state = head && view.version(head, write.version);
  return state !== void 0 && !isTombstone(state);
}
function versionOf(write) {
  return "redact" in write ? write.version : void 0;
}

// packages/core/src/options/check-options.ts
function checkOptions(path, given, rules4) {
  if (!isOptionsObject(given)) {
    throw new ConfigurationError(path === "" ? "options" : path, `must be an object, and is ${describeValue(given)}`);
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(rules4, name)) throw new ConfigurationError(below(path, name), unknownOption(name, rules4));
  }
  for (const [name, rule] of Object.entries(rules4)) {
    const value = Reflect.get(given, name);
    const wrong = value === void 0 && rule.isRequired !== true ? void 0 : rule(value);
    const { describe = describeValue, members } = rule;
    if (wrong !== void 0) throw new ConfigurationError(below(path, name), `${wrong}, and is ${describe(value)}`);
    if (value !== void 0 && members !== void 0) checkOptions(below(path, name), value, members);
  }
}
function unknownOption(name, rules4) {
  const group2 = Object.keys(rules4).find((each) => Object.hasOwn(rules4[each]?.members ?? {}, name));
  if (group2 === void 0) return unknownName(name, Object.keys(rules4));
  return `is an option of the group \`${group2}\`: write \`${group2}: { ${name}: \u2026 }\``;
}
function required(rule) {
  return Object.assign((value) => rule(value), rule, { isRequired: true });
}
var isFunction = (value) => typeof value === "function" ? void 0 : "must be a function";
var isBoolean = (value) => typeof value === "boolean" ? void 0 : "must be true or false";
function oneOf(...allowed) {
  const names2 = allowed.map((value) => JSON.stringify(value));
  const list3 = names2.length > 1 ? `${names2.slice(0, -1).join(", ")} or ${names2.at(-1)}` : names2[0];
  return (value) => allowed.some((each) => each === value) ? void 0 : `must be ${list3}`;
}
function wholeNumber(min, max = Number.MAX_SAFE_INTEGER) {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return (value) => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max ? void 0 : `must be a whole number ${bounds}`;
}
var timerMsMax = 2147483647;
var isTimerMs = wholeNumber(1, timerMsMax);
function describeValue(value) {
  if (value === void 0 || value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}\u2026` : value);
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value === "symbol") return "a symbol";
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (isPromise(value)) return "a promise: put `await` before it";
  if (Array.isArray(value)) return describeArray(value);
  const kind = Object.getPrototypeOf(value)?.constructor?.name;
  if (typeof kind === "string" && kind !== "" && kind !== "Object") return `an object of the class ${kind}`;
  const names2 = Object.keys(value);
  return names2.length === 0 ? "an empty object" : `an object with ${names2.slice(0, 5).join(", ")}`;
}
function describeArray(array) {
  if (array.length === 0) return "an empty array";
  const isShort = array.length <= 5 && array.every((item) => ["string", "number", "boolean"].includes(typeof item));
  return isShort ? `[${array.map(describeValue).join(", ")}]` : `an array of ${array.length}`;
}
function isPromise(value) {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
function unknownName(name, known) {
  const nearest = nearestName(name, known);
  const hint = nearest === void 0 ? "" : ` Did you mean \`${nearest}\`?`;
  return `is not an option.${hint} The options are ${known.join(", ")}`;
}
function nearestName(name, known) {
  const allowed = Math.max(2, Math.floor(name.length / 3));
  const distances = known.map((each) => ({ each, distance: editDistance(name.toLowerCase(), each.toLowerCase()) }));
  distances.sort((a, b) => a.distance - b.distance);
  const [nearest] = distances;
  return nearest !== void 0 && nearest.distance <= allowed ? nearest.each : void 0;
}
function editDistance(a, b) {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const steps = [
        at(rows, row - 1, column) + 1,
        (line[column - 1] ?? 0) + 1,
        at(rows, row - 1, column - 1) + (same ? 0 : 1)
      ];
      const isExchange = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] && row > 1 && column > 1;
      line.push(Math.min(...steps, isExchange ? at(rows, row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY));
    }
    rows.push(line);
  }
  return at(rows, a.length, b.length);
}
function at(rows, row, column) {
  return rows[row]?.[column] ?? 0;
}
function isOptionsObject(value) {
  return Object.prototype.toString.call(value) === "[object Object]" && !isPromise(value);
}
function below(path, name) {
  return path === "" ? name : `${path}.${name}`;
}

// packages/core/src/store/clock.ts
function checkedClock(clock) {
  const checked = () => {
    const now = clock();
    if (Number.isSafeInteger(now)) return now;
    const given = describeValue(now);
    throw new CallbackError(
      "clock",
      `must return whole milliseconds since 1970, as Date.now does, and returned ${given}`
    );
  };
  checked();
  return checked;
}

// packages/core/src/store/code-points.ts
function compareCodePoints(a, b) {
  const length = Math.min(a.length, b.length);
  for (let at2 = 0; at2 < length; at2++) {
    const left = a.charCodeAt(at2);
    const right = b.charCodeAt(at2);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}
function rank(unit) {
  if (unit < 55296) return unit;
  return unit < 57344 ? unit + 8192 : unit - 2048;
}

// packages/core/src/store/cursor.ts
var tagLengthMax = 16;
var shape = /^([0-9]{16})\.([0-9]{3})\.([\w-]{0,16})$/;
function formatCursor({ position, index, tag }) {
  return `${String(position).padStart(16, "0")}.${String(index).padStart(3, "0")}.${tag.slice(0, tagLengthMax)}`;
}
function parseCursor(cursor) {
  const [, position = "", index = "", tag = ""] = shape.exec(cursor) ?? [];
  if (position === "" || !Number.isSafeInteger(Number(position))) return void 0;
  return { position: Number(position), index: Number(index), tag };
}

// packages/core/src/store/failure.ts
function asStoreError(engine, thrown, outcome) {
  if (thrown instanceof StoreError) return thrown;
  return new StoreError(`${engine} failed: ${messageOf(thrown)}`, outcome, { cause: thrown });
}
function messageOf(thrown) {
  if (thrown instanceof AggregateError && thrown.message === "") return thrown.errors.map(messageOf).join("; ");
  return thrown instanceof Error ? thrown.message : String(thrown);
}
async function ifInstalled(load) {
  try {
    return await load();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : void 0;
    if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") return void 0;
    throw error;
  }
}

// packages/core/src/store/misuse.ts
var readKeysMax = 256;
var pageLimitMax = 1e3;
var pageBytesMax = 8388608;
var eventAgeMs = 25 * 60 * 60 * 1e3;
var keyBytesMax = 1024;
var indexNameBytesMax = 128;
var indexValueBytesMax = 512;
var commitWritesMax = 256;
var commitReadsMax = 512;
var indexValuesMax = 32;
var durationMsMax = 315576e7;
var eventDataBytesMax = 8192;
var tagSyntax = /^[\w-]{1,64}$/;
var unfitForKeys = /[\p{Cc}\p{Cs}]/u;
function assertKeys(keys) {
  if (keys.length > readKeysMax) misuse(`A read has at most ${readKeysMax} keys, not ${keys.length}.`);
  for (const key of keys) assertKey(key);
}
function assertCommit(commit2) {
  if (!isNaturalOrAbsent(commit2.at)) misuse(`A commit's "at" is whole milliseconds, not ${commit2.at}.`);
  assertTag(commit2.tag);
  assertSayable("by", commit2.by ?? "");
  assertSayable("cause", commit2.cause);
  assertCount("readings", commit2.reads.length, commitReadsMax);
  assertCount("writes", commit2.writes.length, commitWritesMax);
  assertCount("events", commit2.events.length, commitWritesMax);
  for (const reading of commit2.reads) assertReading(reading);
  for (const write of commit2.writes) assertWrite(write);
  if (commit2.writes.length > 1) assertEachKeyOnce(commit2.writes);
  for (const event of commit2.events) {
    assertKey(event.key);
    assertSayable("type", event.type);
    assertSayable("data", event.data ?? "");
    if (event.data !== void 0 && exceedsBytes(event.data, eventDataBytesMax)) {
      misuse(
        `The data of an event are at most ${eventDataBytesMax} bytes: ${shown(event.type)} about ${shown(event.key)}.`
      );
    }
  }
}
function assertRange(range) {
  assertLimit(range.limit);
  if (range.textBytesMax !== void 0 && !isPositive(range.textBytesMax)) {
    misuse(`"textBytesMax" is a whole number above 0, not ${range.textBytesMax}.`);
  }
  if ("prefix" in range) {
    assertKey(range.prefix);
    if (!range.prefix.endsWith("/")) misuse(`A prefix ends in "/": ${shown(range.prefix)}.`);
  } else if ("index" in range) {
    assertName(range.index);
    assertValue(range.from);
    assertValue(range.to);
  } else if (!Number.isSafeInteger(range.lapsedBefore)) {
    misuse(`"lapsedBefore" is whole milliseconds, not ${range.lapsedBefore}.`);
  }
}
function assertHistoryRequest(key, request) {
  assertKey(key);
  assertLimit(request.limit);
  if (request.before !== void 0 && !Number.isSafeInteger(request.before)) {
    misuse(`"before" is a version, not ${request.before}.`);
  }
  if (request.at !== void 0 && !Number.isSafeInteger(request.at)) {
    misuse(`"at" is whole milliseconds, not ${request.at}.`);
  }
}
function assertBudget(budget) {
  if (!isPositive(budget)) misuse(`A budget is a whole number of rows, at least 1, not ${budget}.`);
}
function assertReading(reading) {
  if ("key" in reading) {
    assertKey(reading.key);
    assertExpectation(reading.key, reading.expect);
    return;
  }
  if (!("prefix" in reading.range)) misuse("Only a range with a prefix can be read in a commit.");
  assertRange(reading.range);
  assertCount("records seen", reading.seen.length, reading.range.limit);
  for (const { key, tag } of reading.seen) {
    assertKey(key);
    assertTag(tag);
  }
}
function assertWrite(write) {
  assertKey(write.key);
  assertExpectation(write.key, write.expect);
  if ("put" in write) {
    assertSayable("put", write.put);
    assertCount("index values", write.index?.length ?? 0, indexValuesMax);
    if (write.ttlMs !== void 0) assertDuration(write.key, "ttlMs", write.ttlMs);
    if (write.keep !== void 0) assertRetention(write.key, write.keep);
    if (write.index !== void 0) for (const value of write.index) assertIndexValue(value);
  } else if ("extendMs" in write) {
    assertDuration(write.key, "extendMs", write.extendMs);
  } else if ("redact" in write) {
    assertSayable("redact", write.redact);
    if (!isPositive(write.version)) misuse(`The version to redact of ${shown(write.key)} is none: ${write.version}.`);
  } else if (write.delete !== "tombstone" && write.delete !== "forget") {
    assertNever(write.delete);
  }
}
function assertEachKeyOnce(writes) {
  const keys = /* @__PURE__ */ new Set();
  for (const { key } of writes) {
    if (keys.has(key)) misuse(`A commit writes a key at most once: ${shown(key)}.`);
    keys.add(key);
  }
}
function assertExpectation(key, expect) {
  if (typeof expect === "string") {
    if (expect !== "any" && expect !== "absent" && expect !== "present") assertNever(expect);
    return;
  }
  const tag = "tag" in expect ? expect.tag : "gone" in expect ? expect.gone : expect.lapsed;
  if (typeof tag !== "string") misuse(`What is expected of ${shown(key)} names no tag.`);
  assertTag(tag);
}
function assertTag(tag) {
  if (!tagSyntax.test(tag)) misuse(`A tag is 1 to 64 letters, digits, "-" and "_": ${shown(tag)}.`);
}
function assertSayable(member, text2) {
  if (text2.includes("\0") || !text2.isWellFormed()) {
    misuse(`"${member}" is well-formed and holds no U+0000: ${shown(text2)}.`);
  }
}
function assertCount(what, count, countMax) {
  if (count > countMax) misuse(`There are ${count} ${what} where at most ${countMax} may be.`);
}
function assertRetention(key, keep) {
  if (keep === "all" || keep === "none") return;
  if (keep.count === void 0 && keep.ageMs === void 0) {
    misuse(`What to keep of ${shown(key)} has a "count", an "ageMs", or both.`);
  }
  if (!isNaturalOrAbsent(keep.count)) misuse(`"keep.count" of ${shown(key)} is a whole number, not ${keep.count}.`);
  if (!isNaturalOrAbsent(keep.ageMs) || (keep.ageMs ?? 0) > durationMsMax) {
    misuse(`"keep.ageMs" of ${shown(key)} is whole milliseconds up to 100 years, not ${keep.ageMs}.`);
  }
}
function assertIndexValue(value) {
  assertName(value.name);
  assertValue(value.value);
}
function assertDuration(key, option, durationMs) {
  if (!isPositive(durationMs) || durationMs > durationMsMax) {
    misuse(`"${option}" of ${shown(key)} is whole milliseconds above 0, up to 100 years, not ${durationMs}.`);
  }
}
function assertLimit(limit) {
  if (!isPositive(limit) || limit > pageLimitMax) {
    misuse(`A limit is a whole number from 1 to ${pageLimitMax}, not ${limit}.`);
  }
}
function assertKey(key) {
  if (key === "" || unfitForKeys.test(key) || exceedsBytes(key, keyBytesMax)) {
    misuse(`A key is 1 to ${keyBytesMax} bytes of UTF-8 without control characters: ${shown(key)}.`);
  }
}
function assertName(name) {
  if (name === "" || unfitForKeys.test(name) || exceedsBytes(name, indexNameBytesMax)) {
    misuse(
      `The name of an index is 1 to ${indexNameBytesMax} bytes of UTF-8 without control characters: ${shown(name)}.`
    );
  }
}
function assertValue(value) {
  if (exceedsBytes(value, indexValueBytesMax) || value.includes("\0") || !value.isWellFormed()) {
    misuse(
      `The value of an index is well-formed, without U+0000, and at most ${indexValueBytesMax} bytes of UTF-8: ${shown(value)}.`
    );
  }
}
function isPositive(value) {
  return Number.isSafeInteger(value) && value > 0;
}
function isNaturalOrAbsent(value) {
  return value === void 0 || Number.isSafeInteger(value) && value >= 0;
}
function exceedsBytes(text2, bytesMax) {
  if (text2.length * 3 <= bytesMax) return false;
  if (text2.length > bytesMax) return true;
  let bytes = 0;
  for (let at2 = 0; at2 < text2.length; at2++) {
    const unit = text2.charCodeAt(at2);
    const half = unit >= 55296 && unit < 57344;
    bytes += unit < 128 ? 1 : unit < 2048 || half ? 2 : 3;
  }
  return bytes > bytesMax;
}
function shown(text2) {
  return JSON.stringify(text2.length > 80 ? `${text2.slice(0, 80)}\u2026` : text2);
}
function misuse(message) {
  throw new TypeError(message);
}

// packages/core/src/store/pages.ts
function pageBytesOf({ textBytesMax = pageBytesMax } = {}) {
  return Math.min(textBytesMax, pageBytesMax);
}
function countOnPage(items2, bytesOf, bytesMax = pageBytesMax) {
  let bytes = 0;
  const last = items2.findIndex((item) => {
    bytes += bytesOf(item);
    return bytes >= bytesMax;
  });
  return last === -1 ? items2.length : last + 1;
}

// packages/core/src/store/positions.ts
function formatPosition(place, key) {
  return `${place}\0${key}`;
}
function parsePosition(after) {
  const [place = "", key, ...others] = after.split("\0");
  return key === void 0 || others.length > 0 ? void 0 : { place, key };
}
function assertPosition(range) {
  const { after } = range;
  if (after === void 0) return;
  const isKnown = "prefix" in range ? !after.includes("\0") : isPosition(after, "lapsedBefore" in range);
  if (!isKnown || !after.isWellFormed()) throw notAPosition();
}
function notAPosition() {
  return new TypeError('"after" is not what a page of this range gave as its "next".');
}
function isPosition(after, isMoment) {
  const position = parsePosition(after);
  return position !== void 0 && (!isMoment || /^[0-9]{1,16}$/.test(position.place));
}
function childrenOf({ prefix, after }) {
  return {
    depth: depthOf(prefix),
    after: after === void 0 || isBefore(after, prefix) ? prefix : after,
    // The first text after all that begin with the prefix: its last byte, the slash, made one larger.
    end: `${prefix.slice(0, -1)}0`
  };
}
function indexStartOf({ from, after }) {
  const position = after === void 0 ? void 0 : parsePosition(after);
  return position === void 0 || isBefore(position.place, from) ? { place: from, key: "" } : position;
}
function isBefore(a, b) {
  return compareCodePoints(a, b) < 0;
}
function parentOf(key) {
  return key.slice(0, key.lastIndexOf("/") + 1);
}
function depthOf(key) {
  let depth = 0;
  for (let at2 = key.indexOf("/"); at2 !== -1; at2 = key.indexOf("/", at2 + 1)) depth++;
  return depth;
}

// packages/core/src/store/states.ts
function keptPastOf(retention = "all") {
  if (retention === "all") return { count: null, ageMs: null };
  if (retention === "none") return { count: 0, ageMs: null };
  return { count: retention.count ?? 0, ageMs: retention.ageMs ?? null };
}
function modifiedAtOver(before, { at: at2 }) {
  return before === void 0 ? at2 : Math.max(at2, before.modifiedAt + 1);
}

// packages/core/src/store/watchers.ts
var keysMax = 1e3;
var Watchers = class {
  /** Each by an object of its own: the same function may watch twice. */
  #wakes = /* @__PURE__ */ new Set();
  #later;
  #written = /* @__PURE__ */ new Set();
  #isPlanned = false;
  #isAnyWritten = false;
  /** @param later runs something soon, and not at once: `setImmediate` */
  constructor(later) {
    this.#later = later;
  }
  /** Whether nobody wants to know. */
  get isEmpty() {
    return this.#wakes.size === 0;
  }
  /** Adds one. The function that it returns takes it away again. */
  add(wake) {
    const watcher = { wake };
    this.#wakes.add(watcher);
    return () => {
      this.#wakes.delete(watcher);
    };
  }
  /** Takes all away. */
  clear() {
    this.#wakes.clear();
  }
  /** Notes what a commit wrote, and wakes them soon: not before the commit's own caller could have gone on. */
  note({ writes }) {
    if (this.isEmpty || writes.length === 0) return;
    for (const { key } of writes) this.#written.add(key);
    this.#plan();
  }
  /** Notes that another connection wrote something, nobody knows what. */
  noteAny() {
    if (this.isEmpty) return;
    this.#isAnyWritten = true;
    this.#plan();
  }
  #plan() {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#later(() => this.#wakeForWritten());
  }
  /** Wakes all of them now. */
  wake(keys) {
    for (const watcher of [...this.#wakes]) {
      if (this.#wakes.has(watcher)) this.#wakeSafely(watcher.wake, keys);
    }
  }
  #wakeForWritten() {
    const keys = this.#isAnyWritten || this.#written.size > keysMax ? [] : [...this.#written];
    this.#written = /* @__PURE__ */ new Set();
    this.#isAnyWritten = false;
    this.#isPlanned = false;
    this.wake(keys);
  }
  #wakeSafely(wake, keys) {
    try {
      wake(keys);
    } catch (thrown) {
      this.#later(() => {
        throw thrown;
      });
    }
  }
};

// packages/store-postgres/src/driver.ts
var asSent = { getTypeParser: () => (value) => value };
function textQuery(text2, values, name) {
  return { text: text2, values, rowMode: "array", types: asSent, ...name !== void 0 && { name } };
}
function rowsOf(result) {
  const { rows, rowCount, command } = result ?? {};
  if (!Array.isArray(rows)) throw new NotUnderstoodError();
  const texts = rows.filter(isRow);
  if (texts.length < rows.length || command === "SELECT" && rowCount !== rows.length) throw new NotUnderstoodError();
  return texts;
}
function isRow(row) {
  return Array.isArray(row) && row.every((value) => typeof value === "string" || value === null);
}
var NotUnderstoodError = class extends Error {
  name = "NotUnderstoodError";
  constructor(message = "the pool's answer is not what the server sent: rows must come as arrays of texts, in their order") {
    super(message);
  }
};
async function openPool(url, connections, timeoutMs, sessions) {
  const driver = await ifInstalled(() => import("pg"));
  if (driver === void 0) throw new ConfigurationError("url", "needs the package pg: npm install pg");
  return new driver.default.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: timeoutMs,
    keepAlive: true,
    // A pooler refuses settings that it does not know, and would hand them on to others.
    ...sessions && { statement_timeout: timeoutMs }
  });
}

// packages/store-postgres/src/failure.ts
function sentError(thrown) {
  const isRolledBack = isRejection(thrown) && sqlStateOf(thrown) !== void 0;
  return storeError(thrown, isRolledBack ? "not-applied" : "unknown");
}
function storeError(thrown, outcome) {
  return asStoreError("PostgreSQL", thrown, outcome);
}
function leavesConnectionUsable(thrown) {
  return isRejection(thrown) && !/^(0A|25|26|42|22P02|22P05)/.test(sqlStateOf(thrown) ?? "");
}
function isRejection(thrown) {
  return severityOf(thrown) === "ERROR" && sqlStateOf(thrown)?.startsWith("08") !== true;
}
function sqlStateOf(thrown) {
  if (!(thrown instanceof Error) || !("code" in thrown) || typeof thrown.code !== "string") return void 0;
  return /^[0-9A-Z]{5}$/.test(thrown.code) ? thrown.code : void 0;
}
function severityOf(thrown) {
  if (!(thrown instanceof Error) || !("severity" in thrown)) return void 0;
  return typeof thrown.severity === "string" ? thrown.severity : void 0;
}

// packages/store-postgres/src/hash.ts
function hashOf(text2, seed) {
  let high = 3735928559 ^ seed;
  let low = 1103547991 ^ seed;
  for (let at2 = 0; at2 < text2.length; at2++) {
    const unit = text2.charCodeAt(at2);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ high >>> 16, 2246822507) ^ Math.imul(low ^ low >>> 13, 3266489909);
  low = Math.imul(low ^ low >>> 16, 2246822507) ^ Math.imul(high ^ high >>> 13, 3266489909);
  return 4294967296 * (low & 2097151) + (high >>> 0);
}

// packages/store-postgres/src/locks.ts
var LockNumbers = class {
  #seeds;
  /** Taken first: together by all, by a commit of very many locks for itself, in place of all others. */
  store;
  /** Held by a migration. */
  migration;
  /** Held by a step of cleaning. */
  cleaning;
  /** The first argument of the locks that tell of events on their way (see `sql/horizon.ts`). From 1 to 2^31 - 1. */
  events;
  constructor(schema) {
    const seed = (purpose) => hashOf(`${purpose} ${schema}`, 0) >>> 0;
    this.#seeds = [seed("key"), seed("parent"), seed("value")];
    this.store = numbered(seed("store"));
    this.migration = numbered(seed("migration"));
    this.cleaning = numbered(seed("cleaning"));
    this.events = (seed("events") >>> 1 | 1) >>> 0;
  }
  key(key) {
    return numbered(hashOf(key, this.#seeds[0]));
  }
  /** That of all keys with this parent. */
  parent(prefix) {
    return numbered(hashOf(prefix, this.#seeds[1]));
  }
  value(name, value) {
    return numbered(hashOf(`${name}\0${value}`, this.#seeds[2]));
  }
  /**
   * What a commit has to lock, in the order in which to do it. Each number is even; one more means that it is to be
   * locked against all others.
   */
  of({ reads, writes }) {
    const numbers = /* @__PURE__ */ new Set();
    for (const reading of reads) {
      numbers.add("key" in reading ? this.key(reading.key) : this.parent(prefixOf(reading.range)) + 1);
    }
    for (const write of writes) {
      numbers.add(this.key(write.key) + 1);
      if (!("extendMs" in write)) numbers.add(this.parent(parentOf(write.key)));
      if ("put" in write) {
        for (const { name, value, unique } of write.index ?? []) {
          if (unique === true) numbers.add(this.value(name, value) + 1);
        }
      }
    }
    const needed = [...numbers].filter((number2) => number2 % 2 === 1 || !numbers.has(number2 + 1));
    if (needed.length > locksMax) return [this.store + 1];
    return [this.store, ...needed.sort((a, b) => a - b)];
  }
};
var locksMax = 200;
var smallest = 2 ** 52;
function numbered(hash) {
  return smallest + hash % 2 ** 51 * 2;
}
function prefixOf(range) {
  return "prefix" in range && typeof range.prefix === "string" ? range.prefix : "";
}

// packages/store-postgres/src/sql/fragments.ts
var nowSql = "floor(date_part('epoch', clock_timestamp()) * 1000)::bigint";
var settingsSql = "SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off";
var joinSettingsSql = `${settingsSql}
  SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off`;
function isMetSql(expect, tag, head) {
  const alive = `(NOT ${head}.deleted AND (${head}.lapses_at IS NULL OR ${head}.lapses_at > v_now))`;
  return `CASE ${expect}
      WHEN 'any' THEN true
      WHEN 'absent' THEN ${head}.key IS NULL
      WHEN 'present' THEN ${alive}
      WHEN 'tag' THEN ${head}.tag = ${tag} AND ${alive}
      WHEN 'gone' THEN ${head}.tag = ${tag} AND ${head}.deleted
      WHEN 'lapsed' THEN ${head}.tag = ${tag} AND ${head}.lapses_at <= v_now
    END`;
}
function stateSql(head, body) {
  return `${head}.key, ${head}.version, ${head}.revision, ${head}.tag, ${head}.deleted, ${head}.lapses_at <= v_now,
    ${head}.created_at, ${head}.modified_at, ${head}.lapses_at, ${head}.actor, ${head}.cause, ${body}`;
}
var hasOtherEncoding = "current_setting('client_encoding') <> 'UTF8'";
var hasOtherIsolation = "current_setting('transaction_isolation') <> 'read committed'";
var refuseSql = `IF ${hasOtherEncoding} THEN
      RAISE EXCEPTION 'unclash needs sessions whose client_encoding is UTF8' USING ERRCODE = '25001';
    END IF;
    IF ${hasOtherIsolation} THEN
      RAISE EXCEPTION 'unclash needs sessions whose transactions are "read committed"' USING ERRCODE = '25001';
    END IF;`;
var sessionSql = `IF ${hasOtherEncoding} OR ${hasOtherIsolation} THEN
    ${refuseSql}
  END IF;`;
var durableSessionSql = `IF ${hasOtherEncoding} OR ${hasOtherIsolation}
      OR current_setting('synchronous_commit') <> p_sync THEN
    ${refuseSql}
    IF array_position(ARRAY['off', 'local', 'remote_write', 'on', 'remote_apply'],
        current_setting('synchronous_commit'))
        < array_position(ARRAY['off', 'local', 'remote_write', 'on', 'remote_apply'], p_sync) THEN
      PERFORM set_config('synchronous_commit', p_sync, true);
    END IF;
  END IF;`;
var lockSql = `${durableSessionSql}
  PERFORM set_config('lock_timeout', p_wait_ms::text, true);
  PERFORM CASE WHEN a.number & 1 = 1 THEN pg_advisory_xact_lock(a.number - 1)
    ELSE pg_advisory_xact_lock_shared(a.number) END
    FROM unnest(p_locks) AS a (number);`;

// packages/store-postgres/src/sql/horizon.ts
function announceSql(s, events) {
  return `PERFORM pg_advisory_xact_lock_shared(${events}, (${lastRevisionSql(s)} & 2147483647)::integer);`;
}
function horizonSql(s, events) {
  return `v_last := ${lastRevisionSql(s)};
  SELECT v_last - coalesce(max(l.behind), 0) INTO v_horizon
    FROM (
      SELECT (v_last - objid::bigint) & 2147483647 AS behind
      FROM pg_catalog.pg_locks
      WHERE locktype = 'advisory' AND classid = ${events} AND objsubid = 2
        AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    ) AS l
    WHERE l.behind < 1073741824;`;
}
function lastRevisionSql(s) {
  return `pg_sequence_last_value('${s}.revisions'::regclass)`;
}

// packages/store-postgres/src/sql/clean.ts
function cleanSql(s, { store, cleaning, events }) {
  return `
CREATE FUNCTION ${s}.due(p_limit integer) RETURNS SETOF text LANGUAGE plpgsql STABLE ${settingsSql} AS $function$
BEGIN
  RETURN QUERY SELECT c.key FROM ${s}.head AS c WHERE c.clean_at <= ${nowSql} ORDER BY c.clean_at LIMIT p_limit;
END
$function$;

CREATE FUNCTION ${s}.clean(p_keys text[], p_locks bigint[], p_budget integer, p_event_age_ms bigint, p_step_ms integer,
  OUT removed integer, OUT more boolean) LANGUAGE plpgsql VOLATILE ${settingsSql} AS $function$
DECLARE
  v_now bigint := ${nowSql};
  v_ends_at bigint;
  v_last bigint;
  v_horizon bigint;
  v_found integer;
  v_old ${s}.removed;
  v_id bigint;
  h ${s}.head;
BEGIN
  ${sessionSql}
  removed := 0;
  more := false;
  IF NOT pg_try_advisory_xact_lock(${cleaning}) OR NOT pg_try_advisory_xact_lock_shared(${store}) THEN
    RETURN;
  END IF;
  PERFORM set_config('synchronous_commit', 'off', true);
  ${horizonSql(s, events)}

  SELECT * INTO v_old FROM ${s}.removed AS c WHERE c.one;
  WITH old AS (
    SELECT e.revision, e.n, e.tag, bool_and(e.at < v_now - p_event_age_ms) OVER (ORDER BY e.revision, e.n) AS is_old
    FROM (
      SELECT * FROM ${s}.event AS c
      WHERE (c.revision, c.n) > (v_old.revision, v_old.n) AND c.revision <= v_horizon
      ORDER BY c.revision, c.n LIMIT p_budget
    ) AS e
  ), gone AS (
    DELETE FROM ${s}.event AS c USING old WHERE old.is_old AND c.revision = old.revision AND c.n = old.n
    RETURNING c.revision, c.n, c.tag
  ), noted AS (
    UPDATE ${s}.removed AS c SET revision = newest.revision, n = newest.n, tag = newest.tag
    FROM (SELECT * FROM gone ORDER BY gone.revision DESC, gone.n DESC LIMIT 1) AS newest WHERE c.one
  )
  SELECT count(*) INTO removed FROM gone;

  v_ends_at := ${nowSql} + p_step_ms;
  FOR i IN 1 .. cardinality(p_keys) LOOP
    EXIT WHEN removed >= p_budget OR i > 1 AND ${nowSql} >= v_ends_at;
    CONTINUE WHEN NOT pg_try_advisory_xact_lock(p_locks[i]);
    SELECT * INTO h FROM ${s}.head AS c WHERE c.key = p_keys[i] AND c.clean_at <= v_now;
    CONTINUE WHEN NOT FOUND;
    ${dropPastSql(s)}
    removed := removed + v_found;
  END LOOP;

  WHILE removed < p_budget AND (removed = 0 OR ${nowSql} < v_ends_at) LOOP
    SELECT c.id INTO v_id FROM ${s}.forgotten AS c ORDER BY c.id LIMIT 1;
    EXIT WHEN NOT FOUND;
    DELETE FROM ${s}.log AS c WHERE c.id = v_id AND c.version IN (
      SELECT d.version FROM ${s}.log AS d WHERE d.id = v_id ORDER BY d.version LIMIT least(p_budget - removed, 100)
    );
    GET DIAGNOSTICS v_found = ROW_COUNT;
    IF v_found < least(p_budget - removed, 100) THEN
      DELETE FROM ${s}.forgotten AS c WHERE c.id = v_id;
    END IF;
    removed := removed + v_found;
  END LOOP;

  SELECT * INTO v_old FROM ${s}.removed AS c WHERE c.one;
  more := coalesce((
      SELECT c.at < v_now - p_event_age_ms FROM ${s}.event AS c
      WHERE (c.revision, c.n) > (v_old.revision, v_old.n) AND c.revision <= v_horizon
      ORDER BY c.revision, c.n LIMIT 1), false)
    OR EXISTS (SELECT FROM ${s}.head AS c WHERE c.clean_at <= v_now)
    OR EXISTS (SELECT FROM ${s}.forgotten AS c ORDER BY c.id LIMIT 1);
END
$function$;
`;
}
function dropPastSql(s) {
  return `v_found := 0;
    h.clean_at := NULL;
    IF h.keep_count IS NOT NULL THEN
      WITH past AS (
        SELECT c.version, c.modified_at FROM ${s}.log AS c WHERE c.id = h.id AND c.version < h.version
          ORDER BY c.version LIMIT least(p_budget - removed, 100) + 1
      ), beyond AS (
        SELECT c.version FROM ${s}.log AS c WHERE c.id = h.id AND c.version < h.version
          ORDER BY c.version DESC OFFSET h.keep_count LIMIT 1
      ), ended AS (
        SELECT past.version, row_number() OVER (ORDER BY past.version) AS place,
          coalesce(lead(past.modified_at) OVER (ORDER BY past.version), h.modified_at)
            + coalesce(h.keep_age_ms, 0) AS at
        FROM past
      ), due AS (
        SELECT * FROM ended WHERE ended.version <= (SELECT beyond.version FROM beyond)
      ), gone AS (
        DELETE FROM ${s}.log AS c USING due
          WHERE c.id = h.id AND c.version = due.version AND due.place <= least(p_budget - removed, 100)
            AND (h.keep_age_ms IS NULL OR due.at <= v_now)
          RETURNING 1
      )
      SELECT (SELECT count(*) FROM gone),
        (SELECT CASE WHEN due.place > least(p_budget - removed, 100) THEN 0 ELSE due.at END FROM due
          WHERE due.place > least(p_budget - removed, 100) OR h.keep_age_ms IS NOT NULL AND due.at > v_now
          ORDER BY due.place LIMIT 1)
        INTO v_found, h.clean_at;
    END IF;
    UPDATE ${s}.head AS c SET clean_at = h.clean_at WHERE c.key = h.key;`;
}

// packages/store-postgres/src/sql/commit.ts
function commitSql(s, events) {
  return `
CREATE FUNCTION ${s}.commit(
  p_locks bigint[], p_wait_ms integer, p_sync text, p_tag text, p_at bigint, p_actor text, p_cause text,
  p_refused boolean,
  r_keys text[], r_expects text[], r_tags text[],
  g_depths integer[], g_afters text[], g_ends text[], g_limits integer[], g_seen text[],
  w_keys text[], w_depths integer[], w_expects text[], w_tags text[], w_actions text[], w_texts text[], w_ms bigint[],
  w_keep_counts bigint[], w_keep_ages bigint[], w_versions bigint[], w_claims text[],
  u_names text[], u_values text[],
  e_types text[], e_keys text[], e_versions bigint[], e_data text[]
) RETURNS SETOF ${s}.answer LANGUAGE plpgsql VOLATILE ${settingsSql} AS $function$
DECLARE
  v_now bigint;
  v_clashes integer := 0;
  v_revision bigint;
  v_count integer := cardinality(w_keys);
  v_seen text;
  v_key text;
  v_claim json;
  v_logged boolean;
  h ${s}.head;
  n ${s}.head;
  v_state ${s}.log;
  o ${s}.answer;
BEGIN
  ${lockSql}
  v_now := ${nowSql};
  IF NOT current_setting('array_nulls')::boolean THEN
    RAISE EXCEPTION 'unclash needs sessions whose array_nulls is on' USING ERRCODE = '25001';
  END IF;

  IF cardinality(r_keys) > 0 THEN
    RETURN QUERY SELECT 'reading', r.n::integer, ${stateSql("c", "NULL::text")}
      FROM unnest(r_keys, r_expects, r_tags) WITH ORDINALITY AS r (key, expect, tag, n)
      LEFT JOIN ${s}.head AS c ON c.key = r.key
      WHERE (${isMetSql("r.expect", "r.tag", "c")}) IS NOT TRUE;
    GET DIAGNOSTICS v_clashes = ROW_COUNT;
  END IF;

  FOR i IN 1 .. cardinality(g_seen) LOOP
    SELECT coalesce(string_agg(p.key || ' ' || p.tag, E'\\n'), '') INTO v_seen FROM (
      SELECT c.key, c.tag FROM ${s}.head AS c
      WHERE NOT c.deleted AND c.depth = g_depths[i] AND c.key > g_afters[i] AND c.key < g_ends[i]
      ORDER BY c.key LIMIT g_limits[i]
    ) AS p;
    IF v_seen <> g_seen[i] THEN
      o.kind := 'range';
      o.n := i;
      RETURN NEXT o;
      v_clashes := v_clashes + 1;
    END IF;
  END LOOP;

  FOR i IN 1 .. v_count LOOP
    SELECT * INTO h FROM ${s}.head AS c WHERE c.key = w_keys[i];
    o := NULL;
    IF (${isMetSql("w_expects[i]", "w_tags[i]", "h")}) IS NOT TRUE
      OR w_actions[i] = 'extend' AND h.deleted IS NOT FALSE THEN
      o.kind := 'write';
    ELSIF w_actions[i] = 'redact' AND (
      h.version = w_versions[i] AND NOT h.deleted
      OR EXISTS (SELECT FROM ${s}.log AS c WHERE c.id = h.id AND c.version = w_versions[i] AND NOT c.deleted)
    ) IS NOT TRUE THEN
      o.kind := 'version';
    END IF;
    IF o.kind IS NOT NULL THEN
      o := ROW(o.kind, i, ${stateSql("h", "NULL::text")})::${s}.answer;
      RETURN NEXT o;
      v_clashes := v_clashes + 1;
    END IF;
  END LOOP;

  FOR i IN 1 .. cardinality(u_names) LOOP
    SELECT c.key INTO v_key FROM ${s}.claim AS c
      WHERE c.name = u_names[i] AND c.value = u_values[i] AND NOT EXISTS (
        SELECT FROM unnest(w_keys, w_actions) AS w (key, action)
        WHERE w.key = c.key AND w.action IN ('put', 'bury', 'forget')
      )
      ORDER BY c.key LIMIT 1;
    IF FOUND THEN
      o := NULL;
      o.kind := 'value';
      o.n := i;
      o.key := v_key;
      RETURN NEXT o;
      v_clashes := v_clashes + 1;
    END IF;
  END LOOP;

  IF p_refused OR v_clashes > 0 OR v_count = 0 AND cardinality(e_types) = 0 THEN
    o := NULL;
    o.kind := CASE WHEN p_refused OR v_clashes > 0 THEN 'clash' ELSE 'committed' END;
    o.n := v_clashes;
    RETURN NEXT o;
    RETURN;
  END IF;

  IF cardinality(e_types) > 0 THEN
    ${announceSql(s, events)}
  END IF;
  v_revision := nextval('${s}.revisions'::regclass);
  IF cardinality(e_types) > 0 THEN
    INSERT INTO ${s}.event (revision, n, tag, at, type, key, version, data)
      SELECT v_revision, e.n - 1, p_tag, p_at, e.type, e.key, e.version, e.data
      FROM unnest(e_types, e_keys, e_versions, e_data) WITH ORDINALITY AS e (type, key, version, data, n);
  END IF;

  FOR i IN 1 .. v_count LOOP
    SELECT * INTO h FROM ${s}.head AS c WHERE c.key = w_keys[i];
    o := NULL;
    o.n := i;
    o.kind := 'written';

    IF w_actions[i] = 'put' OR w_actions[i] = 'bury' AND h.key IS NOT NULL THEN
      n := h;
      IF w_actions[i] = 'put' THEN
        n.keep_count := w_keep_counts[i];
        n.keep_age_ms := w_keep_ages[i];
        n.claims := w_claims[i];
        n.lapses_at := v_now + w_ms[i];
        n.deleted := false;
        IF h.deleted IS NOT FALSE THEN
          n.created_at := p_at;
        END IF;
      ELSE
        n.claims := NULL;
        n.lapses_at := NULL;
        n.deleted := true;
      END IF;
      n.logged := (n.keep_count = 0 AND n.keep_age_ms IS NULL) IS NOT TRUE;
      n.key := w_keys[i];
      n.version := coalesce(h.version, 0) + 1;
      n.revision := v_revision;
      n.tag := p_tag;
      n.modified_at := greatest(p_at, h.modified_at + 1);
      n.actor := p_actor;
      n.cause := p_cause;
      n.body := CASE WHEN n.logged THEN NULL ELSE w_texts[i] END;

      IF h.key IS NULL THEN
        n.id := nextval('${s}.ids'::regclass);
        INSERT INTO ${s}.head (key, id, depth, version, revision, tag, deleted, logged, created_at, modified_at,
          lapses_at,
            actor, cause, keep_count, keep_age_ms, clean_at, claims, body)
          VALUES (w_keys[i], n.id, w_depths[i], n.version, n.revision, n.tag, n.deleted, n.logged, n.created_at,
            n.modified_at, n.lapses_at, n.actor, n.cause, n.keep_count, n.keep_age_ms, NULL, n.claims, n.body);
      ELSE
        n.clean_at := ${cleanAtSql("n.keep_count", "n.keep_age_ms", "n.logged", "h")};
        UPDATE ${s}.head AS c SET version = n.version, revision = n.revision, tag = n.tag, deleted = n.deleted,
            logged = n.logged, created_at = n.created_at, modified_at = n.modified_at, lapses_at = n.lapses_at,
            actor = n.actor, cause = n.cause, keep_count = n.keep_count, keep_age_ms = n.keep_age_ms,
            clean_at = n.clean_at, claims = n.claims, body = n.body
          WHERE c.key = w_keys[i];
        IF n.logged AND NOT h.logged THEN
          -- Until now no past was kept. From now on it is, and what was current becomes the first of it.
          INSERT INTO ${s}.log
            (id, version, revision, tag, deleted, created_at, modified_at, lapses_at, actor, cause, body)
            VALUES (h.id, h.version, h.revision, h.tag, h.deleted, h.created_at, h.modified_at, h.lapses_at, h.actor,
              h.cause, h.body);
        END IF;
      END IF;
      IF n.logged THEN
        INSERT INTO ${s}.log
          (id, version, revision, tag, deleted, created_at, modified_at, lapses_at, actor, cause, body)
          VALUES (n.id, n.version, n.revision, n.tag, n.deleted, n.created_at, n.modified_at, n.lapses_at, n.actor,
            n.cause, w_texts[i]);
      END IF;
      o := ROW(o.kind, o.n, ${stateSql("n", "NULL::text")})::${s}.answer;

    ELSIF h.key IS NULL THEN
      NULL;

    ELSIF w_actions[i] = 'forget' THEN
      DELETE FROM ${s}.head AS c WHERE c.key = w_keys[i];
      IF h.logged OR h.clean_at IS NOT NULL THEN
        INSERT INTO ${s}.forgotten (id) VALUES (h.id);
      END IF;

    ELSIF w_actions[i] = 'extend' THEN
      h.lapses_at := v_now + w_ms[i];
      UPDATE ${s}.head AS c SET lapses_at = h.lapses_at WHERE c.key = w_keys[i];
      IF h.logged THEN
        UPDATE ${s}.log AS c SET lapses_at = h.lapses_at WHERE c.id = h.id AND c.version = h.version
          RETURNING c.body INTO h.body;
      END IF;
      o := ROW(o.kind, o.n, ${stateSql("h", "h.body")})::${s}.answer;

    ELSE
      UPDATE ${s}.log AS c SET body = w_texts[i], tag = p_tag WHERE c.id = h.id AND c.version = w_versions[i]
        RETURNING c.* INTO v_state;
      IF h.version = w_versions[i] THEN
        UPDATE ${s}.head AS c SET tag = p_tag, body = CASE WHEN c.logged THEN NULL ELSE w_texts[i] END
          WHERE c.key = w_keys[i];
        h.tag := p_tag;
        o := ROW(o.kind, o.n, ${stateSql("h", "NULL::text")})::${s}.answer;
      ELSE
        o := ROW(o.kind, o.n, h.key, v_state.version, v_state.revision, v_state.tag, v_state.deleted, NULL::boolean,
          v_state.created_at, v_state.modified_at, v_state.lapses_at, v_state.actor, v_state.cause,
          NULL::text)::${s}.answer;
      END IF;
    END IF;

    IF w_actions[i] IN ('put', 'bury', 'forget') AND h.claims IS NOT NULL
      AND (w_actions[i] <> 'put' OR h.claims IS DISTINCT FROM w_claims[i]) THEN
      -- One by one: as a join, its plan may read all claims, and stay like that.
      FOR v_claim IN SELECT a.value FROM json_array_elements(h.claims::json) AS a (value) LOOP
        DELETE FROM ${s}.claim AS c
          WHERE c.name = v_claim ->> 0 AND c.value = v_claim ->> 1 AND c.key = w_keys[i];
      END LOOP;
    END IF;
    IF w_actions[i] = 'put' AND w_claims[i] IS NOT NULL AND h.claims IS DISTINCT FROM w_claims[i] THEN
      INSERT INTO ${s}.claim (name, value, key)
        SELECT a ->> 0, a ->> 1, w_keys[i] FROM json_array_elements(w_claims[i]::json) AS a;
    END IF;
    RETURN NEXT o;
  END LOOP;
  o := NULL;
  o.kind := 'committed';
  o.n := v_count;
  RETURN NEXT o;
END
$function$;
`;
}
function cleanAtSql(keepCount, keepAgeMs, logged, head) {
  return `CASE
      WHEN ${keepCount} IS NULL THEN ${head}.clean_at
      WHEN (${keepCount} IS DISTINCT FROM ${head}.keep_count OR ${keepAgeMs} IS DISTINCT FROM ${head}.keep_age_ms)
        AND (${logged} OR ${head}.logged) THEN 0
      WHEN ${head}.clean_at IS NULL AND (${logged} OR ${head}.logged) AND ${head}.version > ${keepCount} THEN 0
      ELSE ${head}.clean_at
    END`;
}

// packages/store-postgres/src/sql/commit-one.ts
function commitOneSql(s, events) {
  return `
CREATE FUNCTION ${s}.commit_one(${parameters})
RETURNS text LANGUAGE plpgsql VOLATILE ${settingsSql} AS $function$
DECLARE
  v_now bigint;
  v_logged boolean := (p_keep_count = 0 AND p_keep_age_ms IS NULL) IS NOT TRUE;
  h ${s}.head;
BEGIN
  ${lockSql}
  v_now := ${nowSql};

  IF p_absent IS NULL OR NOT EXISTS (SELECT FROM ${s}.head AS c WHERE c.key = ANY (p_absent)) THEN
    IF e_type IS NOT NULL THEN
      ${announceSql(s, events)}
    END IF;
    UPDATE ${s}.head AS c SET version = c.version + 1, revision = nextval('${s}.revisions'::regclass), tag = p_tag,
        modified_at = greatest(p_at, c.modified_at + 1), lapses_at = v_now + p_ttl_ms, actor = p_actor, cause = p_cause,
        keep_count = p_keep_count, keep_age_ms = p_keep_age_ms,
        clean_at = ${cleanAtSql("p_keep_count", "p_keep_age_ms", "v_logged", "c")},
        body = CASE WHEN v_logged THEN NULL ELSE p_text END
      WHERE c.key = p_key AND c.tag = p_expect AND NOT c.deleted AND (c.lapses_at IS NULL OR c.lapses_at > v_now)
        AND c.claims IS NOT DISTINCT FROM p_claims AND c.logged = v_logged
      RETURNING c.* INTO h;
    IF FOUND THEN
      IF v_logged THEN
        INSERT INTO ${s}.log
          (id, version, revision, tag, deleted, created_at, modified_at, lapses_at, actor, cause, body)
          VALUES (h.id, h.version, h.revision, p_tag, false, h.created_at, h.modified_at, h.lapses_at, p_actor, p_cause,
            p_text);
      END IF;
      IF e_type IS NOT NULL THEN
        INSERT INTO ${s}.event (revision, n, tag, at, type, key, version, data)
          VALUES (h.revision, 0, p_tag, p_at, e_type, e_key, e_version, e_data);
      END IF;
      RETURN h.version || ' ' || h.revision || ' ' || h.created_at || ' ' || h.modified_at
        || coalesce(' ' || h.lapses_at, '');
    END IF;
  END IF;

  RETURN (SELECT json_agg(json_build_array(a.kind, a.n::text, a.key, a.version::text, a.revision::text, a.tag,
      CASE a.deleted WHEN true THEN 't' WHEN false THEN 'f' END,
      CASE a.lapsed WHEN true THEN 't' WHEN false THEN 'f' END,
      a.created_at::text, a.modified_at::text, a.lapses_at::text, a.actor, a.cause, a.body))
    FROM ${s}.commit_instead(${names}) AS a);
END
$function$;
`;
}
function commitInsteadSql(s) {
  const none = "ARRAY[]::text[]";
  return `
CREATE FUNCTION ${s}.commit_instead(${parameters})
RETURNS SETOF ${s}.answer LANGUAGE plpgsql VOLATILE ${settingsSql} AS $function$
DECLARE
  v_now bigint := ${nowSql};
  v_clashes integer := 0;
  h ${s}.head;
  o ${s}.answer;
BEGIN
  IF p_absent IS NOT NULL THEN
    RETURN QUERY SELECT 'reading', r.n::integer, ${stateSql("c", "NULL::text")}
      FROM unnest(p_absent) WITH ORDINALITY AS r (key, n) JOIN ${s}.head AS c ON c.key = r.key;
    GET DIAGNOSTICS v_clashes = ROW_COUNT;
  END IF;

  SELECT * INTO h FROM ${s}.head AS c WHERE c.key = p_key;
  IF (h.tag = p_expect AND NOT h.deleted AND (h.lapses_at IS NULL OR h.lapses_at > v_now)) IS NOT TRUE THEN
    o := ROW('write', 1, ${stateSql("h", "NULL::text")})::${s}.answer;
    RETURN NEXT o;
    v_clashes := v_clashes + 1;
  END IF;
  IF v_clashes > 0 THEN
    o := NULL;
    o.kind := 'clash';
    o.n := v_clashes;
    RETURN NEXT o;
    RETURN;
  END IF;

  RETURN QUERY SELECT * FROM ${s}.commit(
    ARRAY[]::bigint[], p_wait_ms, p_sync, p_tag, p_at, p_actor, p_cause, false,
    ${none}, ${none}, ${none},
    ARRAY[]::integer[], ${none}, ${none}, ARRAY[]::integer[], ${none},
    ARRAY[p_key], ARRAY[h.depth], ARRAY['tag'], ARRAY[p_expect], ARRAY['put'], ARRAY[p_text], ARRAY[p_ttl_ms],
    ARRAY[p_keep_count], ARRAY[p_keep_age_ms], ARRAY[NULL]::bigint[], ARRAY[p_claims],
    u_names, u_values,
    CASE WHEN e_type IS NULL THEN ${none} ELSE ARRAY[e_type] END,
    CASE WHEN e_type IS NULL THEN ${none} ELSE ARRAY[e_key] END,
    CASE WHEN e_type IS NULL THEN ARRAY[]::bigint[] ELSE ARRAY[e_version] END,
    CASE WHEN e_type IS NULL THEN ${none} ELSE ARRAY[e_data] END);
END
$function$;
`;
}
var parameterList = [
  "p_locks bigint[]",
  "p_wait_ms integer",
  "p_sync text",
  "p_tag text",
  "p_at bigint",
  "p_actor text",
  "p_cause text",
  "p_key text",
  "p_expect text",
  "p_text text",
  "p_ttl_ms bigint",
  "p_keep_count bigint",
  "p_keep_age_ms bigint",
  "p_claims text",
  "p_absent text[]",
  "u_names text[]",
  "u_values text[]",
  "e_type text",
  "e_key text",
  "e_version bigint",
  "e_data text"
];
var parameters = parameterList.join(", ");
var names = parameterList.map((parameter) => parameter.split(" ", 1).join("")).join(", ");

// packages/store-postgres/src/sql/events.ts
function eventsSql(s, events) {
  const isKnown = `EXISTS (
      SELECT FROM ${s}.event AS k WHERE k.revision = p_revision AND k.n = p_n AND left(k.tag, 16) = p_tag
      UNION ALL
      SELECT FROM ${s}.removed AS k WHERE k.one AND k.revision = p_revision AND k.n = p_n AND left(k.tag, 16) = p_tag
    )`;
  return `
CREATE FUNCTION ${s}.events(p_revision bigint, p_n integer, p_tag text, p_limit integer)
RETURNS TABLE (kind text, o_revision bigint, o_n integer, o_tag text, o_at bigint, o_type text, o_key text,
  o_version bigint, o_data text)
LANGUAGE plpgsql VOLATILE ${joinSettingsSql} AS $function$
DECLARE
  v_last bigint;
  v_horizon bigint;
BEGIN
  ${sessionSql}
  ${horizonSql(s, events)}

  IF p_revision IS NOT NULL THEN
    RETURN QUERY SELECT 'event', e.revision, e.n, e.tag, e.at, e.type, e.key, e.version, e.data
      FROM ${s}.event AS e
      WHERE (e.revision, e.n) > (p_revision, p_n) AND e.revision <= v_horizon AND (p_tag IS NULL OR ${isKnown})
      ORDER BY e.revision, e.n LIMIT p_limit;
    IF FOUND OR p_tag IS NULL OR ${isKnown} THEN
      RETURN;
    END IF;
  END IF;

  RETURN QUERY SELECT 'reset', p.revision, p.n, p.tag, NULL::bigint, NULL::text, NULL::text, NULL::bigint, NULL::text
    FROM (
      (SELECT e.revision, e.n, e.tag FROM ${s}.event AS e WHERE e.revision <= v_horizon
        ORDER BY e.revision DESC, e.n DESC LIMIT 1)
      UNION ALL
      SELECT m.revision, m.n, m.tag FROM ${s}.removed AS m WHERE m.one
    ) AS p ORDER BY p.revision DESC, p.n DESC LIMIT 1;
END
$function$;
`;
}

// packages/store-postgres/src/sql/list.ts
function listSql(s) {
  return [
    page(
      s,
      "list_children(p_depth integer, p_after text, p_end text, p_limit integer, p_bytes bigint)",
      "h.key AS place",
      `FROM ${s}.head AS h
      WHERE NOT h.deleted AND h.depth = p_depth AND h.key > p_after AND h.key < p_end
      ORDER BY h.key LIMIT p_limit`,
      "r.key"
    ),
    page(
      s,
      "list_index(p_name text, p_value text, p_key text, p_to text, p_limit integer, p_bytes bigint)",
      "a.value AS place",
      // A claim has its head: as many as are asked for are taken first, and then looked up.
      `FROM (
        SELECT c.value, c.key FROM ${s}.claim AS c
        WHERE c.name = p_name AND (c.value, c.key) > (p_value, p_key) AND c.value <= p_to
        ORDER BY c.value, c.key LIMIT p_limit
      ) AS a JOIN ${s}.head AS h ON h.key = a.key`,
      "r.place, r.key"
    ),
    page(
      s,
      "list_lapsed(p_from bigint, p_key text, p_before bigint, p_limit integer, p_bytes bigint)",
      "h.lapses_at::text AS place",
      `FROM ${s}.head AS h
      WHERE h.lapses_at IS NOT NULL AND (h.lapses_at, h.key) > (p_from, p_key)
        AND h.lapses_at < least(p_before, v_now + 1)
      ORDER BY h.lapses_at, h.key LIMIT p_limit`,
      "r.lapses_at, r.key"
    )
  ].join("");
}
function page(s, signature, place, from, order) {
  return `
CREATE FUNCTION ${s}.${signature} RETURNS SETOF ${s}.answer
LANGUAGE plpgsql STABLE ${joinSettingsSql} AS $function$
DECLARE
  v_now bigint := ${nowSql};
  o ${s}.answer;
BEGIN
  IF p_bytes IS NULL THEN
    RETURN QUERY SELECT r.place, (count(*) OVER ())::integer, ${stateSql("r", "NULL::text")}
      FROM (SELECT h.*, ${place} ${from}) AS r
      ORDER BY ${order};
  ELSE
    RETURN QUERY SELECT r.place, r.found::integer, ${stateSql("r", "r.text")} FROM (
      SELECT r.*, count(*) OVER () AS found, CASE WHEN r.logged THEN l.body ELSE r.body END AS text,
        sum(octet_length(CASE WHEN r.logged THEN l.body ELSE r.body END)) OVER (
          ORDER BY ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes
      FROM (SELECT h.*, ${place} ${from}) AS r
      LEFT JOIN ${s}.log AS l ON r.logged AND l.id = r.id AND l.version = r.version
    ) AS r
    WHERE coalesce(r.bytes, 0) < p_bytes
    ORDER BY ${order};
  END IF;
  GET DIAGNOSTICS o.version = ROW_COUNT;
  o.kind := current_setting('client_encoding');
  o.created_at := v_now;
  RETURN NEXT o;
END
$function$;
`;
}
function historySql(s) {
  const current = "h.version < p_before AND h.modified_at <= p_at";
  return `
CREATE FUNCTION ${s}.history(p_key text, p_before bigint, p_at bigint, p_limit integer, p_bytes bigint)
RETURNS SETOF ${s}.answer LANGUAGE plpgsql STABLE ${settingsSql} AS $function$
DECLARE
  v_now bigint := ${nowSql};
  h ${s}.head;
  o ${s}.answer;
BEGIN
  SELECT * INTO h FROM ${s}.head AS c WHERE c.key = p_key;
  IF FOUND THEN
    RETURN QUERY SELECT 'state', r.found::integer, p_key, r.version, r.revision, r.tag, r.deleted,
        r.version = h.version AND r.lapses_at <= v_now, r.created_at, r.modified_at, r.lapses_at, r.actor, r.cause,
        CASE WHEN p_bytes IS NOT NULL THEN r.body END
      FROM (
        SELECT r.*, count(*) OVER () AS found,
          sum(octet_length(r.body)) OVER (
            ORDER BY r.version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes
        FROM (
          SELECT * FROM (
            SELECT h.version, h.revision, h.tag, h.deleted, h.created_at, h.modified_at, h.lapses_at, h.actor, h.cause,
              h.body WHERE NOT h.logged AND ${current}
            UNION ALL
            (SELECT l.version, l.revision, l.tag, l.deleted, l.created_at, l.modified_at, l.lapses_at, l.actor, l.cause,
              l.body FROM ${s}.log AS l WHERE l.id = h.id AND l.version < p_before AND l.modified_at <= p_at
              ORDER BY l.version DESC LIMIT p_limit)
          ) AS both_places ORDER BY version DESC LIMIT p_limit
        ) AS r
      ) AS r
      WHERE p_bytes IS NULL OR coalesce(r.bytes, 0) < p_bytes
      ORDER BY r.version DESC;
    GET DIAGNOSTICS o.version = ROW_COUNT;
  ELSE
    o.version := 0;
  END IF;
  o.kind := current_setting('client_encoding');
  o.created_at := v_now;
  RETURN NEXT o;
END
$function$;
`;
}

// packages/store-postgres/src/sql/read.ts
function readSql(s) {
  return `
CREATE FUNCTION ${s}.read(p_keys text[]) RETURNS SETOF ${s}.answer
LANGUAGE plpgsql STABLE ${joinSettingsSql} AS $function$
DECLARE
  v_now bigint := ${nowSql};
  o ${s}.answer;
BEGIN
  RETURN QUERY SELECT 'record', k.n::integer, ${stateSql("h", "CASE WHEN h.logged THEN l.body ELSE h.body END")}
    FROM unnest(p_keys) WITH ORDINALITY AS k (key, n)
    JOIN ${s}.head AS h ON h.key = k.key
    LEFT JOIN ${s}.log AS l ON h.logged AND l.id = h.id AND l.version = h.version;
  GET DIAGNOSTICS o.version = ROW_COUNT;
  o.kind := current_setting('client_encoding');
  o.created_at := v_now;
  RETURN NEXT o;
END
$function$;
`;
}

// packages/store-postgres/src/sql/tables.ts
function tablesSql(s) {
  return `
CREATE SEQUENCE ${s}.revisions MINVALUE 0 START WITH 0;
SELECT nextval('${s}.revisions');
CREATE SEQUENCE ${s}.ids;

CREATE TABLE ${s}.head (
  key text COLLATE "C" PRIMARY KEY,
  id bigint NOT NULL,
  depth integer NOT NULL,
  version bigint NOT NULL,
  revision bigint NOT NULL,
  tag text COLLATE "C" NOT NULL,
  deleted boolean NOT NULL,
  logged boolean NOT NULL,
  created_at bigint NOT NULL,
  modified_at bigint NOT NULL,
  lapses_at bigint,
  actor text COLLATE "C",
  cause text COLLATE "C" NOT NULL,
  keep_count bigint,
  keep_age_ms bigint,
  clean_at bigint,
  claims text COLLATE "C",
  body text COLLATE "C"
) WITH (fillfactor = 70);
CREATE INDEX head_living ON ${s}.head (depth, key) WHERE NOT deleted;
CREATE INDEX head_lapsing ON ${s}.head (lapses_at, key) WHERE lapses_at IS NOT NULL;
CREATE INDEX head_cleaning ON ${s}.head (clean_at) WHERE clean_at IS NOT NULL;

CREATE TABLE ${s}.log (
  id bigint NOT NULL,
  version bigint NOT NULL,
  revision bigint NOT NULL,
  tag text COLLATE "C" NOT NULL,
  deleted boolean NOT NULL,
  created_at bigint NOT NULL,
  modified_at bigint NOT NULL,
  lapses_at bigint,
  actor text COLLATE "C",
  cause text COLLATE "C" NOT NULL,
  body text COLLATE "C",
  PRIMARY KEY (id, version)
);

CREATE TABLE ${s}.event (
  revision bigint NOT NULL,
  n integer NOT NULL,
  tag text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  type text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  version bigint,
  data text COLLATE "C",
  PRIMARY KEY (revision, n)
);

CREATE TABLE ${s}.removed (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  revision bigint NOT NULL,
  n integer NOT NULL,
  tag text COLLATE "C" NOT NULL
);
INSERT INTO ${s}.removed (revision, n, tag) VALUES (0, 0, '');

CREATE TABLE ${s}.claim (
  name text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  PRIMARY KEY (name, value, key)
);

CREATE TABLE ${s}.forgotten (id bigint PRIMARY KEY);

CREATE TYPE ${s}.answer AS (
  kind text,
  n integer,
  key text,
  version bigint,
  revision bigint,
  tag text,
  deleted boolean,
  lapsed boolean,
  created_at bigint,
  modified_at bigint,
  lapses_at bigint,
  actor text,
  cause text,
  body text
);
`;
}

// packages/store-postgres/src/schema.ts
var migrations = [
  (schema) => {
    const s = `"${schema}"`;
    const numbers = new LockNumbers(schema);
    return [
      tablesSql(s),
      commitSql(s, numbers.events),
      commitInsteadSql(s),
      commitOneSql(s, numbers.events),
      readSql(s),
      listSql(s),
      historySql(s),
      eventsSql(s, numbers.events),
      cleanSql(s, numbers)
    ].join("");
  }
];
function migrationTableSql(schema) {
  return `CREATE TABLE IF NOT EXISTS "${schema}".migration (
  version integer PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now()
)`;
}

// packages/store-postgres/src/migrate.ts
function migrationScript(schema) {
  const steps = migrations.map((sql2, at2) => `${sql2(schema)}${noteSql(schema, at2 + 1)};
`);
  return `BEGIN;
CREATE SCHEMA IF NOT EXISTS "${schema}";
${migrationTableSql(schema)};
${steps.join("")}COMMIT;
`;
}
async function migrate(client, schema) {
  await sql(client, "BEGIN ISOLATION LEVEL READ COMMITTED");
  try {
    await sql(client, `SELECT pg_advisory_xact_lock(${new LockNumbers(schema).migration})`);
    if (!await schemaExists(client, schema)) await sql(client, `CREATE SCHEMA "${schema}"`);
    const version = await versionOf2(client, schema);
    assertKnown(schema, version);
    if (version === 0) await sql(client, migrationTableSql(schema));
    for (const [at2, step] of migrations.slice(version).entries()) {
      await script(client, step(schema));
      await sql(client, noteSql(schema, version + at2 + 1));
    }
    await sql(client, "COMMIT");
  } catch (error) {
    await sql(client, "ROLLBACK").catch(() => {
    });
    if (sqlStateOf(error) !== "42501") throw error;
    throw new ConfigurationError(
      "schema",
      `must be one that this role may make or owns, or be migrated by another one: ${messageOf(error)}`
    );
  }
}
async function assertMigrated(client, schema) {
  const version = await versionOf2(client, schema);
  assertKnown(schema, version);
  if (version === migrations.length) return;
  const found = version === 0 ? "not there, or empty" : `at version ${version} of ${migrations.length}`;
  throw new ConfigurationError(
    "schema",
    `must be migrated before it is opened with migrate: false. It is ${found}; see migratePostgres`
  );
}
function assertKnown(schema, version) {
  if (version <= migrations.length) return;
  throw new ConfigurationError(
    "schema",
    `must not come from a newer release: ${schema} is at version ${version}, and ${migrations.length} is the newest known here`
  );
}
async function schemaExists(client, schema) {
  const rows = await sql(client, "SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1", [schema]);
  return rows.length > 0;
}
async function versionOf2(client, schema) {
  const tables = await sql(
    client,
    `SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = 'migration'`,
    [schema]
  );
  if (tables.length === 0) return 0;
  const [row] = await sql(client, `SELECT coalesce(max(version), 0) FROM "${schema}".migration`);
  return Number(row?.[0]);
}
function noteSql(schema, version) {
  return `INSERT INTO "${schema}".migration (version) VALUES (${version})`;
}
async function sql(client, text2, values = []) {
  return rowsOf(await client.query(textQuery(text2, values)));
}
async function script(client, text2) {
  await client.query(textQuery(text2, []));
}

// packages/store-postgres/src/open.ts
import { inspect, isDeepStrictEqual } from "util";

// packages/store-postgres/src/transaction-status.ts
var seen = /* @__PURE__ */ new WeakMap();
function transactionStatusOf(client) {
  return typeof client.getTransactionStatus === "function" ? askedStatus(client) : seenStatus(client);
}
function askedStatus(client) {
  try {
    return statusIn(client.getTransactionStatus?.());
  } catch {
    return void 0;
  }
}
function seenStatus(client) {
  const known = seen.get(client);
  if (known !== void 0) return known.status;
  const { connection } = client;
  if (typeof connection?.on !== "function") return void 0;
  const last = { status: void 0 };
  seen.set(client, last);
  connection.on("readyForQuery", (message) => {
    last.status = statusIn(typeof message === "object" && message !== null && "status" in message && message.status);
  });
  return void 0;
}
function statusIn(value) {
  return value === "I" || value === "T" || value === "E" ? value : void 0;
}

// packages/store-postgres/src/pool.ts
var triesMax = 100;
var warned = /* @__PURE__ */ new WeakSet();
async function connectIdle(pool) {
  for (let tries = 1; ; tries++) {
    const client = await pool.connect();
    const status = transactionStatusOf(client);
    if (status === "I" || status === void 0) return client;
    client.on("error", ignoreError);
    client.release(true);
    warnOfPool(pool);
    if (tries === triesMax) throw new StoreError(openTransaction, "not-applied");
  }
}
function isCommitted(client) {
  return transactionStatusOf(client) === "I";
}
var openTransaction = "The pool lent a connection on which a transaction was open, and what is done there is not durable: look for a client that is released without COMMIT or ROLLBACK.";
function warnOfPool(pool) {
  if (warned.has(pool)) return;
  warned.add(pool);
  process.emitWarning(
    "A client was released to the pool of the PostgreSQL store with a transaction still open on it. It was closed, and its transaction rolled back: whoever released it has lost what was written there (docs/guide/errors.md#unclash_open_transaction).",
    { type: "UnclashWarning", code: "UNCLASH_OPEN_TRANSACTION" }
  );
}
var guards = /* @__PURE__ */ new WeakMap();
var guarded = /* @__PURE__ */ new WeakSet();
function guardPool(pool) {
  const guard = guards.get(pool) ?? startGuard(pool);
  guards.set(pool, guard);
  guard.stores++;
  let isEnded = false;
  return () => {
    if (isEnded) return;
    isEnded = true;
    guard.stores--;
    if (guard.stores > 0) return;
    guards.delete(pool);
    guard.end();
  };
}
function startGuard(pool) {
  pool.on?.("error", ignoreError);
  pool.on?.("acquire", guardClient);
  return {
    stores: 0,
    end() {
      pool.removeListener?.("error", ignoreError);
      pool.removeListener?.("acquire", guardClient);
    }
  };
}
function guardClient(client) {
  if (guarded.has(client)) return;
  guarded.add(client);
  client.on("error", ignoreError);
}
function ignoreError() {
}

// packages/store-postgres/src/open.ts
var oldestVersion = 13e4;
async function openServer(pool, { sourceOption, schema, migrate: shouldMigrate, timeoutMs }) {
  const limitMs = Math.max(timeoutMs, 6e4);
  const client = await within(connectIdle(pool), timeoutMs, (late) => late.release()).catch((error) => {
    throw connectionError(error, sourceOption);
  });
  const ignore2 = () => {
  };
  client.on("error", ignore2);
  let isUsable = false;
  try {
    await within(checkClient(client, sourceOption), timeoutMs);
    const server = await within(checkServer(client, sourceOption), timeoutMs);
    if (shouldMigrate) await within(migrate(client, schema), limitMs);
    else await within(assertMigrated(client, schema), timeoutMs);
    isUsable = true;
    return server;
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw storeError(error, "not-applied");
  } finally {
    client.release(!isUsable);
    if (isUsable) client.removeListener("error", ignore2);
  }
}
var refused = /^(28|3D000)/;
function connectionError(error, sourceOption) {
  if (error instanceof StoreError) return error;
  const message = messageOf(error);
  if (refused.test(sqlStateOf(error) ?? "") || message.startsWith("SASL:")) {
    return new ConfigurationError(sourceOption, `must lead to a database that its role may use: ${message}`);
  }
  if (isUnreadable(error)) return new ConfigurationError(sourceOption, `must be one that pg can read: ${message}`);
  return new StoreError(`PostgreSQL cannot be reached: ${message}`, "not-applied", { cause: error });
}
function isUnreadable(error) {
  return error instanceof URIError || error instanceof TypeError && "code" in error && error.code === "ERR_INVALID_URL";
}
async function checkClient(client, sourceOption) {
  const result = await client.query(
    textQuery("SELECT $1::text, 9007199254740991::bigint, 1::integer, true, NULL::text", [probe])
  );
  if (!isDeepStrictEqual(result?.rows, [[probe, "9007199254740991", "1", "t", null]])) {
    throw new ConfigurationError(
      sourceOption,
      `must give the rows of a query with rowMode "array" and types of its own as arrays of the texts that the server sent: without binary: true, and without anything that maps rows. It gave ${inspect(result?.rows).slice(0, 200)}`
    );
  }
  const status = transactionStatusOf(client);
  if (status === void 0) {
    throw new ConfigurationError(
      sourceOption,
      "must lend clients that tell whether a transaction is open, as those of pg do (getTransactionStatus): on others a commit may not be durable. An old pg-native does not tell"
    );
  }
  if (status !== "I") throw new StoreError(openTransaction, "not-applied");
}
var probe = "snake_case \xE9 \u20AC";
async function checkServer(client, sourceOption) {
  const [row] = rowsOf(
    await client.query(
      textQuery(
        `SELECT pg_catalog.current_setting('server_version_num'), pg_catalog.current_setting('server_encoding'),
          pg_catalog.current_setting('default_transaction_isolation'), pg_catalog.current_setting('fsync'),
          pg_catalog.current_setting('synchronous_commit'),
          pg_catalog.current_setting('client_encoding')`,
        []
      )
    )
  );
  assertUsable(row, sourceOption);
  const [, , , fsync, synchronousCommit] = row ?? [];
  return {
    isDurable: fsync === "on" && synchronousCommit !== "off",
    synchronousCommit: synchronousCommit ?? "on"
  };
}
function assertUsable(row, sourceOption) {
  const [version, encoding, isolation, , , clientEncoding] = row ?? [];
  if (!(Number(version) >= oldestVersion)) {
    throw new ConfigurationError(sourceOption, `must lead to PostgreSQL 13 or newer, not ${version}`);
  }
  if (encoding !== "UTF8")
    throw new ConfigurationError(sourceOption, `must lead to a database in UTF8, not ${encoding}`);
  if (clientEncoding !== "UTF8") {
    throw new ConfigurationError(
      sourceOption,
      `must lead to sessions whose client_encoding is UTF8, not ${clientEncoding}`
    );
  }
  if (isolation !== "read committed") {
    throw new ConfigurationError(
      sourceOption,
      `must lead to sessions whose default_transaction_isolation is "read committed", not "${isolation}": set it for the role. In any other, commits that wait for each other would not see what the other wrote`
    );
  }
}
async function within(work, limitMs, late) {
  let timer;
  let isLate = false;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new StoreError(`PostgreSQL did not answer within ${limitMs} ms.`, "not-applied"));
    }, limitMs);
  });
  work.then(
    (result) => {
      if (isLate) late?.(result);
    },
    () => {
    }
  );
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

// packages/core/src/options/source-options.ts
function checkSource(given, rules4, own, theirs) {
  const isOwn = given[own] !== void 0;
  const isTheirs = given[theirs] !== void 0;
  if (isOwn && isTheirs) throw new ConfigurationError(own, `must not stand beside ${theirs}`);
  if (isOwn) return own;
  if (isTheirs) return theirs;
  throw new ConfigurationError(own, `${rules4[own](void 0)}, unless ${theirs} is given`);
}
function connectionString(form, allowed) {
  const rule = (value) => typeof value === "string" && form.test(value) ? void 0 : allowed;
  return Object.assign(rule, { describe: withoutCredentials });
}
function withoutCredentials(value) {
  if (typeof value !== "string") return describeValue(value);
  return describeValue(value.replace(/^(\w[\w+.-]*:\/\/)?.*@/s, "$1\u2026@").replace(/\?.*/s, "?\u2026"));
}

// packages/store-postgres/src/options.ts
var schemaRule = (value) => typeof value === "string" && /^[a-z_][a-z0-9_]{0,47}$/.test(value) && !value.startsWith("pg_") ? void 0 : "must be 1 to 48 lower-case letters, digits and _, begin with no digit, and not with pg_";
var sourceRules = {
  url: connectionString(
    /^(postgres(ql)?|socket):\/|^\//,
    "must be a connection string of PostgreSQL, such as postgres://user:password@host:5432/database"
  ),
  poolSize: wholeNumber(1),
  pool: (value) => typeof Object(value).connect === "function" ? void 0 : "must be a Pool of pg"
};
var rules = {
  ...sourceRules,
  schema: schemaRule,
  migrate: isBoolean,
  timeoutMs: isTimerMs,
  queueMax: wholeNumber(1),
  failover: oneOf("safe", "lossy"),
  notifications: isBoolean,
  preparedStatements: isBoolean
};
function resolveOptions(options) {
  checkOptions("", options, rules);
  return Object.freeze({
    sourceOption: checkSource(options, rules, "url", "pool"),
    source: sourceOf(options),
    schema: options.schema ?? "unclash",
    migrate: options.migrate ?? true,
    timeoutMs: options.timeoutMs ?? 5e3,
    queueMax: options.queueMax ?? 1e4,
    failover: options.failover ?? "safe",
    notifications: options.notifications ?? true,
    preparedStatements: options.preparedStatements ?? false
  });
}
function sourceOf(options) {
  if (options.pool === void 0) return { url: options.url, poolSize: options.poolSize ?? 10 };
  if (options.poolSize !== void 0) throw new ConfigurationError("poolSize", "must not stand beside pool");
  return { pool: options.pool };
}
var migrationRules = {
  ...sourceRules,
  schema: schemaRule,
  timeoutMs: isTimerMs
};
function resolveMigration(options) {
  checkOptions("", options, migrationRules);
  return resolveOptions(options);
}
function resolveSchema(schema) {
  checkOptions("", { schema }, { schema: required(schemaRule) });
  return schema;
}

// packages/store-postgres/src/calls.ts
var Calls = class {
  #pool;
  #limits;
  // The calls that wait, in the order in which they came.
  #waiting = /* @__PURE__ */ new Set();
  #drained = [];
  #running = 0;
  #closed = false;
  constructor(pool, limits) {
    this.#pool = pool;
    this.#limits = limits;
  }
  /**
   * Runs a query that only reads.
   *
   * @param parse reads the rows, and throws a `NotUnderstoodError` where they are not what the server sent
   * @throws StoreError `not-applied`
   */
  async read(queryFor, parse) {
    return this.write(queryFor, parse).catch((error) => {
      if (!(error instanceof StoreError) || error.outcome === "not-applied") throw error;
      throw new StoreError(error.message, "not-applied", { cause: error.cause });
    });
  }
  /**
   * Runs a query that writes. It is answered once its transaction has ended, and so is durable.
   *
   * @param parse reads the rows, and throws a `NotUnderstoodError` where they are not what the server sent
   * @throws StoreError `not-applied` where it was not sent, or the server rolled it back; else `unknown`
   */
  write(queryFor, parse) {
    if (this.#closed) return Promise.reject(new StoreError("The PostgreSQL store is closed.", "not-applied"));
    return this.#run(queryFor, parse);
  }
  /**
   * Refuses further calls, and returns once those that are under way have ended, with what `last` asks for behind them.
   * By then each has ended, or was given up, though a pool of the user's may still owe its connection.
   */
  async close(last) {
    this.#closed = true;
    if (last !== void 0) await this.#run(last, () => void 0).catch(() => {
    });
    if (this.#running === 0) return;
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#limits.timeoutMs);
      this.#drained.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
  #run(queryFor, parse) {
    const { timeoutMs, queueMax, concurrency } = this.#limits;
    return new Promise((resolve, reject) => {
      const endsAt = performance.now() + timeoutMs;
      const call = new Call(parse, resolve, reject, () => this.#leave());
      const start = () => {
        this.#running++;
        call.start(this.#pool, () => queryFor(Math.max(1, Math.floor(endsAt - performance.now()))));
      };
      if (this.#running < concurrency) start();
      else if (this.#waiting.size < queueMax) this.#waiting.add(start);
      else return reject(new StoreError(`${queueMax} calls wait for PostgreSQL already.`, "not-applied"));
      call.giveUpAfter(timeoutMs, () => this.#waiting.delete(start));
    });
  }
  #leave() {
    this.#running--;
    const [next] = this.#waiting;
    if (next !== void 0) {
      this.#waiting.delete(next);
      next();
    } else if (this.#running === 0) {
      for (const resolve of this.#drained.splice(0)) resolve();
    }
  }
};
var Call = class {
  #parse;
  #resolve;
  #reject;
  #leave;
  #client;
  #timer;
  #ended = false;
  constructor(parse, resolve, reject, leave) {
    this.#parse = parse;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#leave = leave;
  }
  giveUpAfter(timeoutMs, forget2) {
    this.#timer = setTimeout(() => {
      forget2();
      const outcome = this.#client === void 0 ? "not-applied" : "unknown";
      this.#end(() => this.#reject(new StoreError(`PostgreSQL did not answer within ${timeoutMs} ms.`, outcome)));
      this.#giveBack(true);
    }, timeoutMs);
  }
  start(pool, query2) {
    connectIdle(pool).then(
      (client) => {
        if (this.#ended) {
          client.release();
          this.#leave();
        } else this.#send(client, query2);
      },
      (error) => {
        this.#end(() => this.#reject(storeError(error, "not-applied")));
        this.#leave();
      }
    );
  }
  #send(client, query2) {
    this.#client = client;
    client.on("error", ignore);
    sent(client, query2).then(
      (result) => this.#answered(client, result),
      (error) => {
        this.#giveBack(!leavesConnectionUsable(error));
        this.#end(() => this.#reject(sentError(error)));
      }
    );
  }
  #answered(client, result) {
    try {
      if (!isCommitted(client)) throw new StoreError(openTransaction, "unknown");
      const parsed2 = this.#parse(rowsOf(result));
      this.#giveBack(false);
      this.#end(() => this.#resolve(parsed2));
    } catch (error) {
      this.#giveBack(true);
      this.#end(() => this.#reject(storeError(error, "unknown")));
    }
  }
  #giveBack(destroy) {
    const client = this.#client;
    if (client === void 0) return;
    this.#client = void 0;
    client.release(destroy);
    if (!destroy) client.removeListener("error", ignore);
    this.#leave();
  }
  #end(settle) {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    settle();
  }
};
async function sent(client, query2) {
  return client.query(query2());
}
function ignore() {
}

// packages/store-postgres/src/listener.ts
var Listener = class {
  #pool;
  #channel;
  #hear;
  #client;
  #wanted = false;
  #isConnecting = false;
  /** @param hear gets what comes on the channel, and an empty text where something may have come before it was heard */
  constructor(pool, channel, hear) {
    this.#pool = pool;
    this.#channel = channel;
    this.#hear = hear;
  }
  /** Listens, unless it does already. Call it again now and then: it connects anew where its connection broke. */
  start() {
    this.#wanted = true;
    if (this.#client !== void 0 || this.#isConnecting) return;
    this.#isConnecting = true;
    this.#connect().catch(() => this.#drop()).finally(() => {
      this.#isConnecting = false;
      if (!this.#wanted) this.#drop();
    });
  }
  stop() {
    this.#wanted = false;
    this.#drop();
  }
  async #connect() {
    const client = await connectIdle(this.#pool);
    this.#client = client;
    client.on("error", this.#drop);
    client.on("notification", this.#notified);
    await client.query(textQuery(`LISTEN "${this.#channel}"`, []));
    if (!isCommitted(client)) throw new StoreError(openTransaction, "not-applied");
    this.#hear("");
  }
  // It still listens, so that it can serve nobody else.
  #drop = () => {
    const client = this.#client;
    if (client === void 0) return;
    this.#client = void 0;
    client.removeListener("notification", this.#notified);
    client.release(true);
  };
  #notified = ({ channel, payload = "" }) => {
    if (channel === this.#channel) this.#hear(payload);
  };
};

// packages/store-postgres/src/record.ts
var columns = 14;
function answersOf(rows) {
  return endedAnswers(rows, ([, n]) => n);
}
function readAnswersOf(rows) {
  const answers = endedAnswers(rows, ([, , , version]) => version);
  if (answers.end === "UTF8") return answers;
  throw new NotUnderstoodError(`a session's client_encoding must be UTF8, and is ${answers.end}`);
}
function endedAnswers(rows, countIn) {
  const end = rows.at(-1);
  const before = rows.length - 1;
  if (end?.length !== columns || countIn(end) !== String(before)) throw new NotUnderstoodError();
  const answers = rows.slice(0, before).map(answerOf);
  return { rows: answers, end: end[0] ?? null, now: end[8] === null ? Number.NaN : integerOf(end[8]) };
}
function recordOf({ row, key, body }, text2 = body) {
  const [, , , version, revision, tag, deleted, lapsed, createdAt, modifiedAt, lapsesAt, actor, cause] = row;
  return {
    key: textOf(key),
    version: integerOf(version),
    revision: integerOf(revision),
    tag: textOf(tag),
    text: text2,
    ...flagOf(deleted) && { deleted: true },
    createdAt: integerOf(createdAt),
    modifiedAt: integerOf(modifiedAt),
    ...lapsesAt !== null && lapsesAt !== void 0 && { lapsesAt: integerOf(lapsesAt) },
    ...lapsed !== null && flagOf(lapsed) && { lapsed: true },
    by: actor ?? null,
    cause: textOf(cause)
  };
}
function integerOf(text2) {
  const number2 = text2 ? Number(text2) : Number.NaN;
  if (!Number.isSafeInteger(number2)) throw new NotUnderstoodError();
  return number2;
}
function textOf(text2) {
  if (typeof text2 !== "string") throw new NotUnderstoodError();
  return text2;
}
function flagOf(text2) {
  if (text2 !== "t" && text2 !== "f") throw new NotUnderstoodError();
  return text2 === "t";
}
function answerOf(row) {
  if (row.length !== columns) throw new NotUnderstoodError();
  return {
    kind: row[0] ?? null,
    n: integerOf(row[1]),
    key: row[2] ?? null,
    body: row[13] ?? null,
    isState: row[3] !== null,
    row
  };
}

// packages/store-postgres/src/changes.ts
var pollMs = 1e3;
var notifyEveryMs = 15;
var payloadBytesMax = 7e3;
var looksAfterChange = 3;
var lingerPolls = 10;
var Changes = class {
  /** For followers: rings after commits and once a second while someone listens, and is silent once it is closed. */
  bell = new Bell();
  #calls;
  #schema;
  #listener;
  #notifies;
  #watchers = new Watchers(setImmediate);
  // Each by an object of its own; `true` for one that keeps the process alive.
  #listening = /* @__PURE__ */ new Map();
  #pending = /* @__PURE__ */ new Set();
  #me = Math.random().toString(36).slice(2, 12);
  #notifyTimer;
  #poll;
  #idlePolls = 0;
  #lastRevision = "";
  #looksLeft = 0;
  /** @param pool where notifications are wanted: the one that lends a connection to listen with, if it can spare one */
  constructor(calls, schema, notifies, pool) {
    this.#calls = calls;
    this.#schema = schema;
    this.#notifies = notifies;
    this.#listener = pool && new Listener(pool, channelOf(schema), (payload) => this.#heard(payload));
  }
  /** Calls `wake` after commits, until the function that it returns is called. */
  watch(wake) {
    const remove = this.#watchers.add(wake);
    const endListening = this.listen(false);
    return () => {
      remove();
      endListening();
    };
  }
  /**
   * Listens to other processes, until the function that it returns is called.
   *
   * @param holds whether the process should live on while this goes on, as it does while a server listens
   */
  listen(holds) {
    const mine = {};
    this.#listening.set(mine, holds);
    this.#idlePolls = 0;
    this.#listener?.start();
    this.#poll ??= setInterval(() => this.#tick(), pollMs);
    this.#holdProcess();
    return () => {
      this.#listening.delete(mine);
      this.#holdProcess();
    };
  }
  /** Tells of a commit of this process, which was acknowledged. */
  committed(commit2) {
    const { writes, events } = commit2;
    if (writes.length === 0 && events.length === 0) return;
    this.bell.ring();
    this.#watchers.note(commit2);
    if (!this.#notifies) return;
    for (const { key } of writes) this.#pending.add(key);
    this.#notifyTimer ??= setTimeout(() => this.#notify(), notifyEveryMs).unref();
  }
  /** Ends all who wait, and gives what is still to be said to others, if there is anything. */
  close() {
    clearInterval(this.#poll);
    clearTimeout(this.#notifyTimer);
    this.#listener?.stop();
    this.bell.silence();
    this.#watchers.clear();
    const last = this.#notifyTimer && this.#message();
    return last && (() => last);
  }
  #notify() {
    const message = this.#message();
    const again = () => {
      this.#notifyTimer = void 0;
      if (this.#pending.size > 0) this.#notifyTimer = setTimeout(() => this.#notify(), notifyEveryMs).unref();
    };
    this.#calls.write(
      () => message,
      () => void 0
    ).then(again, again);
  }
  #message() {
    const keys = JSON.stringify([...this.#pending]);
    this.#pending.clear();
    const payload = `${this.#me} ${Buffer.byteLength(keys) <= payloadBytesMax ? keys : "[]"}`;
    const text2 = "SELECT pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.pg_notify($1, $2)";
    return textQuery(text2, [channelOf(this.#schema), payload]);
  }
  #heard(payload) {
    const end = payload.indexOf(" ");
    if (end === -1) this.#wake([]);
    else if (payload.slice(0, end) !== this.#me) this.#wake(keysIn(payload.slice(end + 1)));
  }
  #wake(keys) {
    this.bell.ring();
    this.#watchers.wake(keys);
  }
  #tick() {
    if (this.#listening.size === 0) {
      this.#idlePolls++;
      if (this.#idlePolls >= lingerPolls) this.#rest();
      return;
    }
    this.#listener?.start();
    this.bell.ring();
    if (this.#watchers.isEmpty) return;
    this.#calls.read(
      () => textQuery(`SELECT last_value FROM "${this.#schema}".revisions`, []),
      ([row]) => textOf(row?.[0])
    ).then((revision) => this.#looked(revision)).catch(() => {
    });
  }
  #looked(revision) {
    if (revision !== this.#lastRevision) this.#looksLeft = looksAfterChange;
    this.#lastRevision = revision;
    if (this.#looksLeft === 0) return;
    this.#looksLeft--;
    this.#watchers.wake([]);
  }
  #holdProcess() {
    if ([...this.#listening.values()].includes(true)) this.#poll?.ref();
    else this.#poll?.unref();
  }
  #rest() {
    clearInterval(this.#poll);
    this.#poll = void 0;
    this.#listener?.stop();
  }
};
function channelOf(schema) {
  return `unclash:${schema}`;
}
function keysIn(text2) {
  try {
    const keys = JSON.parse(text2);
    if (Array.isArray(keys) && keys.every((key) => typeof key === "string")) return keys;
  } catch {
  }
  return [];
}

// packages/store-postgres/src/clean.ts
var stepMs = 10;
var keysMax2 = 100;
async function clean(budget, calls, statements, numbers) {
  const keys = await calls.read(
    () => statements.call("due", [keysMax2]),
    (rows) => rows.map(([key]) => textOf(key))
  );
  const locks = keys.map((key) => numbers.key(key));
  const step = Math.min(budget, 2147483647);
  return calls.write(() => statements.call("clean", [keys, locks, step, eventAgeMs, stepMs]), stepOf);
}
function stepOf([row]) {
  return { removed: integerOf(row?.[0]), more: flagOf(row?.[1]) };
}

// packages/store-postgres/src/commit.ts
function commitValues(commit2, numbers, waitMs2, synchronousCommit) {
  const { tag, at: at2, by, cause, reads, writes, events } = commit2;
  const keys = reads.filter((reading) => "key" in reading);
  const ranges = rangeReadings(commit2).map((reading) => ({ ...childrenOf(reading.range), reading }));
  const claims = claimsOf(commit2);
  return [
    numbers.of(commit2),
    waitMs2,
    synchronousCommit,
    tag,
    at2,
    by,
    cause,
    // Two writes that claim one value clash, whatever there is.
    uniqueClashes(writes, () => void 0).length > 0,
    keys.map(({ key }) => key),
    keys.map(({ expect }) => expectationOf(expect)),
    keys.map(({ expect }) => expectedTagOf(expect)),
    ranges.map(({ depth }) => depth),
    ranges.map(({ after }) => after),
    ranges.map(({ end }) => end),
    ranges.map(({ reading: { range } }) => range.limit),
    ranges.map(({ reading: { seen: seen2 } }) => seen2.map(({ key, tag: seenTag }) => `${key} ${seenTag}`).join("\n")),
    writes.map(({ key }) => key),
    writes.map(({ key }) => depthOf(key)),
    writes.map(({ expect }) => expectationOf(expect)),
    writes.map(({ expect }) => expectedTagOf(expect)),
    writes.map(actionOf),
    writes.map((write) => "put" in write ? write.put : "redact" in write ? write.redact : null),
    writes.map((write) => "put" in write ? write.ttlMs ?? null : "extendMs" in write ? write.extendMs : null),
    writes.map((write) => keepOf(write).count),
    writes.map((write) => keepOf(write).ageMs),
    writes.map((write) => "redact" in write ? write.version : null),
    writes.map((write) => "put" in write ? indexOf(write.index) : null),
    claims.map(({ value: { name } }) => name),
    claims.map(({ value: { value } }) => value),
    events.map(({ type }) => type),
    events.map(({ key }) => key),
    events.map(({ version = null }) => version),
    events.map(({ data = null }) => data)
  ];
}
function commitResult(commit2, rows) {
  const { rows: answers, end } = answersOf(rows);
  if (end === "committed") {
    if (answers.length !== commit2.writes.length) throw new NotUnderstoodError();
    return { kind: "committed", records: answers.map((answer, at2) => writtenBy(commit2.writes[at2], answer, at2)) };
  }
  const clashes = [
    ...answers.flatMap((answer) => readingClash(commit2, answer)),
    ...uniqueClashes(commit2.writes, holderAmong2(commit2, answers))
  ];
  if (end !== "clash" || clashes.length === 0) throw new NotUnderstoodError();
  return { kind: "clash", clashes };
}
function claimsOf({ writes }) {
  return writes.flatMap(
    (write, at2) => "put" in write ? (write.index ?? []).filter(({ unique }) => unique === true).map((value) => ({ write: at2, value })) : []
  );
}
function keepOf(write) {
  return keptPastOf("put" in write ? write.keep : "all");
}
function indexOf(index) {
  if (index === void 0 || index.length === 0) return null;
  const values = new Map(index.map(({ name, value }) => [`${name}\0${value}`, [name, value]]));
  return JSON.stringify([...values.values()]);
}
function writtenBy(write, answer, at2) {
  if (write === void 0 || answer.kind !== "written" || answer.n !== at2 + 1) throw new NotUnderstoodError();
  if (!answer.isState) return null;
  if ("put" in write) return recordOf(answer, write.put);
  return recordOf(answer, "redact" in write ? write.redact : answer.body);
}
function readingClash(commit2, answer) {
  const at2 = answer.n - 1;
  const current = answer.isState && { current: recordOf(answer, null) };
  switch (answer.kind) {
    case "reading": {
      const key = commit2.reads.filter((reading) => "key" in reading)[at2]?.key;
      if (key === void 0) throw new NotUnderstoodError();
      return [{ key, ...current }];
    }
    case "range": {
      const range = rangeReadings(commit2)[at2]?.range;
      if (range === void 0) throw new NotUnderstoodError();
      return [{ range }];
    }
    case "write":
    case "version": {
      const write = commit2.writes[at2];
      if (write === void 0) throw new NotUnderstoodError();
      const version = answer.kind === "version" && "redact" in write && { version: write.version };
      return [{ key: write.key, ...current, ...version }];
    }
    case "value":
      return [];
    default:
      throw new NotUnderstoodError();
  }
}
function holderAmong2(commit2, answers) {
  const claims = claimsOf(commit2);
  const holders = /* @__PURE__ */ new Map();
  for (const { kind, n, key } of answers) {
    if (kind !== "value") continue;
    const claim = claims[n - 1];
    if (claim === void 0 || key === null) throw new NotUnderstoodError();
    holders.set(`${claim.value.name}\0${claim.value.value}`, key);
  }
  return ({ name, value }) => holders.get(`${name}\0${value}`);
}
function rangeReadings({ reads }) {
  return reads.filter((reading) => "range" in reading && "prefix" in reading.range);
}
function actionOf(write) {
  if ("put" in write) return "put";
  if ("extendMs" in write) return "extend";
  if ("redact" in write) return "redact";
  return write.delete === "forget" ? "forget" : "bury";
}
function expectationOf(expect) {
  if (typeof expect === "string") return expect;
  return "tag" in expect ? "tag" : "gone" in expect ? "gone" : "lapsed";
}
function expectedTagOf(expect) {
  if (typeof expect === "string") return null;
  return "tag" in expect ? expect.tag : "gone" in expect ? expect.gone : expect.lapsed;
}

// packages/store-postgres/src/commit-one.ts
function commitOneValues(commit2, numbers) {
  const { tag, at: at2, by, cause, reads, writes, events } = commit2;
  const [write, ...others] = writes;
  const [event, ...more] = events;
  if (write === void 0 || others.length > 0 || more.length > 0 || !putsOverTag(write)) return void 0;
  const absent = reads.flatMap((reading) => "key" in reading && reading.expect === "absent" ? [reading.key] : []);
  if (absent.length < reads.length) return void 0;
  const { count, ageMs } = keepOf(write);
  const claims = claimsOf(commit2);
  return (waitMs2, synchronousCommit) => [
    numbers.of(commit2),
    waitMs2,
    synchronousCommit,
    tag,
    at2,
    by,
    cause,
    write.key,
    write.expect.tag,
    write.put,
    write.ttlMs ?? null,
    count,
    ageMs,
    indexOf(write.index),
    absent.length === 0 ? null : absent,
    claims.map(({ value: { name } }) => name),
    claims.map(({ value: { value } }) => value),
    event?.type ?? null,
    event?.key ?? null,
    event?.version ?? null,
    event?.data ?? null
  ];
}
function commitOneResult(commit2, rows) {
  const [[answer, ...others] = [], ...more] = rows;
  if (typeof answer !== "string" || others.length > 0 || more.length > 0) throw new NotUnderstoodError();
  if (answer.startsWith("[")) return commitResult(commit2, rowsIn(answer));
  const [version, revision, createdAt, modifiedAt, lapsesAt, ...rest] = answer.split(" ");
  const [write] = commit2.writes;
  if (write === void 0 || rest.length > 0) throw new NotUnderstoodError();
  const record = {
    key: write.key,
    version: integerOf(version),
    revision: integerOf(revision),
    tag: commit2.tag,
    text: "put" in write ? write.put : null,
    createdAt: integerOf(createdAt),
    modifiedAt: integerOf(modifiedAt),
    ...lapsesAt !== void 0 && { lapsesAt: integerOf(lapsesAt) },
    by: commit2.by,
    cause: commit2.cause
  };
  return { kind: "committed", records: [record] };
}
function rowsIn(answer) {
  try {
    return rowsOf({ rows: JSON.parse(answer) });
  } catch {
    throw new NotUnderstoodError();
  }
}
function putsOverTag(write) {
  return "put" in write && typeof write.expect === "object" && "tag" in write.expect;
}

// packages/store-postgres/src/follow.ts
var eventsMax = 200;
var restMs = 10;
async function* follow(after, stop, { calls, statements, changes }) {
  const { bell } = changes;
  const isOver = () => stop.aborted || bell.isSilent;
  const endListening = changes.listen(true);
  try {
    for (let place = placeOf(after); !isOver(); ) {
      const { rings } = bell;
      const asked = place;
      const told = await calls.read(() => eventsQuery(asked, statements), toldBy).catch((error) => {
        if (isOver()) return [];
        throw error;
      });
      for (const each of told) {
        if (isOver()) return;
        place = each.place;
        yield each.event;
      }
      if (told.length < eventsMax) await bell.rung(rings, stop);
      if (!isOver()) await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  } finally {
    endListening();
  }
}
function eventsQuery(place, statements) {
  const values = place === "start" ? [-1, 0, null] : place === "now" ? [null, null, null] : [place.position, place.index, place.tag];
  return statements.call("events", [...values, eventsMax]);
}
function placeOf(cursor) {
  return cursor === "start" || cursor === "now" ? cursor : parseCursor(cursor) ?? "now";
}
function toldBy(rows) {
  return rows.map((row) => {
    if (row.length !== 9 || row[0] !== "event" && row[0] !== "reset") throw new NotUnderstoodError();
    const place = placeIn(row);
    return { place, event: row[0] === "reset" ? { reset: formatCursor(place) } : eventIn(row, place) };
  });
}
function placeIn([, revision, n, tag]) {
  return { position: integerOf(revision), index: integerOf(n), tag: textOf(tag) };
}
function eventIn([, revision, , tag, at2, type, key, version, data], place) {
  return {
    cursor: formatCursor(place),
    revision: integerOf(revision),
    tag: textOf(tag),
    at: integerOf(at2),
    type: textOf(type),
    key: textOf(key),
    ...version !== null && version !== void 0 && { version: integerOf(version) },
    ...data !== null && data !== void 0 && { data }
  };
}

// packages/store-postgres/src/history.ts
function historyQuery(key, request, statements) {
  const { before = Number.MAX_SAFE_INTEGER, at: at2 = Number.MAX_SAFE_INTEGER, limit, texts } = request;
  return statements.call("history", [key, before, at2, limit, texts ? pageBytesMax : null]);
}
function historyPageOf(rows) {
  const { rows: found, now } = readAnswersOf(rows);
  const count = found[0]?.n ?? 0;
  return {
    now,
    records: found.map((answer) => recordOf(answer)),
    ...count > found.length && { more: true }
  };
}

// packages/store-postgres/src/list.ts
function listQuery(range, statements) {
  const { limit, texts = true, after } = range;
  const rest = [limit + 1, texts ? pageBytesOf(range) : null];
  if ("prefix" in range) {
    const start = childrenOf(range);
    return statements.call("list_children", [start.depth, start.after, start.end, ...rest]);
  }
  if ("index" in range) {
    const { place: place2, key: key2 } = indexStartOf(range);
    return statements.call("list_index", [range.index, place2, key2, range.to, ...rest]);
  }
  const position = after === void 0 ? void 0 : parsePosition(after);
  const { place, key } = position ?? { place: "-1", key: "" };
  return statements.call("list_lapsed", [place, key, range.lapsedBefore, ...rest]);
}
function pageOf(range, rows) {
  const { rows: found, now } = readAnswersOf(rows);
  const onPage = found.slice(0, range.limit);
  const last = onPage.at(-1);
  const records = onPage.map((answer) => recordOf(answer));
  if (last === void 0 || last.n <= onPage.length) return { now, records };
  return { now, records, next: positionAfter(range, last) };
}
function positionAfter(range, { kind, key }) {
  return "prefix" in range ? key ?? "" : formatPosition(kind ?? "", key ?? "");
}

// packages/store-postgres/src/read.ts
function snapshotOf(keys, rows) {
  const answers = readAnswersOf(rows);
  const records = keys.map(() => void 0);
  for (const answer of answers.rows) {
    const at2 = answer.n - 1;
    if (answer.key === null || keys[at2] !== answer.key) throw new NotUnderstoodError();
    records[at2] = recordOf(answer);
  }
  return { now: answers.now, records };
}

// packages/store-postgres/src/statements.ts
var Statements = class {
  #schema;
  #prepared;
  #texts = /* @__PURE__ */ new Map();
  constructor(schema, prepared) {
    this.#schema = schema;
    this.#prepared = prepared;
  }
  /** Calls a function that gives rows. */
  call(name, values) {
    return this.#query(name, "* FROM ", values);
  }
  /** Calls a function that gives one text. */
  callForText(name, values) {
    return this.#query(name, "", values);
  }
  #query(name, from, values) {
    const text2 = this.#texts.get(name) ?? this.#text(name, from, values.length);
    return textQuery(text2, values, this.#prepared ? `${this.#schema}.${name}` : void 0);
  }
  #text(name, from, count) {
    const places = Array.from({ length: count }, (_, at2) => `$${at2 + 1}`).join(", ");
    const text2 = `SELECT ${from}"${this.#schema}".${name}(${places})`;
    this.#texts.set(name, text2);
    return text2;
  }
};

// packages/store-postgres/src/store.ts
async function createPostgresStore(options) {
  const resolved = resolveOptions(options);
  const connections = await connectionsOf(resolved);
  try {
    return storeOn(connections, await openServer(connections.pool, resolved), resolved);
  } catch (error) {
    await connections.end();
    throw error;
  }
}
async function connectionsOf({
  source,
  timeoutMs,
  preparedStatements,
  notifications
}) {
  if ("pool" in source) {
    const { pool: pool2 } = source;
    const count = pool2.options?.max ?? 10;
    const canListen = notifications && count > 1;
    const endGuard = guardPool(pool2);
    return { pool: pool2, concurrency: canListen ? count - 1 : count, canListen, end: async () => endGuard() };
  }
  const pool = await openPool(source.url, source.poolSize + 1, timeoutMs, preparedStatements);
  guardPool(pool);
  return { pool, concurrency: source.poolSize, canListen: notifications, end: () => pool.end() };
}
function storeOn(connections, server, options) {
  const { schema, timeoutMs, queueMax, notifications } = options;
  const { pool, concurrency, canListen } = connections;
  const { synchronousCommit } = server;
  const numbers = new LockNumbers(schema);
  const statements = new Statements(schema, options.preparedStatements);
  const calls = new Calls(pool, { timeoutMs, queueMax, concurrency });
  const changes = new Changes(calls, schema, notifications, canListen ? pool : void 0);
  let closing;
  async function submit(commit2) {
    const result = await carryOut(commit2);
    if (result.kind === "committed") changes.committed(commit2);
    return result;
  }
  async function carryOut(commit2) {
    const valuesOfOne = commitOneValues(commit2, numbers);
    if (valuesOfOne !== void 0) {
      const queryFor2 = (waitMs2) => statements.callForText("commit_one", valuesOfOne(waitMs2, synchronousCommit));
      return calls.write(
        (remainingMs) => queryFor2(waitOf(remainingMs)),
        (rows) => commitOneResult(commit2, rows)
      );
    }
    const queryFor = (waitMs2) => statements.call("commit", commitValues(commit2, numbers, waitMs2, synchronousCommit));
    return calls.write(
      (remainingMs) => queryFor(waitOf(remainingMs)),
      (rows) => commitResult(commit2, rows)
    );
  }
  function waitOf(remainingMs) {
    return Math.max(1, Math.floor(remainingMs - timeoutMs / 10));
  }
  function assertOpen() {
    if (closing !== void 0) throw new StoreError("The PostgreSQL store is closed.", "not-applied");
  }
  async function end() {
    await calls.close(changes.close());
    await connections.end();
  }
  return {
    capabilities: {
      durability: server.isDurable ? "fsync" : "process",
      failover: options.failover,
      processes: "many"
    },
    async read(keys) {
      assertKeys(keys);
      return calls.read(
        () => statements.call("read", [keys]),
        (rows) => snapshotOf(keys, rows)
      );
    },
    async commit(commit2) {
      assertCommit(commit2);
      for (const reading of commit2.reads) if ("range" in reading) assertPosition(reading.range);
      return submit(commit2);
    },
    async list(range) {
      assertRange(range);
      assertPosition(range);
      return calls.read(
        () => listQuery(range, statements),
        (rows) => pageOf(range, rows)
      );
    },
    async history(key, request) {
      assertHistoryRequest(key, request);
      return calls.read(() => historyQuery(key, request, statements), historyPageOf);
    },
    async *follow(after, stop) {
      assertOpen();
      yield* follow(after, stop, { calls, statements, changes });
    },
    watch(wake) {
      assertOpen();
      return changes.watch(wake);
    },
    async clean(budget) {
      assertBudget(budget);
      return clean(budget, calls, statements, numbers);
    },
    async close() {
      closing ??= end();
      await closing;
    }
  };
}

// packages/store-postgres/src/migration.ts
async function migratePostgres(options) {
  const resolved = resolveMigration(options);
  const connections = await connectionsOf(resolved);
  try {
    await openServer(connections.pool, resolved);
  } finally {
    await connections.end();
  }
}
function postgresMigration(schema = "unclash") {
  return migrationScript(resolveSchema(schema));
}

// packages/store-redis/src/calls.ts
var lookAgainMs = 1e3;
var Calls2 = class {
  #client;
  #prefix;
  #limits;
  // Those that the client library holds, also where their callers have given up.
  #count = 0;
  #answeredAt = 0;
  // Since when no connection was there when a call came.
  #awaySince;
  // While a store opens, it finds out by itself that a server is a replica, and says so.
  #lookedAt = performance.now();
  #closing = new AbortController();
  constructor(client, prefix, limits) {
    this.#client = client;
    this.#prefix = prefix;
    this.#limits = limits;
  }
  /** Aborted once no more calls are taken. */
  get closing() {
    return this.#closing.signal;
  }
  /** Throws once no more calls are taken. */
  assertOpen() {
    if (this.closing.aborted) throw new StoreError("The Redis store is closed.", "not-applied");
  }
  /** Runs a script, and sends its source where the server does not know it (any more): nothing has run by then. */
  async run(script3, args) {
    try {
      return await this.send("EVALSHA", script3.sha, "1", this.#prefix, ...args);
    } catch (error) {
      if (!(error instanceof StoreError) || !isUnknownScript(error.cause)) throw error;
      return await this.send("EVAL", script3.source, "1", this.#prefix, ...args);
    }
  }
  /** Sends one command. */
  async send(command, ...rest) {
    this.assertOpen();
    if (this.#count >= this.#limits.queueMax) {
      throw new StoreError(`Redis has ${this.#count} calls to answer, and no more may wait.`, "not-applied");
    }
    this.#assertReady();
    return this.#answered(this.#client.send(this.#prefix, command, ...rest));
  }
  /** Whether a call rejected with this because the server answered with an error. */
  wasAnswered(error) {
    return error instanceof StoreError && error.cause !== void 0 && isAnswer(this.#client.faultOf(error.cause));
  }
  /** Ends the connection once all that was sent is answered, or has taken too long. */
  async close() {
    if (this.closing.aborted) return;
    this.#closing.abort();
    const endsAt = performance.now() + this.#limits.timeoutMs;
    while (this.#count > 0 && performance.now() < endsAt) await new Promise((resolve) => setTimeout(resolve, 5));
    this.#client.end();
  }
  // A connection may fall silent while it is being made, and the library then waits for it without end.
  #assertReady() {
    if (this.#client.isReady()) {
      this.#awaySince = void 0;
      return;
    }
    const now = performance.now();
    this.#awaySince ??= now;
    if (now - this.#awaySince > this.#limits.timeoutMs) {
      this.#awaySince = now;
      this.#client.reset();
    }
    throw new StoreError("Redis is not connected.", "not-applied");
  }
  #answered(reply) {
    const startedAt = performance.now();
    this.#count++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(this.#giveUp(startedAt)), this.#limits.timeoutMs);
      const settled = () => {
        clearTimeout(timer);
        this.#count--;
      };
      reply.then(
        (value) => {
          settled();
          this.#answeredAt = performance.now();
          resolve(value);
        },
        (error) => {
          settled();
          reject(this.#failure(error));
        }
      );
    });
  }
  // Where nothing at all has come since this call began, the connection may be dead without a word.
  #giveUp(startedAt) {
    if (this.#answeredAt < startedAt && !this.closing.aborted) this.#client.reset();
    return new StoreError(`Redis did not answer within ${this.#limits.timeoutMs} ms.`, "unknown");
  }
  // After a failover its name may lead elsewhere, while the old primary keeps its connections and takes no writes.
  #lookAgain() {
    const now = performance.now();
    if (this.closing.aborted || now - this.#lookedAt < lookAgainMs) return;
    this.#lookedAt = now;
    this.#client.reset();
  }
  #failure(error) {
    const fault = this.#client.faultOf(error);
    if (isAnswer(fault)) this.#answeredAt = performance.now();
    if (isReadOnly(error)) this.#lookAgain();
    return asStoreError("Redis", error, fault === "refused" || fault === "unsent" ? "not-applied" : "unknown");
  }
};
function isAnswer(fault) {
  return fault === "refused" || fault === "failed";
}
function isUnknownScript(error) {
  return error instanceof Error && error.message.startsWith("NOSCRIPT");
}
function isReadOnly(error) {
  return error instanceof Error && error.message.includes("READONLY");
}

// packages/store-redis/src/capabilities.ts
var versionMin = [6, 2];
var replicatedWarning = "Redis replicates asynchronously. After a failover, writes that were acknowledged can be gone, and two clients can each hold a lock for a moment. unclash refuses what the lost writes issued, so nothing is silently merged, but it cannot bring them back, and a bare body version is not safe there. WAIT narrows the window and does not close it. Keep the resource itself in PostgreSQL or SQLite.";
function assertSuitable(facts, options) {
  const { sourceOption } = options;
  const { version, isValkey, evictionPolicy } = facts;
  if (version !== void 0 && !isValkey && isTooOld(version)) {
    throw new ConfigurationError(
      sourceOption,
      `must lead to Redis ${versionMin.join(".")} or newer, or Valkey: this is ${version}`
    );
  }
  if (facts.isReplica) throw new ConfigurationError(sourceOption, "must lead to the primary: this server is a replica");
  if (evictionPolicy !== "noeviction" && !options.allowEvictingRedis) {
    throw new ConfigurationError(
      sourceOption,
      evictionPolicy === void 0 ? "must lead to a server that lets INFO be read, to see that its maxmemory-policy is noeviction, unless allowEvictingRedis is set" : `must lead to a server whose maxmemory-policy is noeviction, unless allowEvictingRedis is set: with ${evictionPolicy} it removes records silently`
    );
  }
  if (options.failover === "safe" && facts.isReplicated) {
    throw new ConfigurationError("failover", 'must be "lossy": this server has replicas, or is one of a Cluster');
  }
}
function capabilitiesOf(facts, { durability, failover }) {
  return Object.freeze({ durability: durability ?? durabilityOf(facts), failover, processes: "many" });
}
function warningsOf(facts, { durability }) {
  const warnings = [];
  if (facts.isReplicated) warnings.push(replicatedWarning);
  if (durability !== "fsync") {
    const lost = durability === "process" ? "a loss of power takes the last second of them" : "a crash of Redis takes all since its last snapshot";
    warnings.push(
      `Redis acknowledges commits before they are on its disk: ${lost}. Set "appendonly yes" and "appendfsync always", or keep what must not be lost in PostgreSQL or SQLite.`
    );
  }
  return warnings;
}
function durabilityOf({ hasAppendOnlyFile, syncsAlways: syncsAlways2 }) {
  if (hasAppendOnlyFile !== true) return "none";
  return syncsAlways2 === true ? "fsync" : "process";
}
function isTooOld(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < versionMin[0] || major === versionMin[0] && minor < versionMin[1];
}

// packages/store-redis/src/changes.ts
var keysMax3 = 256;
var pollMs2 = 1e3;
var connectMs = 5e3;
var pauseMs = 5;
var separator = "\n";
var Changes2 = class {
  #client;
  #calls;
  #prefix;
  #watchers = new Watchers(setImmediate);
  #written = /* @__PURE__ */ new Set();
  #isTelling = false;
  #listening;
  constructor(client, calls, prefix) {
    this.#client = client;
    this.#calls = calls;
    this.#prefix = prefix;
  }
  /** Adds one. The function that it returns takes it away again. */
  add(wake) {
    const remove = this.#watchers.add(wake);
    this.#listening ??= new Listening(this.#client, this.#calls, this.#prefix, (keys) => this.#watchers.wake(keys));
    return () => {
      remove();
      if (this.#watchers.isEmpty) this.#stopListening();
    };
  }
  /** Tells everyone, here and elsewhere, what a commit wrote. */
  tell({ writes }) {
    for (const { key } of writes) this.#written.add(key);
    if (this.#written.size > 0 && !this.#isTelling) void this.#tellAll();
  }
  /** Wakes nobody any more. */
  close() {
    this.#watchers.clear();
    this.#stopListening();
  }
  // What comes while one message is on its way, and shortly after, is gathered for the next.
  async #tellAll() {
    this.#isTelling = true;
    while (this.#written.size > 0 && !this.#calls.closing.aborted) {
      await new Promise((resolve) => setImmediate(resolve));
      const message = this.#written.size > keysMax3 ? "" : [...this.#written].join(separator);
      this.#written = /* @__PURE__ */ new Set();
      await this.#calls.send("PUBLISH", channelOf2(this.#prefix), message).catch(() => {
      });
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    this.#isTelling = false;
  }
  #stopListening() {
    this.#listening?.end();
    this.#listening = void 0;
  }
};
var Listening = class {
  #calls;
  #prefix;
  #client;
  #heard;
  #timer;
  #revision;
  #isOver = false;
  #isSubscribing = false;
  #connection;
  constructor(client, calls, prefix, heard) {
    this.#client = client;
    this.#calls = calls;
    this.#prefix = prefix;
    this.#heard = heard;
    this.#timer = setInterval(() => void this.#look(), pollMs2).unref();
    void this.#look();
  }
  end() {
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#connection?.end();
  }
  async #look() {
    void this.#subscribe();
    try {
      const revision = await this.#calls.send("GET", `${this.#prefix}rev`);
      const hasMoved = this.#revision !== void 0 && this.#revision !== revision;
      this.#revision = revision;
      if (hasMoved && !this.#isOver) this.#heard([]);
    } catch {
    }
  }
  async #subscribe() {
    if (this.#isSubscribing || this.#isOver) return;
    this.#isSubscribing = true;
    try {
      const late = AbortSignal.any([this.#calls.closing, AbortSignal.timeout(connectMs)]);
      const connection = await this.#client.fork(late);
      this.#connection = connection;
      if (this.#isOver) return connection.end();
      await connection.subscribe(channelOf2(this.#prefix), (message) => {
        if (!this.#isOver) this.#heard(message === "" ? [] : message.split(separator));
      });
      if (!this.#isOver) this.#heard([]);
    } catch {
      this.#connection?.end();
      this.#isSubscribing = false;
    }
  }
};
function channelOf2(prefix) {
  return `${prefix}w`;
}

// packages/store-redis/src/script.ts
import { createHash } from "crypto";
function script2(...parts) {
  const source = parts.map((part) => part.trim()).join("\n");
  return { source, sha: createHash("sha1").update(source).digest("hex") };
}

// packages/store-redis/src/state-script.ts
var stateParts = `
local p, call, sub = KEYS[1], redis.call, string.sub
local layout = '>Bdddddddd'

local function digits(number) return string.format('%.0f', number) end

local function clock()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function shown(m)
  local flags, version, revision, created, modified, lapses = struct.unpack(layout, m)
  return {version, revision, created, modified, lapses, flags, sub(m, 66)}
end

local function textOf(r, m)
  local flags, version = struct.unpack('>Bd', m)
  if flags % 2 == 1 then return false end
  return call('HGET', r, flags % 4 >= 2 and 'x' or digits(version))
end
`;

// packages/store-redis/src/clean-script.ts
var cleanScript = script2(
  stateParts,
  `
local budget, eventAge = tonumber(ARGV[1]), tonumber(ARGV[2])
local now = clock()
local removed, steps = 0, 0

local function oldEvents(count)
  local entries = call('XRANGE', p .. 'e', '-', '+', 'COUNT', count)
  local old = 0
  for i = 1, #entries do
    local at = tonumber(string.match(entries[i][2][2], '^[^%z]*%z(%d+)'))
    if at + eventAge >= now then break end
    old = i
  end
  return old, entries
end

local function dropEvents(count)
  local old, entries = oldEvents(count)
  if old == 0 then return end
  local id, fields = entries[old][1], entries[old][2]
  for i = 1, old do call('XDEL', p .. 'e', entries[i][1]) end
  call('SET', p .. 'f', id .. ' ' .. string.match(fields[2], '^[^%z]*'))
  removed = removed + old
end

local function dropGarbage(r, range)
  local from, to = string.match(range, '^(%d+) (%d+)$')
  from, to = tonumber(from), tonumber(to)
  while from <= to and removed < budget and steps < budget * 4 do
    local version = digits(from)
    if call('HDEL', r, version, version .. 'm') > 0 then removed = removed + 1 end
    from, steps = from + 1, steps + 1
  end
  if from > to then call('HDEL', r, 'g')
  else call('HSET', r, 'g', digits(from) .. ' ' .. digits(to)) end
  return from > to
end

-- Gives the moment at which to look at the record again, if ever.
local function dropPast(r, m)
  local _, version, _, _, head, _, oldest, count, age = struct.unpack(layout, m)
  local first, due = oldest, false
  while count >= 0 and version - oldest > count do
    if age >= 0 then
      -- A state was current until the next one was written.
      local ended = head
      if oldest + 1 < version then
        _, _, _, _, ended = struct.unpack(layout, call('HGET', r, digits(oldest + 1) .. 'm'))
      end
      if ended + age > now then
        due = ended + age
        break
      end
    end
    if removed >= budget then
      due = 0
      break
    end
    local name = digits(oldest)
    call('HDEL', r, name, name .. 'm')
    oldest, removed = oldest + 1, removed + 1
  end
  if oldest > first then call('HSET', r, 'm', sub(m, 1, 41) .. struct.pack('>d', oldest) .. sub(m, 50)) end
  return due
end

local function dueKey() return call('ZRANGEBYSCORE', p .. 'z', '-inf', digits(now), 'LIMIT', 0, 1)[1] end

dropEvents(math.min(budget, 100))
local key = dueKey()
while key and removed < budget and steps < budget * 4 do
  local r = p .. 'r:' .. key
  local m, garbage = call('HGET', r, 'm'), call('HGET', r, 'g')
  steps = steps + 1
  local due = false
  if m and garbage and not dropGarbage(r, garbage) then due = 0
  elseif m then due = dropPast(r, m) end
  call('ZREM', p .. 'z', key)
  if due then call('ZADD', p .. 'z', digits(due), key) end
  key = dueKey()
end
local old = oldEvents(1)
return {removed, (key or old > 0) and 1 or 0}
`
);

// packages/store-redis/src/reply.ts
function items(reply, count) {
  if (Array.isArray(reply) && (count === void 0 || reply.length === count)) return reply;
  throw unexpected(reply);
}
function flag(reply) {
  if (reply === 1 || reply === 0) return reply === 1;
  throw unexpected(reply);
}
function number(reply) {
  if (Number.isInteger(reply)) return Number(reply);
  throw unexpected(reply);
}
function text(reply) {
  if (typeof reply === "string") return reply;
  throw unexpected(reply);
}
function textOrNull(reply) {
  return reply === null ? null : text(reply);
}
function unexpected(reply) {
  return new StoreError(`A reply of Redis is not what the store's script gave: ${describeValue(reply)}.`, "unknown");
}

// packages/store-redis/src/clean.ts
var stepRowsMax = 500;
async function clean2(calls, budget) {
  const reply = await calls.run(cleanScript, [`${Math.min(budget, stepRowsMax)}`, `${eventAgeMs}`]);
  const [removed, more] = items(reply, 2);
  return { removed: number(removed), more: flag(more) };
}

// packages/store-redis/src/commit-checks.ts
var commitChecks = `
local now, next = clock(), 0
local function arg()
  next = next + 1
  return ARGV[next]
end
local tag, at, tail = arg(), tonumber(arg()), arg()

local heads, clashes = {}, {}
local function head(key)
  local m = heads[key]
  if m == nil then
    m = call('HGET', p .. 'r:' .. key, 'm')
    heads[key] = m
  end
  return m
end

local function hasTag(m, expected)
  return sub(m, 66, 66 + #expected) == expected .. '\\0'
end

local function isMet(expect, expected, m)
  if expect == 'any' then return true end
  if expect == 'absent' then return not m end
  if not m then return false end
  local flags, _, _, _, _, lapses = struct.unpack(layout, m)
  local deleted, lapsed = flags % 2 == 1, lapses > 0 and lapses <= now
  if expect == 'present' then return not deleted and not lapsed end
  if not hasTag(m, expected) then return false end
  if expect == 'tag' then return not deleted and not lapsed end
  if expect == 'gone' then return deleted end
  return lapsed
end

local function clash(kind, key)
  local m = head(key)
  clashes[#clashes + 1] = {kind, key, m and shown(m)}
end

-- Readings, of a key or of a range.
for i = 1, tonumber(arg()) do
  local expect, key = arg(), arg()
  if expect == 'range' then
    local from, limit, count = arg(), arg(), tonumber(arg())
    local found = call('ZRANGEBYLEX', p .. 'c:' .. key, from, '+', 'LIMIT', 0, limit)
    local holds = #found == count
    for n = 1, count do
      local seen, expected = arg(), arg()
      local m = holds and found[n] == seen and head(seen)
      holds = m and hasTag(m, expected)
    end
    if not holds then clashes[#clashes + 1] = {'range', i - 1} end
  elseif not isMet(expect, arg(), head(key)) then
    clash('key', key)
  end
end

-- Nothing can be extended, or redacted, where there is nothing: whatever was expected, that is a clash.
local function isPossible(write, m)
  if write.act == 'extend' then return m and struct.unpack('>B', m) % 2 == 0 end
  if write.act ~= 'redact' then return true end
  if not m then return false end
  local _, version, _, _, _, _, oldest = struct.unpack(layout, m)
  -- What was dropped when no past was to be kept any more may still lie there, for clean to remove.
  if tonumber(write.version) < oldest then return false end
  if digits(version) ~= write.version then m = call('HGET', p .. 'r:' .. write.key, write.version .. 'm') end
  return m and struct.unpack('>B', m) % 2 == 0
end

local writes, released, releasedCount = {}, {}, 0
for i = 1, tonumber(arg()) do
  local write = {act = arg(), key = arg(), expect = arg(), tag = arg()}
  if write.act == 'put' then
    write.text, write.ttl = arg(), tonumber(arg())
    write.count, write.age, write.index = tonumber(arg()), tonumber(arg()), arg()
  elseif write.act == 'extend' then write.ttl = tonumber(arg())
  elseif write.act == 'redact' then write.text, write.version = arg(), arg() end
  if write.act ~= 'extend' and write.act ~= 'redact' then
    released[write.key] = true
    releasedCount = releasedCount + 1
  end
  writes[i] = write
  local m = head(write.key)
  if not isMet(write.expect, write.tag, m) then clash('key', write.key)
  elseif not isPossible(write, m) then clash('version', write.key) end
end

local eventsFrom = next + 2
next = next + 1 + tonumber(ARGV[next + 1])
local eventsTo = next

-- Unique values. One has one holder, so that among one more than are released there is the one that is not, or none.
local taken = {}
for i = 1, tonumber(arg()) do
  local key, name, value = arg(), arg(), arg()
  local place = name .. '\\0' .. value
  local holder = taken[place]
  if not holder then
    local from, to = '[' .. value .. '\\0', '(' .. value .. '\\1'
    local members = call('ZRANGEBYLEX', p .. 'i:' .. name, from, to, 'LIMIT', 0, releasedCount + 1)
    for n = 1, #members do
      local other = sub(members[n], #value + 2)
      if not released[other] then holder = other break end
    end
    taken[place] = key
  end
  if holder and holder ~= key then clashes[#clashes + 1] = {'unique', name, value, key, holder} end
end

if #clashes > 0 then return {0, now, clashes} end
-- A commit of readings alone leaves nothing behind.
if #writes == 0 and eventsTo < eventsFrom then return {1, 0, {}} end
`;

// packages/store-redis/src/commit-writes.ts
var commitWrites = `
local function parentOf(key) return string.match(key, '^.*/') end

local function place(key, was, is)
  local parent = parentOf(key)
  if not parent or was == is then return end
  if is then call('ZADD', p .. 'c:' .. parent, 0, key) else call('ZREM', p .. 'c:' .. parent, key) end
end

local function moveLapse(key, was, is)
  if was == is then return end
  if was > 0 then call('ZREM', p .. 'l', string.format('%016.0f', was) .. key) end
  if is > 0 then call('ZADD', p .. 'l', 0, string.format('%016.0f', is) .. key) end
end

local function moveIndex(r, key, was, is)
  if was == is then return end
  for name, value in string.gmatch(was, '([^%z]*)%z([^%z]*)%z') do
    call('ZREM', p .. 'i:' .. name, value .. '\\0' .. key)
  end
  for name, value in string.gmatch(is, '([^%z]*)%z([^%z]*)%z') do
    call('ZADD', p .. 'i:' .. name, 0, value .. '\\0' .. key)
  end
  if is == '' then call('HDEL', r, 'i') else call('HSET', r, 'i', is) end
end

-- Makes what was current a past state, as the retention wants it. Gives the oldest version that is kept from now on.
local function keepPast(r, key, m, version, bare)
  local flags, before, _, _, _, _, oldest = struct.unpack(layout, m)
  local wasBare, name = flags % 4 >= 2, digits(before)
  if not bare then
    call('HSET', r, name .. 'm', m)
    if wasBare and flags % 2 == 0 then
      call('HSET', r, name, call('HGET', r, 'x'))
      call('HDEL', r, 'x')
    end
    return oldest
  end
  if not wasBare then
    if oldest == before then call('HDEL', r, name)
    else
      local earlier = call('HGET', r, 'g')
      call('HSET', r, 'g', (earlier and string.match(earlier, '^%d+') or digits(oldest)) .. ' ' .. name)
      call('ZADD', p .. 'z', 0, key)
    end
  end
  return version
end

local function schedule(key, modified, past, count, age, wasCount, wasAge)
  if count < 0 or past == 0 then return end
  if count ~= wasCount or age ~= wasAge then call('ZADD', p .. 'z', 0, key)
  elseif past > count then call('ZADD', p .. 'z', 'NX', age < 0 and 0 or digits(modified + age), key) end
end

-- Puts a state in the place of the current one. Without a text it is a tombstone.
local function replace(key, m, revision, text, lapses, count, age, index)
  local r = p .. 'r:' .. key
  local version, created, modified, oldest = 1, at, at, 1
  local flags, wasLapses, wasIndex, wasCount, wasAge = 1, 0, '', count, age
  local bare = count == 0 and age < 0
  if m then
    local before, last, wasCreated, wasModified
    flags, before, last, wasCreated, wasModified, wasLapses, oldest, wasCount, wasAge = struct.unpack(layout, m)
    version = before + 1
    if flags % 2 == 0 or not text then created = wasCreated end
    if modified <= wasModified then modified = wasModified + 1 end
    if flags >= 4 then wasIndex = call('HGET', r, 'i') end
    oldest = keepPast(r, key, m, version, bare)
  end
  local nextFlags = (text and 0 or 1) + (bare and 2 or 0) + (index ~= '' and 4 or 0)
  local packed = struct.pack(layout, nextFlags, version, revision, created, modified, lapses,
    oldest, count, age) .. tail
  if text then call('HSET', r, 'm', packed, bare and 'x' or digits(version), text)
  else
    call('HSET', r, 'm', packed)
    if bare then call('HDEL', r, 'x') end
  end
  place(key, flags % 2 == 0, text and true)
  moveLapse(key, wasLapses, lapses)
  moveIndex(r, key, wasIndex, index)
  schedule(key, modified, version - oldest, count, age, wasCount, wasAge)
  return shown(packed)
end

local function bury(key, m, revision)
  local _, _, _, _, _, _, _, count, age = struct.unpack(layout, m)
  return replace(key, m, revision, false, 0, count, age, '')
end

local function forget(key, m)
  local r = p .. 'r:' .. key
  local flags, _, _, _, _, lapses = struct.unpack(layout, m)
  if flags >= 4 then moveIndex(r, key, call('HGET', r, 'i'), '') end
  place(key, flags % 2 == 0, false)
  moveLapse(key, lapses, 0)
  call('ZREM', p .. 'z', key)
  call('UNLINK', r)
  return false
end

local function extend(key, m, ttl)
  local r = p .. 'r:' .. key
  local _, _, _, _, _, lapses = struct.unpack(layout, m)
  local packed = sub(m, 1, 33) .. struct.pack('>d', now + ttl) .. sub(m, 42)
  call('HSET', r, 'm', packed)
  moveLapse(key, lapses, now + ttl)
  local state = shown(packed)
  state[8] = textOf(r, packed)
  return state
end

local function redact(key, m, name, text)
  local r = p .. 'r:' .. key
  local flags, version = struct.unpack('>Bd', m)
  local isCurrent = digits(version) == name
  if not isCurrent then m = call('HGET', r, name .. 'm') end
  local packed = sub(m, 1, 65) .. tag .. sub(m, (string.find(m, '\\0', 66, true)))
  call('HSET', r, isCurrent and 'm' or name .. 'm', packed, isCurrent and flags % 4 >= 2 and 'x' or name, text)
  return shown(packed)
end

local revision = call('INCR', p .. 'rev')
for i = eventsFrom, eventsTo do
  call('XADD', p .. 'e', digits(revision) .. '-' .. i - eventsFrom, 'd', ARGV[i])
end
local records = {}
for i = 1, #writes do
  local write = writes[i]
  local act, key, m, record = write.act, write.key, head(write.key), false
  if act == 'put' then
    local lapses = write.ttl > 0 and now + write.ttl or 0
    record = replace(key, m, revision, write.text, lapses, write.count, write.age, write.index)
  elseif not m then record = false
  elseif act == 'bury' then record = bury(key, m, revision)
  elseif act == 'forget' then record = forget(key, m)
  elseif act == 'extend' then record = extend(key, m, write.ttl)
  else record = redact(key, m, write.version, write.text) end
  records[i] = record
end
return {1, revision, records}
`;

// packages/store-redis/src/commit-script.ts
var commitScript = script2(stateParts, commitChecks, commitWrites);

// packages/store-redis/src/event.ts
function eventOf({ type, key, version, data }, { tag, at: at2 }) {
  const told = data === void 0 ? "" : `+${data}`;
  return `${tag}\0${at2}\0${type}\0${key}\0${version ?? ""}\0${told}`;
}
function storedEventOf(id, packed) {
  const [tag = "", at2 = "", type = "", key = "", version = "", data] = packed.split("\0");
  const [revision = "", index = ""] = id.split("-");
  if (data === void 0 || tag === "" || !/^\d+-\d+$/.test(id)) throw unexpected(packed);
  return {
    type,
    key,
    ...version !== "" && { version: Number(version) },
    ...data !== "" && { data: data.slice(1) },
    cursor: formatCursor({ position: Number(revision), index: Number(index), tag }),
    revision: Number(revision),
    tag,
    at: Number(at2)
  };
}

// packages/store-redis/src/put-script.ts
var putScript = script2(`
local p, call = KEYS[1], redis.call
local r = p .. 'r:' .. ARGV[1]
for i = 10, #ARGV do
  if call('EXISTS', p .. 'r:' .. ARGV[i]) == 1 then return 'look' end
end
local m = call('HGET', r, 'm')
if not m then return 'look' end
local expected = ARGV[2]
local flags, before, last, created, modified, lapses, oldest, count, age = struct.unpack('>Bdddddddd', m)
if string.sub(m, 66, 65 + #expected) ~= expected then
  local time = call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  return {now, before, last, created, modified, lapses, flags, string.sub(m, 66)}
end
if lapses ~= 0 or count .. '' ~= ARGV[8] or age .. '' ~= ARGV[9] then return 'look' end
if flags == 4 then
  if call('HGET', r, 'i') ~= ARGV[7] then return 'look' end
elseif flags ~= 0 or ARGV[7] ~= '' then return 'look' end

local at = tonumber(ARGV[3])
if at <= modified then at = modified + 1 end
local version = before + 1
local revision = call('INCR', p .. 'rev')
-- A number joined to a text has 14 digits at most, and takes a third of the time.
local past, name, id = before .. 'm', version .. '', revision .. '-0'
if version > 1e13 or revision > 1e13 then
  past, name, id = string.format('%.0fm', before), string.format('%.0f', version), string.format('%.0f-0', revision)
end
if ARGV[6] ~= '' then call('XADD', p .. 'e', id, 'd', ARGV[6]) end
local packed = struct.pack('>Bdddddddd', flags, version, revision, created, at, 0, oldest, count, age) .. ARGV[4]
call('HSET', r, 'm', packed, name, ARGV[5], past, m)
if count >= 0 and version - oldest > count then
  call('ZADD', p .. 'z', 'NX', age < 0 and 0 or string.format('%.0f', at + age), ARGV[1])
end
return {version, revision, created, at}
`);

// packages/store-redis/src/state.ts
var deletedFlag = 1;
function recordOf2(key, reply, now, given) {
  const [version, revision, createdAt, modifiedAt, lapses, flags, tail, found = null] = items(reply);
  const [tag = "", cause = "", by] = text(tail).split("\0");
  if (by === void 0 || tag === "") throw unexpected(tail);
  const lapsesAt = number(lapses);
  return {
    key,
    version: number(version),
    revision: number(revision),
    tag,
    text: given === void 0 ? textOrNull(found) : given,
    ...(number(flags) & deletedFlag) === deletedFlag && { deleted: true },
    createdAt: number(createdAt),
    modifiedAt: number(modifiedAt),
    ...lapsesAt > 0 && { lapsesAt },
    ...now !== void 0 && lapsesAt > 0 && lapsesAt <= now && { lapsed: true },
    by: by === "" ? null : by.slice(1),
    cause
  };
}
function tailOf({ tag, cause, by }) {
  return `${tag}\0${cause}\0${by === null ? "" : `+${by}`}`;
}

// packages/store-redis/src/put.ts
function keepOf2({ keep }) {
  const { count, ageMs } = keptPastOf(keep);
  return [`${count ?? -1}`, `${ageMs ?? -1}`];
}
function indexOf2({ index }) {
  if (index === void 0 || index.length === 0) return "";
  return [...new Set(index.map(({ name, value }) => `${name}\0${value}\0`))].join("");
}
async function putAlone(calls, commit2) {
  const [write, more] = commit2.writes;
  if (write === void 0 || more !== void 0 || commit2.events.length > 1) return void 0;
  if (!("put" in write) || write.ttlMs !== void 0 || write.keep === "none") return void 0;
  if (typeof write.expect === "string" || !("tag" in write.expect)) return void 0;
  const absent = [];
  for (const reading of commit2.reads) {
    if (!("key" in reading) || reading.expect !== "absent") return void 0;
    absent.push(reading.key);
  }
  const reply = await calls.run(putScript, [
    write.key,
    `${write.expect.tag}\0`,
    `${commit2.at}`,
    tailOf(commit2),
    write.put,
    commit2.events[0] === void 0 ? "" : eventOf(commit2.events[0], commit2),
    indexOf2(write),
    ...keepOf2(write),
    ...absent
  ]);
  return reply === "look" ? void 0 : resultOf(commit2, write, items(reply));
}
function resultOf(commit2, { key, put: put2 }, reply) {
  if (reply.length !== 4) {
    const [now, ...state] = items(reply, 8);
    return { kind: "clash", clashes: [{ key, current: recordOf2(key, state, number(now), null) }] };
  }
  const [version, revision, createdAt, modifiedAt] = reply;
  const record = {
    key,
    version: number(version),
    revision: number(revision),
    tag: commit2.tag,
    text: put2,
    createdAt: number(createdAt),
    modifiedAt: number(modifiedAt),
    by: commit2.by,
    cause: commit2.cause
  };
  return { kind: "committed", records: [record] };
}

// packages/store-redis/src/commit.ts
async function commit(calls, commit2) {
  return await putAlone(calls, commit2) ?? generally(calls, commit2);
}
async function generally(calls, commit2) {
  const [isCommitted2, time, found] = items(await calls.run(commitScript, argumentsOf(commit2)), 3);
  const now = number(time);
  if (flag(isCommitted2)) return { kind: "committed", records: recordsOf(commit2, items(found, commit2.writes.length)) };
  const clashes = items(found).map((clash) => clashOf(commit2, items(clash), now));
  if (clashes.length === 0) throw unexpected(found);
  return { kind: "clash", clashes };
}
function argumentsOf(commit2) {
  const { tag, at: at2, reads, writes, events } = commit2;
  const claims = writes.flatMap(claimsOf2);
  return [
    tag,
    `${at2}`,
    tailOf(commit2),
    `${reads.length}`,
    ...reads.flatMap(readingOf),
    `${writes.length}`,
    ...writes.flatMap(writeOf),
    `${events.length}`,
    ...events.map((event) => eventOf(event, commit2)),
    `${claims.length}`,
    ...claims.flat()
  ];
}
function readingOf(reading) {
  if ("key" in reading) {
    const [expect, tag] = expectationOf2(reading.expect);
    return [expect, reading.key, tag];
  }
  const { range, seen: seen2 } = reading;
  const prefix = "prefix" in range ? range.prefix : "";
  const from = range.after === void 0 ? "-" : `(${range.after}`;
  const shown2 = seen2.flatMap(({ key, tag }) => [key, tag]);
  return ["range", prefix, from, `${range.limit}`, `${seen2.length}`, ...shown2];
}
function expectationOf2(expect) {
  if (typeof expect === "string") return [expect, ""];
  if ("tag" in expect) return ["tag", expect.tag];
  return "gone" in expect ? ["gone", expect.gone] : ["lapsed", expect.lapsed];
}
function writeOf(write) {
  const common2 = [write.key, ...expectationOf2(write.expect)];
  if ("put" in write) return ["put", ...common2, write.put, `${write.ttlMs ?? 0}`, ...keepOf2(write), indexOf2(write)];
  if ("extendMs" in write) return ["extend", ...common2, `${write.extendMs}`];
  if ("redact" in write) return ["redact", ...common2, write.redact, `${write.version}`];
  return [write.delete === "forget" ? "forget" : "bury", ...common2];
}
function claimsOf2(write) {
  if (!("put" in write) || write.index === void 0) return [];
  return write.index.filter(({ unique }) => unique).map(({ name, value }) => [write.key, name, value]);
}
function recordsOf({ writes }, states) {
  return writes.map((write, at2) => {
    const state = states[at2];
    if (state === null) return null;
    const given = "put" in write ? write.put : "redact" in write ? write.redact : void 0;
    return recordOf2(write.key, state, void 0, given);
  });
}
function clashOf({ reads, writes }, clash, now) {
  const [kind, first, second, third, fourth] = clash;
  if (kind === "range") {
    const reading = reads[number(first)];
    if (reading !== void 0 && "range" in reading) return { range: reading.range };
  }
  const key = text(first);
  if (kind === "unique") return { index: key, value: text(second), key: text(third), holder: text(fourth) };
  const found = second ?? null;
  const on = found === null ? { key } : { key, current: recordOf2(key, found, now, null) };
  const write = kind === "version" ? writes.find((one) => one.key === key) : void 0;
  return write !== void 0 && "redact" in write ? { ...on, version: write.version } : on;
}

// packages/store-redis/src/client.ts
async function connected(connecting, end, late) {
  const tooLate = new Promise((_, reject) => {
    late.addEventListener("abort", () => reject(late.reason), { once: true });
  });
  try {
    await Promise.race([connecting, tooLate]);
  } catch (error) {
    end();
    throw error;
  }
}
function faultOfReply(message) {
  return refusal.test(message) || refusalInScript.test(message) ? "refused" : "failed";
}
var words = "NOSCRIPT|OOM|READONLY|MISCONF|NOREPLICAS|LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|MOVED|ASK|TRYAGAIN|CROSSSLOT|NOPERM|NOAUTH";
var refusal = new RegExp(`^(?:(?:${words})\\b|ERR [Uu]nknown (?:sub)?command|ERR max number of clients)`);
var refusalInScript = /^ERR Error running script .*@user_script: ?\d+: -?(?:OOM|READONLY|MISCONF|NOREPLICAS)\b/s;

// packages/store-redis/src/ioredis.ts
function isIoredis(client) {
  return "call" in client && "duplicate" in client && "isCluster" in client && "status" in client;
}
var ioredisSettings = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  reconnectOnError: null,
  retryStrategy: (attempt) => Math.min(50 * attempt, 1e3),
  keyPrefix: "",
  stringNumbers: false,
  enableAutoPipelining: false
};
var nodeSettings = {
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  reconnectOnError: null,
  stringNumbers: false,
  keyPrefix: ""
};
var clusterSettings = {
  lazyConnect: true,
  enableOfflineQueue: false,
  retryDelayOnFailover: 0,
  scaleReads: "master",
  keyPrefix: "",
  enableAutoPipelining: false
};
async function connectIoredis(owner, late) {
  const client = owner.isCluster ? likeCluster(owner) : owner.duplicate(ioredisSettings);
  let reason;
  client.on("error", (error) => {
    reason = error;
  });
  const connecting = client.connect().catch((error) => {
    throw reason ?? error;
  });
  await connected(connecting, () => client.disconnect(), late);
  return {
    isReady: () => client.status === "ready",
    send(_key, command, ...rest) {
      writeTogether(client);
      return client.call(command, [...rest]);
    },
    async subscribe(channel, listener) {
      client.on("message", (from, message) => {
        if (from === channel && message !== void 0) listener(message);
      });
      await client.subscribe(channel);
    },
    fork: (late2) => connectIoredis(owner, late2),
    reset: () => client.disconnect(true),
    end: () => client.disconnect(),
    faultOf
  };
}
function likeCluster(owner) {
  const { options } = owner;
  const given = "redisOptions" in options && typeof options.redisOptions === "object" ? options.redisOptions : {};
  return owner.duplicate([], { ...clusterSettings, redisOptions: { ...given, ...nodeSettings } });
}
function writeTogether({ stream }) {
  if (stream === void 0 || corked.has(stream)) return;
  corked.add(stream);
  stream.cork();
  process.nextTick(() => {
    corked.delete(stream);
    stream.uncork();
  });
}
var corked = /* @__PURE__ */ new WeakSet();
function faultOf(error) {
  if (!(error instanceof Error)) return "lost";
  if (error.name === "ReplyError") return faultOfReply(error.message);
  return error.message.includes("enableOfflineQueue") ? "unsent" : "lost";
}

// packages/store-redis/src/node-redis.ts
function isNodeRedis(client) {
  return "sendCommand" in client && "duplicate" in client && "isReady" in client && "destroy" in client;
}
var settings = { disableOfflineQueue: true, commandOptions: {} };
async function connectNodeRedis(owner, late) {
  return "masters" in owner ? connectCluster(owner, late) : connectOne(owner, late);
}
async function connectOne(owner, late) {
  const client = owner.duplicate(settings);
  const failure = new Promise((_, reject) => client.on("error", reject));
  await connected(Promise.race([client.connect(), failure]), () => destroyQuietly(client), late);
  let isEnded = false;
  return {
    ...common(client),
    send: (_key, command, ...rest) => client.sendCommand([command, ...rest]),
    fork: (late2) => connectOne(owner, late2),
    reset() {
      destroyQuietly(client);
      const again = () => {
        if (!isEnded && !client.isReady) client.connect().catch(() => {
        });
      };
      setImmediate(again);
    },
    end() {
      isEnded = true;
      destroyQuietly(client);
    }
  };
}
async function connectCluster(owner, late) {
  const client = owner.duplicate({ commandOptions: {} });
  client.on("error", () => {
  });
  await connected(client.connect(), () => destroyQuietly(client), late);
  return {
    ...common(client),
    send: (key, command, ...rest) => client.sendCommand(key, false, [command, ...rest]),
    fork: (late2) => connectCluster(owner, late2),
    // Its connections are the library's to renew.
    reset() {
    },
    end: () => destroyQuietly(client)
  };
}
function common(client) {
  return {
    isReady: () => client.isReady,
    async subscribe(channel, listener) {
      await client.subscribe(channel, (message) => listener(message));
    },
    faultOf: faultOf2
  };
}
function destroyQuietly(client) {
  try {
    client.destroy();
  } catch {
  }
}
var replyError = /^[A-Z]{3,}[A-Z0-9]*\b/;
var unsentErrors = /* @__PURE__ */ new Set(["The client is closed", "The client is offline", "The queue is full"]);
function faultOf2(error) {
  if (!(error instanceof Error)) return "lost";
  if (unsentErrors.has(error.message)) return "unsent";
  return replyError.test(error.message) ? faultOfReply(error.message) : "lost";
}

// packages/store-redis/src/connect.ts
async function connect({ source, sourceOption, timeoutMs }) {
  const owner = "client" in source ? source.client : await clientFor(source.url, timeoutMs);
  try {
    return await within2(
      timeoutMs,
      (late) => isIoredis(owner) ? connectIoredis(owner, late) : connectNodeRedis(owner, late)
    );
  } catch (error) {
    const message = error instanceof StoreError ? messageOf(error.cause) : "";
    if (!refused2.test(message)) throw error;
    throw new ConfigurationError(sourceOption, `must lead to a server that lets the store in: ${message}`);
  }
}
var refused2 = /^(WRONGPASS|NOAUTH|NOPERM|ERR (AUTH |invalid password|(invalid )?DB index))/;
async function within2(timeoutMs, connecting) {
  const late = AbortSignal.timeout(timeoutMs);
  try {
    return await connecting(late);
  } catch (error) {
    if (late.aborted) throw new StoreError(`Redis did not answer within ${timeoutMs} ms.`, "not-applied");
    throw new StoreError(`Redis cannot be reached: ${messageOf(error)}`, "not-applied", { cause: error });
  }
}
async function clientFor(url, timeoutMs) {
  const ioredis = await ifInstalled(() => import("ioredis"));
  const redis = ioredis === void 0 ? await ifInstalled(() => import("redis")) : void 0;
  try {
    if (ioredis !== void 0) return new ioredis.Redis(url, { lazyConnect: true, connectTimeout: timeoutMs });
    if (redis !== void 0)
      return redis.createClient({ url, socket: { connectTimeout: timeoutMs, reconnectStrategy } });
  } catch (error) {
    throw new ConfigurationError("url", `must be one that can be read: ${messageOf(error)}`);
  }
  throw new ConfigurationError("url", "needs the package ioredis or the package redis: npm install ioredis");
}
function reconnectStrategy(attempts) {
  return Math.min(50 * (attempts + 1), 1e3);
}

// packages/store-redis/src/follow-script.ts
var followScript = script2(`
local p, call = KEYS[1], redis.call
local after, tag, count = ARGV[1], ARGV[2], ARGV[3]
local e = p .. 'e'

-- As much of it as a cursor holds.
local function tagOf(entry) return string.sub(string.match(entry[2][2], '^[^%z]*'), 1, 16) end

-- Behind the last event that was removed, where there is one.
local function beginning()
  local removed = call('GET', p .. 'f')
  if not removed then return '0-0', '' end
  local id, removedTag = string.match(removed, '^(%S+) (.*)$')
  return id, string.sub(removedTag, 1, 16)
end

local function ending()
  local last = call('XREVRANGE', e, '+', '-', 'COUNT', 1)[1]
  if last then return last[1], tagOf(last) end
  return beginning()
end

local first, firstTag = beginning()
local isFound = after == 'start' or after == first and tag == firstTag
if after == 'start' then after, tag = first, firstTag
elseif not isFound and after ~= 'now' then
  local entry = call('XRANGE', e, after, after)[1]
  isFound = entry and tagOf(entry) == tag
end
if not isFound then
  local last, lastTag = ending()
  return {0, last, lastTag, 0}
end
local out = {1, after, tag, 0}
for _, entry in ipairs(call('XRANGE', e, '(' .. after, '+', 'COUNT', count)) do
  out[#out + 1] = entry[1]
  out[#out + 1] = entry[2][2]
end
out[4] = #out - 4
return out
`);

// packages/store-redis/src/follow.ts
var pageLength = 100;
var waitMs = 1e3;
async function* follow2(followed, after, stop) {
  const ending = new Ending(stop, followed.calls.closing);
  const arrivals = new Arrivals(followed);
  const end = () => arrivals.end();
  followed.calls.closing.addEventListener("abort", end);
  let place = placeOf2(after);
  try {
    while (!ending.hasCome) {
      const page2 = await pageAfter(followed.calls, place);
      place = page2.place;
      if (page2.kind === "reset") {
        if (!ending.hasCome) yield { reset: cursorOf(place) };
      } else if (page2.events.length === 0) {
        await ending.or(arrivals.after(place.id));
      }
      for (const { event, next } of page2.events) {
        if (ending.hasCome) return;
        place = next;
        yield event;
      }
    }
  } catch (error) {
    if (!ending.hasCome) throw error;
  } finally {
    ending.forget();
    followed.calls.closing.removeEventListener("abort", end);
    arrivals.end();
  }
}
async function pageAfter(calls, { id, tag }) {
  const reply = await calls.run(followScript, [id, tag, `${pageLength}`]);
  const [isFound, placeId, placeTag, count, ...found] = items(reply);
  items(found, number(count));
  const events = [];
  for (let at2 = 0; at2 < found.length; at2 += 2) {
    const next = text(found[at2]);
    const event = storedEventOf(next, text(found[at2 + 1]));
    events.push({ event, next: { id: next, tag: shortened(event.tag) } });
  }
  return { kind: flag(isFound) ? "events" : "reset", place: { id: text(placeId), tag: text(placeTag) }, events };
}
function placeOf2(cursor) {
  if (cursor === "start") return { id: cursor, tag: "" };
  const place = parseCursor(cursor);
  return place === void 0 ? { id: "now", tag: "" } : { id: `${place.position}-${place.index}`, tag: place.tag };
}
function cursorOf({ id, tag }) {
  const [position, index] = id.split("-");
  return formatCursor({ position: Number(position), index: Number(index), tag });
}
function shortened(tag) {
  return tag.slice(0, 16);
}
var Arrivals = class {
  #followed;
  #connection;
  #calls;
  #isOver = false;
  constructor(followed) {
    this.#followed = followed;
  }
  /** Resolves once there is an event after this one, or a second has passed. */
  async after(id) {
    const stream = `${this.#followed.prefix}e`;
    this.#calls ??= await this.#connect(stream);
    if (this.#isOver) return;
    await this.#calls.send("XREAD", "COUNT", "1", "BLOCK", `${waitMs}`, "STREAMS", stream, id);
  }
  end() {
    this.#isOver = true;
    this.#connection?.end();
  }
  async #connect(stream) {
    const { client, timeoutMs } = this.#followed;
    const connection = await within2(timeoutMs, (late) => client.fork(late));
    this.#connection = connection;
    if (this.#isOver) connection.end();
    return new Calls2(connection, stream, { timeoutMs: timeoutMs + waitMs, queueMax: 1 });
  }
};
var Ending = class {
  #signals;
  #come;
  #tell = () => {
  };
  constructor(...signals) {
    this.#signals = signals;
    this.#come = new Promise((resolve) => {
      this.#tell = resolve;
    });
    for (const signal of signals) signal.addEventListener("abort", this.#tell);
  }
  get hasCome() {
    return this.#signals.some(({ aborted }) => aborted);
  }
  /** Waits for something, or for the end. */
  async or(waiting) {
    waiting.catch(() => {
    });
    await Promise.race([waiting, this.#come]);
  }
  forget() {
    for (const signal of this.#signals) signal.removeEventListener("abort", this.#tell);
  }
};

// packages/store-redis/src/list-script.ts
var listScript = script2(
  stateParts,
  `
local kind, from, to = ARGV[1], ARGV[3], ARGV[4]
local limit, texts, bytesMax = tonumber(ARGV[5]), ARGV[6] == '1', tonumber(ARGV[7])
local now = clock()
if kind == 'l' then to = '(' .. string.format('%016.0f', math.min(tonumber(to), now + 1)) end
local members = call('ZRANGEBYLEX', p .. ARGV[2], from, to, 'LIMIT', 0, limit + 1)
local out, bytes, count = {now, false, 0}, 0, 0
for i = 1, math.min(#members, limit) do
  local member = members[i]
  local key = member
  if kind == 'i' then key = sub(member, string.find(member, '\\0', 1, true) + 1)
  elseif kind == 'l' then key = sub(member, 17) end
  local r = p .. 'r:' .. key
  local m = call('HGET', r, 'm')
  if m then
    local state = shown(m)
    state[8] = false
    if texts then
      state[8] = textOf(r, m)
      bytes = bytes + #state[8]
    end
    out[#out + 1] = {key, state}
  end
  count = i
  if bytes >= bytesMax then break end
end
if count < #members then out[2] = members[count] end
out[3] = #out - 3
return out
`
);

// packages/store-redis/src/list.ts
async function list(calls, range) {
  const { limit, texts = true } = range;
  const args = [...boundsOf(range), `${limit}`, texts ? "1" : "0", `${pageBytesOf(range)}`];
  const [time, after, count, ...found] = items(await calls.run(listScript, args));
  const now = number(time);
  const next = textOrNull(after);
  const records = items(found, number(count)).map((item) => {
    const [key, state] = items(item, 2);
    return recordOf2(text(key), state, now);
  });
  return next === null ? { now, records } : { now, records, next };
}
function boundsOf(range) {
  const { after } = range;
  if ("prefix" in range) return ["c", `c:${range.prefix}`, after === void 0 ? "-" : `(${after}`, "+"];
  if ("index" in range) {
    if (after?.includes("\0") === false) throw notAPosition();
    const from = after !== void 0 && isBefore(range.from, after) ? `(${after}` : `[${range.from}`;
    return ["i", `i:${range.index}`, from, `(${range.to}`];
  }
  if (after !== void 0 && !lapsePosition.test(after)) throw notAPosition();
  return ["l", "l", after === void 0 ? "-" : `(${after}`, `${range.lapsedBefore}`];
}
var lapsePosition = /^[0-9]{16}./su;

// packages/store-redis/src/options.ts
var rules2 = {
  // ioredis would ask for a database of another name, and end the process once the server refuses that.
  url: connectionString(
    /^rediss?:\/\/[^/?#]*(\/[0-9]*)?(\?.*)?$/,
    "must be a URL of Redis, such as redis://user:password@host:6379/0, or rediss:// for TLS"
  ),
  client: (value) => typeof value === "object" && value !== null && (isIoredis(value) || isNodeRedis(value)) ? void 0 : "must be a client of ioredis or of redis (node-redis)",
  name: (value) => typeof value === "string" && /^[\w.:-]{1,128}$/.test(value) ? void 0 : 'must be 1 to 128 letters, digits, "-", "_", "." and ":"',
  timeoutMs: isTimerMs,
  queueMax: wholeNumber(1),
  durability: oneOf("none", "process", "fsync"),
  failover: oneOf("safe", "lossy"),
  allowEvictingRedis: isBoolean
};
function resolveOptions2(options) {
  checkOptions("", options, rules2);
  return Object.freeze({
    sourceOption: checkSource(options, rules2, "url", "client"),
    source: options.client === void 0 ? { url: options.url } : { client: options.client },
    name: options.name ?? "unclash",
    timeoutMs: options.timeoutMs ?? 5e3,
    queueMax: options.queueMax ?? 1e4,
    durability: options.durability,
    failover: options.failover ?? "lossy",
    allowEvictingRedis: options.allowEvictingRedis ?? false
  });
}

// packages/store-redis/src/history-script.ts
var historyScript = script2(
  stateParts,
  `
local r = p .. 'r:' .. ARGV[1]
local before, at, limit = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local texts, bytesMax = ARGV[5] == '1', tonumber(ARGV[6])
local now = clock()
local head = call('HGET', r, 'm')
if not head then return {now, 0, 0, 0} end
local _, current, _, _, _, _, oldest = struct.unpack(layout, head)
local function stateAt(version)
  if version == current then return head end
  return call('HGET', r, digits(version) .. 'm')
end

-- Versions are kept without a gap, and modifiedAt grows with them: the newest that was there at a moment is
-- searched for.
local newest = current
if before >= 0 and before <= current then newest = before - 1 end
if at >= 0 then
  local low, high = oldest - 1, newest
  while low < high do
    local middle = math.ceil((low + high) / 2)
    local _, _, _, _, modified = struct.unpack(layout, stateAt(middle))
    if modified <= at then low = middle else high = middle - 1 end
  end
  newest = low
end

local out, bytes, version = {now, current, 0, 0}, 0, newest
while version >= oldest and #out - 4 < limit do
  if bytes >= bytesMax then
    out[3] = 1
    break
  end
  local m = stateAt(version)
  local state = shown(m)
  state[8] = false
  if texts then
    if version == current then state[8] = textOf(r, m)
    elseif state[6] % 2 == 0 then state[8] = call('HGET', r, digits(version)) end
    if state[8] then bytes = bytes + #state[8] end
  end
  out[#out + 1] = state
  version = version - 1
end
out[4] = #out - 4
return out
`
);

// packages/store-redis/src/read-script.ts
var readScript = script2(
  stateParts,
  `
local out = {clock()}
for i = 1, #ARGV do
  local r = p .. 'r:' .. ARGV[i]
  local m = call('HGET', r, 'm')
  local state = false
  if m then
    state = shown(m)
    state[8] = textOf(r, m)
  end
  out[i + 1] = state
end
return out
`
);

// packages/store-redis/src/read.ts
async function read(calls, keys) {
  const [time, ...states] = items(await calls.run(readScript, keys), keys.length + 1);
  const now = number(time);
  const records = keys.map((key, at2) => {
    const state = states[at2];
    return state === null ? void 0 : recordOf2(key, state, now);
  });
  return { now, records };
}
async function readHistory(calls, key, request) {
  const { before = -1, at: at2 = -1, limit, texts } = request;
  if ((request.before ?? 1) < 1 || (request.at ?? 0) < 0) return { ...await read(calls, []), records: [] };
  const args = [key, `${before}`, `${at2}`, `${limit}`, texts ? "1" : "0", `${pageBytesMax}`];
  const [time, current, more, count, ...states] = items(await calls.run(historyScript, args));
  const now = number(time);
  items(states, number(count));
  const records = states.map((state) => {
    const isCurrent = items(state)[0] === current;
    return recordOf2(key, state, isCurrent ? now : void 0);
  });
  return { now, records, ...flag(more) && { more: true } };
}

// packages/store-redis/src/server.ts
import { randomBytes } from "crypto";
import { isDeepStrictEqual as isDeepStrictEqual2, inspect as show } from "util";
var infoScript = script2(`
local sections = {}
for i, name in ipairs({'server', 'memory', 'persistence', 'replication', 'cluster'}) do
  local section = redis.pcall('INFO', name)
  if type(section) == 'table' then return false end
  sections[i] = section
end
return sections
`);
var trialScript = script2(`
local p, call = KEYS[1], redis.call
local key = p .. 'trial'
call('UNLINK', key)
call('SET', key, 'x')
call('GET', key)
call('INCR', p .. 'rev')
call('UNLINK', key)
call('HSET', key, 'a', 'b')
call('HGET', key, 'a')
call('EXISTS', key)
call('HDEL', key, 'a')
call('ZADD', key, 0, 'a')
call('ZRANGEBYLEX', key, '-', '+')
call('ZRANGEBYSCORE', key, '-inf', '+inf')
call('ZREM', key, 'a')
call('XADD', key, '1-0', 'd', 'a')
call('XRANGE', key, '-', '+')
call('XREVRANGE', key, '+', '-')
call('XDEL', key, '1-0')
call('UNLINK', key)
call('SET', p .. 'f', '0-0 ' .. ARGV[1], 'NX')
return call('TIME')
`);
var shapesScript = script2(`return {1, false, 'snake_case \xE9', {281474976710656, {}}, ''}`);
var shapes = [1, null, "snake_case \xE9", [281474976710656, []], ""];
async function tryShapes(calls, option) {
  const reply = await calls.run(shapesScript, []);
  if (isDeepStrictEqual2(reply, shapes)) return;
  throw new ConfigurationError(
    option,
    `must give replies as the server sent them: texts, numbers, null and arrays, without transformers. It gave ${show(reply)}`
  );
}
async function inspect2(calls, option) {
  await tryOut(calls, option);
  await tryShapes(calls, option);
  const info = await infoOf(calls);
  const config = await configOf(calls);
  return {
    version: info.get("valkey_version") ?? info.get("redis_version"),
    isValkey: info.has("valkey_version"),
    evictionPolicy: info.get("maxmemory_policy") ?? config.get("maxmemory-policy"),
    hasAppendOnlyFile: isOn(config.get("appendonly"), "yes") ?? isOn(info.get("aof_enabled"), "1"),
    syncsAlways: syncsAlways(config),
    isReplicated: info.get("connected_slaves") !== "0" || info.get("cluster_enabled") === "1",
    isReplica: info.get("role") === "slave"
  };
}
function isOn(value, on) {
  return value === void 0 ? void 0 : value === on;
}
function syncsAlways(config) {
  const when = config.get("appendfsync");
  if (when === void 0) return void 0;
  return when === "always" && config.get("no-appendfsync-on-rewrite") === "no";
}
async function infoOf(calls) {
  const sections = await calls.run(infoScript, []);
  if (sections === null) return /* @__PURE__ */ new Map();
  const lines = items(sections).flatMap((section) => String(section).split("\r\n"));
  return new Map(
    lines.flatMap((line) => {
      const at2 = line.indexOf(":");
      return at2 === -1 ? [] : [[line.slice(0, at2), line.slice(at2 + 1)]];
    })
  );
}
async function configOf(calls) {
  const found = /* @__PURE__ */ new Map();
  for (const name of ["appendonly", "appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy"]) {
    const value = await configValue(calls, name);
    if (value !== void 0) found.set(name, value);
  }
  return found;
}
async function configValue(calls, name) {
  try {
    const reply = await calls.send("CONFIG", "GET", name);
    const values = Array.isArray(reply) ? reply.slice(1) : Object.values(Object(reply));
    return typeof values[0] === "string" ? values[0] : void 0;
  } catch (error) {
    if (calls.wasAnswered(error)) return void 0;
    throw error;
  }
}
async function tryOut(calls, option) {
  try {
    await calls.run(trialScript, [randomBytes(12).toString("base64url")]);
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    if (/NOPERM|can't (run|access)|WRONGTYPE/.test(message)) {
      throw new ConfigurationError(option, `must lead to a server on which the store may use its commands: ${message}`);
    }
  }
}

// packages/store-redis/src/store.ts
async function createRedisStore(options) {
  const resolved = resolveOptions2(options);
  const client = await connect(resolved);
  const prefix = `{${resolved.name}}:`;
  const calls = new Calls2(client, prefix, resolved);
  try {
    const facts = await inspect2(calls, resolved.sourceOption);
    assertSuitable(facts, resolved);
    const capabilities = capabilitiesOf(facts, resolved);
    for (const warning of warningsOf(facts, capabilities)) warnOfServer(warning);
    return storeOn2(client, calls, prefix, capabilities, resolved);
  } catch (error) {
    client.end();
    throw error;
  }
}
function warnOfServer(text2) {
  process.emitWarning(`${text2} See docs/guide/errors.md#unclash_redis_can_lose_commits.`, {
    type: "UnclashWarning",
    code: "UNCLASH_REDIS_CAN_LOSE_COMMITS"
  });
}
function storeOn2(client, calls, prefix, capabilities, { timeoutMs }) {
  const changes = new Changes2(client, calls, prefix);
  return {
    capabilities,
    async read(keys) {
      assertKeys(keys);
      return read(calls, keys);
    },
    async commit(draft) {
      assertCommit(draft);
      const result = await commit(calls, draft);
      if (result.kind === "committed") changes.tell(draft);
      return result;
    },
    async list(range) {
      assertRange(range);
      return list(calls, range);
    },
    async history(key, request) {
      assertHistoryRequest(key, request);
      return readHistory(calls, key, request);
    },
    follow(after, stop) {
      calls.assertOpen();
      return follow2({ client, calls, prefix, timeoutMs }, after, stop);
    },
    watch(wake) {
      calls.assertOpen();
      return changes.add(wake);
    },
    async clean(budget) {
      assertBudget(budget);
      return clean2(calls, budget);
    },
    async close() {
      changes.close();
      await calls.close();
    }
  };
}

// packages/store-sqlite/src/store.ts
import { setImmediate as turn } from "timers/promises";

// packages/store-sqlite/src/driver.ts
function query(database, sql2) {
  const statement = database.prepare(sql2);
  return {
    get(...values) {
      const row = statement.get(...values);
      return isRow2(row) ? row : void 0;
    },
    all(...values) {
      return statement.all(...values).filter((row) => isRow2(row));
    }
  };
}
function isRow2(row) {
  return typeof row === "object" && row !== null;
}

// packages/store-sqlite/src/claims.ts
function claimsOf3(index) {
  if (index === void 0 || index.length === 0) return null;
  const claims = /* @__PURE__ */ new Map();
  for (const { name, value, unique = false } of index) {
    const place = JSON.stringify([name, value]);
    claims.set(place, [name, value, unique || claims.get(place)?.[2] === 1 ? 1 : 0]);
  }
  return JSON.stringify([...claims.values()]);
}
var Claims = class {
  #holders;
  #add;
  #remove;
  constructor(database) {
    this.#holders = query(database, "SELECT key, sole FROM claim WHERE name = ? AND value = ? ORDER BY key LIMIT ?");
    this.#add = database.prepare("INSERT INTO claim (name, value, key, id, sole) VALUES (?, ?, ?, ?, ?)");
    this.#remove = database.prepare("DELETE FROM claim WHERE name = ? AND value = ? AND key = ?");
  }
  /** The first who hold a value, by key. */
  holders({ name, value }, limit) {
    return this.#holders.all(name, value, limit);
  }
  /** Replaces the values of a head. The same set again costs nothing. */
  replace(head, before, after) {
    if (before === after) return;
    for (const [name, value] of parsed(before)) this.#remove.run(name, value, head.key);
    for (const [name, value, sole] of parsed(after)) this.#add.run(name, value, head.key, head.id, sole);
  }
};
function parsed(claims) {
  return claims === null ? [] : JSON.parse(claims);
}

// packages/store-sqlite/src/retention.ts
function keepOf3(retention) {
  const { count, ageMs } = keptPastOf(retention);
  return { keepCount: count, keepAgeMs: ageMs };
}
function keepsNothing({ keepCount, keepAgeMs }) {
  return keepCount === 0 && keepAgeMs === null;
}
function cleanAtOf(keep, version, before) {
  if (before === void 0) return null;
  const { cleanAt, position } = before;
  if (keep.keepCount === null) return cleanAt;
  const logged = position !== null || !keepsNothing(keep);
  if (keep.keepCount !== before.keepCount || keep.keepAgeMs !== before.keepAgeMs) return logged ? 0 : cleanAt;
  const pastStates = version - 1;
  return cleanAt ?? (logged && pastStates > keep.keepCount ? 0 : null);
}
function removableOf({ keepCount, keepAgeMs }, states, pastCount, countMax, now) {
  let removable = 0;
  if (keepCount === null) return { removable, cleanAt: null };
  while (removable < countMax) {
    if (pastCount - removable <= keepCount) return { removable, cleanAt: null };
    const endedAt = states[removable + 1]?.modifiedAt ?? now;
    if (keepAgeMs !== null && endedAt + keepAgeMs > now) return { removable, cleanAt: endedAt + keepAgeMs };
    removable++;
  }
  return { removable, cleanAt: removable < pastCount ? 0 : null };
}

// packages/store-sqlite/src/state.ts
function sizeOf({ size }) {
  return size ?? 0;
}
function recordOf3(key, state, text2, now) {
  return {
    key,
    version: state.version,
    revision: state.revision,
    tag: state.tag,
    text: text2,
    ...state.deleted === 1 && { deleted: true },
    createdAt: state.createdAt,
    modifiedAt: state.modifiedAt,
    ...state.lapsesAt !== null && { lapsesAt: state.lapsesAt },
    ...now !== void 0 && hasLapsed(state, now) && { lapsed: true },
    by: state.actor,
    cause: state.cause
  };
}

// packages/store-sqlite/src/apply.ts
function apply(commit2, heads, tables, now) {
  if (commit2.writes.length === 0 && commit2.events.length === 0) return [];
  const step = { commit: commit2, revision: tables.counter.next(), now, tables };
  tables.events.add(commit2, step.revision);
  return commit2.writes.map((write, at2) => applyWrite(write, heads[at2], step));
}
function applyWrite(write, head, step) {
  if ("put" in write) return put(write, head, step);
  if (head === void 0) return null;
  if ("extendMs" in write) return extend(write, head, step);
  if ("redact" in write) return redact(write, head, step);
  return write.delete === "forget" ? forget(head, step) : bury(head, step);
}
function put(write, before, step) {
  const { commit: commit2, now, tables } = step;
  const keep = keepOf3(write.keep ?? "all");
  const version = (before?.version ?? 0) + 1;
  const next = {
    id: before?.id ?? tables.counter.next(),
    key: write.key,
    ...writtenBy2(step, before),
    version,
    deleted: 0,
    createdAt: before === void 0 || before.deleted === 1 ? commit2.at : before.createdAt,
    lapsesAt: write.ttlMs === void 0 ? null : now + write.ttlMs,
    ...keep,
    cleanAt: cleanAtOf(keep, version, before),
    claims: claimsOf3(write.index),
    ...placed(keep, write.put, tables)
  };
  return replace(before, next, write.put, tables);
}
function bury(before, step) {
  const version = before.version + 1;
  const tombstone = {
    ...before,
    ...writtenBy2(step, before),
    version,
    deleted: 1,
    lapsesAt: null,
    cleanAt: cleanAtOf(before, version, before),
    claims: null,
    ...placed(before, null, step.tables)
  };
  return replace(before, tombstone, null, step.tables);
}
function writtenBy2({ commit: commit2, revision }, before) {
  const { tag, by, cause } = commit2;
  return { revision, tag, modifiedAt: modifiedAtOver(before, commit2), actor: by, cause };
}
function placed(keep, text2, { counter }) {
  return keepsNothing(keep) ? { position: null, body: text2 } : { position: counter.next(), body: null };
}
function replace(before, next, text2, tables) {
  if (next.position !== null) {
    if (before?.position === null) tables.log.add(tables.counter.next(), before, before.body);
    tables.log.add(next.position, next, text2);
  }
  tables.heads.save(next, before);
  tables.claims.replace(next, before?.claims ?? null, next.claims);
  return recordOf3(next.key, next, text2);
}
function forget(head, { tables: { heads, log, claims } }) {
  heads.remove(head);
  claims.replace(head, head.claims, null);
  if (head.position !== null || head.cleanAt !== null) log.forget(head.id);
  return null;
}
function extend({ extendMs }, head, { now, tables: { heads, log } }) {
  const text2 = heads.getWithText(head.key)?.text ?? null;
  const next = { ...head, lapsesAt: now + extendMs };
  if (head.position !== null) log.extend(head.position, now + extendMs);
  heads.save(next, head);
  return recordOf3(head.key, next, text2);
}
function redact({ redact: text2, version }, head, { commit: { tag }, tables: { heads, log } }) {
  const state = log.get(head.id, version);
  if (state !== void 0) log.redact(state.position, text2, tag);
  if (head.version !== version) return state === void 0 ? null : recordOf3(head.key, { ...state, tag }, text2);
  const next = { ...head, tag, body: head.position === null ? text2 : null };
  heads.save(next, head);
  return recordOf3(head.key, next, text2);
}

// packages/store-sqlite/src/busy.ts
import { setTimeout as setTimeout2 } from "timers/promises";

// packages/store-sqlite/src/failure.ts
var busyCodes = [
  [5, "SQLITE_BUSY"],
  [6, "SQLITE_LOCKED"],
  // The connection lost a race for the write-ahead log many times in a row.
  [15, "SQLITE_PROTOCOL"]
];
var brokenCodes = [
  [7, "SQLITE_NOMEM"],
  [8, "SQLITE_READONLY"],
  [10, "SQLITE_IOERR"],
  [11, "SQLITE_CORRUPT"],
  [13, "SQLITE_FULL"],
  [14, "SQLITE_CANTOPEN"],
  [26, "SQLITE_NOTADB"]
];
function isBusy(thrown) {
  return hasCode(thrown, busyCodes);
}
function isBroken(thrown) {
  return isBusy(thrown) || hasCode(thrown, brokenCodes);
}
function isFull(thrown) {
  return hasCode(thrown, [[13, "SQLITE_FULL"]]);
}
function storeError2(thrown, outcome) {
  return asStoreError("SQLite", thrown, outcome);
}
function hasCode(thrown, codes) {
  if (!(thrown instanceof Error)) return false;
  if ("errcode" in thrown && typeof thrown.errcode === "number") {
    const primary = thrown.errcode & 255;
    return codes.some(([number2]) => number2 === primary);
  }
  if (!("code" in thrown) || typeof thrown.code !== "string") return false;
  const { code } = thrown;
  return codes.some(([, name]) => code === name || code.startsWith(`${name}_`));
}

// packages/store-sqlite/src/busy.ts
async function patiently(attempt, timeoutMs) {
  const until = performance.now() + timeoutMs;
  for (let tries = 1; ; tries++) {
    try {
      return attempt();
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      if (!isBusy(error)) throw storeError2(error, "not-applied");
      if (performance.now() >= until) throw stayedLocked(timeoutMs, error);
    }
    await pause(tries);
  }
}
function stayedLocked(timeoutMs, cause) {
  return new StoreError(`The file stayed locked by another process for ${timeoutMs} ms.`, "not-applied", { cause });
}
async function pause(tries) {
  await setTimeout2(pauseMs2(tries));
}
function pauseMs2(tries) {
  return 1 + Math.random() * Math.min(1 + tries / 16, 8);
}

// packages/store-sqlite/src/check.ts
function check(commit2, tables, now) {
  const heads = commit2.writes.map(({ key }) => tables.heads.get(key));
  const clashes = clashesOf(commit2, heads, viewOf(tables), now);
  return clashes.length > 0 ? { kind: "clash", clashes } : { kind: "clear", heads };
}
function viewOf({ heads, log, ranges, claims }) {
  return {
    current: (key) => heads.get(key),
    version: (head, version) => head.version === version ? head : log.get(head.id, version),
    page: (range, now) => ranges.page(range, now).records,
    holders: (value, limit) => claims.holders(value, limit).map(({ key }) => key),
    recordOf: (head, now) => recordOf3(head.key, head, null, now)
  };
}

// packages/store-sqlite/src/clean.ts
var handful = 100;
var handfulBytes = 1048576;
var forgottenHandful = 8;
var stepMaxMs = 5;
function clean3(budget, { transactions, cleaning }, now) {
  if (!cleaning.isDue(now)) return { removed: 0, more: false };
  return transactions.writing(() => ({ removed: cleaning.step(budget, now), more: cleaning.isDue(now) }));
}
var Cleaning = class {
  #isDue;
  #events;
  #removeEvents;
  #noteEvents;
  #dueHead;
  #pastCount;
  #past;
  #removePast;
  #lookAgain;
  #forgotten;
  #removeForgotten;
  #settle;
  constructor(database) {
    this.#isDue = query(
      database,
      `SELECT coalesce((SELECT at < ? FROM event ORDER BY position LIMIT 1), 0)
        OR EXISTS (SELECT 1 FROM head WHERE cleanAt <= ?)
        OR EXISTS (SELECT 1 FROM forgotten) AS due`
    );
    this.#events = query(database, "SELECT position, at, tag FROM event ORDER BY position LIMIT ?");
    this.#removeEvents = database.prepare("DELETE FROM event WHERE position <= ?");
    this.#noteEvents = database.prepare("UPDATE counter SET eventsRemoved = ?, eventsRemovedTag = ? WHERE id = 1");
    this.#dueHead = query(
      database,
      `SELECT id, version, modifiedAt, keepCount, keepAgeMs FROM head WHERE cleanAt <= ? ORDER BY cleanAt LIMIT 1`
    );
    this.#pastCount = query(
      database,
      "SELECT count(*) AS count FROM (SELECT 1 FROM log WHERE id = ? AND version < ? LIMIT ?)"
    );
    this.#past = query(
      database,
      "SELECT version, modifiedAt, octet_length(text) AS size FROM log WHERE id = ? AND version < ? ORDER BY version LIMIT ?"
    );
    this.#removePast = database.prepare("DELETE FROM log WHERE id = ? AND version < ?");
    this.#lookAgain = database.prepare("UPDATE head SET cleanAt = ? WHERE id = ?");
    this.#forgotten = query(database, "SELECT id FROM forgotten LIMIT 1");
    this.#removeForgotten = database.prepare(
      "DELETE FROM log WHERE position IN (SELECT position FROM log WHERE id = ? LIMIT ?)"
    );
    this.#settle = database.prepare("DELETE FROM forgotten WHERE id = ?");
  }
  /** Whether there is anything to remove. Needs no lock. */
  isDue(now) {
    return this.#isDue.get(now - eventAgeMs, now)?.due === 1;
  }
  /** Removes at most `budget` rows, and says how many it did. Call it in a write transaction. */
  step(budget, now) {
    const endsAt = performance.now() + stepMaxMs;
    let removed = 0;
    while (removed < budget && performance.now() < endsAt && this.isDue(now)) {
      const count = Math.min(budget - removed, handful);
      removed += this.#dropEvents(count, now) || this.#dropPast(count, now) || this.#dropForgotten(count);
    }
    return removed;
  }
  #dropEvents(count, now) {
    const events = this.#events.all(count);
    const young = events.findIndex(({ at: at2 }) => at2 >= now - eventAgeMs);
    const old = young === -1 ? events : events.slice(0, young);
    const last = old.at(-1);
    if (last === void 0) return 0;
    this.#removeEvents.run(last.position);
    this.#noteEvents.run(last.position, last.tag);
    return old.length;
  }
  #dropPast(count, now) {
    const head = this.#dueHead.get(now);
    if (head === void 0) return 0;
    const enough = (head.keepCount ?? 0) + count + 1;
    const pastCount = this.#pastCount.get(head.id, head.version, enough)?.count ?? 0;
    const past = this.#past.all(head.id, head.version, count + 1);
    const states = [...past, head];
    const countMax = Math.min(count, pastCount, fitting(past));
    const { removable, cleanAt } = removableOf(head, states, pastCount, countMax, now);
    const first = states[removable];
    if (removable > 0 && first !== void 0) this.#removePast.run(head.id, first.version);
    this.#lookAgain.run(cleanAt, head.id);
    return removable;
  }
  #dropForgotten(countMax) {
    const forgotten = this.#forgotten.get();
    if (forgotten === void 0) return 0;
    const count = Math.min(countMax, forgottenHandful);
    const removed = Number(this.#removeForgotten.run(forgotten.id, count).changes);
    if (removed < count) this.#settle.run(forgotten.id);
    return removed;
  }
};
function fitting(states) {
  let bytes = 0;
  const last = states.findIndex(({ size }) => {
    bytes += size ?? 0;
    return bytes >= handfulBytes;
  });
  return last === -1 ? states.length : last + 1;
}

// packages/store-sqlite/src/follow.ts
import { setImmediate as setImmediate2 } from "timers/promises";
var pageLength2 = 128;
async function* follow3(after, { tables: { events, transactions }, bell, others, timeoutMs }, stop) {
  const isOver = () => stop.aborted || bell.isSilent;
  const read3 = (attempt) => patiently(() => isOver() ? void 0 : transactions.reading(attempt), timeoutMs);
  if (isOver()) return;
  const endListening = others.listen(true);
  try {
    for (let place = after; ; ) {
      const { rings } = bell;
      const page2 = await read3(() => {
        if (place === "start") place = events.start();
        return events.page(place, pageLength2);
      });
      if (page2 === void 0) return;
      if ("reset" in page2) {
        place = page2.reset;
        yield page2;
        continue;
      }
      for (const event of page2.events) {
        if (isOver()) return;
        place = event.cursor;
        yield event;
      }
      if (page2.events.length === pageLength2) await setImmediate2();
      else await bell.rung(rings, stop);
    }
  } finally {
    endListening();
  }
}

// packages/store-sqlite/src/group.ts
import { setImmediate as setImmediate3 } from "timers/promises";
var GroupCommit = class {
  #tables;
  #decide;
  #announce;
  #options;
  #queue = [];
  #running;
  // There was no room for the write-ahead log to grow, and nothing has been copied out of it since.
  #diskIsFull = false;
  /**
   * @param decide carries a commit out, or finds what it clashes with, in an open write transaction
   * @param announce is told of each commit that is on the disk; it must not throw
   */
  constructor(tables, options, decide, announce) {
    this.#tables = tables;
    this.#options = options;
    this.#decide = decide;
    this.#announce = announce;
  }
  /** Queues a commit. Rejects with a `StoreError` where too many wait, or where it could not be carried out. */
  submit(commit2) {
    const { queueMax, timeoutMs } = this.#options;
    if (this.#queue.length >= queueMax) {
      return Promise.reject(new StoreError(`More than ${queueMax} commits wait (queueMax).`, "not-applied"));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ commit: commit2, until: performance.now() + timeoutMs, resolve, reject });
      this.#running ??= this.#run();
    });
  }
  /** Resolves when nothing waits any more. */
  async drained() {
    await this.#running;
  }
  async #run() {
    for (let tries = 1; this.#queue.length > 0; tries++) {
      await setImmediate3();
      if (this.#commitGroup()) tries = 0;
      else await pause(tries);
    }
    this.#running = void 0;
  }
  /** Whether a group had its turn; else another process held the lock. Never awaits while its transaction is open. */
  #commitGroup() {
    const { transactions, counter } = this.#tables;
    if (this.#diskIsFull) this.#emptyLog();
    try {
      transactions.begin();
    } catch (error) {
      if (isBusy(error)) this.#giveUpLate(error);
      else this.#fail(this.#queue.splice(0), error);
      return !isBusy(error);
    }
    const results = [];
    try {
      this.#decideInto(results);
    } catch (error) {
      transactions.rollBack();
      this.#diskIsFull ||= isFull(error);
      this.#fail(isBroken(error) ? this.#queue.splice(0) : this.#queue.splice(results.length, 1), error);
      return true;
    }
    const group2 = this.#queue.splice(0, results.length);
    try {
      counter.save();
      transactions.commit();
    } catch (error) {
      transactions.rollBack();
      this.#diskIsFull ||= isFull(error);
      for (const [at2, result] of results.entries()) group2[at2]?.reject(storeError2(error, outcomeOf(result, error)));
      return true;
    }
    for (const [at2, result] of results.entries()) {
      const waiting = group2[at2];
      if (result.kind === "committed" && waiting !== void 0) this.#announce(waiting.commit);
      waiting?.resolve(result);
    }
    return true;
  }
  // Where the log has taken all the room there was, it would take what is freed as well. Copied into the file, which
  // needs less, it begins anew in the room that it has.
  #emptyLog() {
    try {
      this.#tables.database.exec("PRAGMA wal_checkpoint(PASSIVE)");
      this.#diskIsFull = false;
    } catch {
    }
  }
  #decideInto(results) {
    const endsAt = performance.now() + this.#options.groupMaxMs;
    this.#tables.counter.load();
    for (const { commit: commit2 } of this.#queue) {
      results.push(this.#decide(commit2));
      if (performance.now() >= endsAt) break;
    }
  }
  #giveUpLate(cause) {
    const now = performance.now();
    const late = this.#queue.filter(({ until }) => until <= now);
    if (late.length === 0) return;
    this.#queue = this.#queue.filter(({ until }) => until > now);
    for (const { reject } of late) reject(stayedLocked(this.#options.timeoutMs, cause));
  }
  #fail(group2, error) {
    for (const { reject } of group2) reject(storeError2(error, "not-applied"));
  }
};
function outcomeOf(result, error) {
  return result.kind === "clash" || isBusy(error) ? "not-applied" : "unknown";
}

// packages/store-sqlite/src/history.ts
function historyOf(key, request, tables, now) {
  const { before = Number.MAX_SAFE_INTEGER, at: at2 = Number.MAX_SAFE_INTEGER, limit, texts } = request;
  const { transactions, heads, log } = tables;
  return transactions.reading(() => {
    const head = heads.get(key);
    if (head === void 0) return { now, records: [] };
    const isAsked = head.version < before && head.modifiedAt <= at2;
    const text2 = isAsked && texts ? heads.textOf(head.id) : null;
    const current = isAsked ? [recordOf3(key, head, text2, now)] : [];
    const past = current.length < limit ? log.page(head.id, Math.min(before, head.version), at2, limit - current.length, texts) : [];
    const count = countOnPage([{ size: text2 === null ? null : Buffer.byteLength(text2) }, ...past], sizeOf) - 1;
    const onPage = past.slice(0, count).map((state) => recordOf3(key, state, texts ? log.textAt(state.position) : null));
    return { now, records: [...current, ...onPage], ...count < past.length && { more: true } };
  });
}

// packages/store-sqlite/src/head.ts
var listedHeadColumns = `head.id, head.key, head.version, head.revision, head.tag, head.deleted,
  head.createdAt, head.modifiedAt, head.lapsesAt, head.actor, head.cause,
  CASE WHEN ? = 1 THEN coalesce(octet_length(head.body),
  (SELECT octet_length(log.text) FROM log WHERE log.position = head.position)) END AS size`;
var headText = "coalesce(head.body, (SELECT log.text FROM log WHERE log.position = head.position)) AS text";
var Heads = class {
  #get;
  #getWithText;
  #text;
  #insert;
  #update;
  #setDeleted;
  #remove;
  constructor(database) {
    this.#get = query(database, "SELECT * FROM head WHERE key = ?");
    this.#getWithText = query(database, `SELECT *, ${headText} FROM head WHERE key = ?`);
    this.#text = query(database, `SELECT ${headText} FROM head WHERE id = ?`);
    this.#insert = database.prepare(
      `INSERT INTO head (version, revision, position, tag, createdAt, modifiedAt, lapsesAt, actor, cause,
        keepCount, keepAgeMs, cleanAt, claims, body, id, key, depth, deleted)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
    );
    this.#update = database.prepare(
      `UPDATE head SET version = ?, revision = ?, position = ?, tag = ?, createdAt = ?, modifiedAt = ?, lapsesAt = ?,
        actor = ?, cause = ?, keepCount = ?, keepAgeMs = ?, cleanAt = ?, claims = ?, body = ?
      WHERE id = ?`
    );
    this.#setDeleted = database.prepare("UPDATE head SET deleted = ? WHERE id = ?");
    this.#remove = database.prepare("DELETE FROM head WHERE id = ?");
  }
  get(key) {
    return this.#get.get(key);
  }
  getWithText(key) {
    return this.#getWithText.get(key);
  }
  /** The text of a head. Whoever asks for several after a list does so in the same transaction. */
  textOf(id) {
    return this.#text.get(id)?.text ?? null;
  }
  /** Puts `next` in the place of `before`, which is what `get` gave in the same transaction. */
  save(next, before) {
    const values = [
      next.version,
      next.revision,
      next.position,
      next.tag,
      next.createdAt,
      next.modifiedAt,
      next.lapsesAt,
      next.actor,
      next.cause,
      next.keepCount,
      next.keepAgeMs,
      next.cleanAt,
      next.claims,
      next.body,
      next.id
    ];
    if (before === void 0) {
      this.#insert.run(...values, next.key, depthOf(next.key), next.deleted);
      return;
    }
    this.#update.run(...values);
    if (next.deleted !== before.deleted) this.#setDeleted.run(next.deleted, next.id);
  }
  remove(head) {
    this.#remove.run(head.id);
  }
};

// packages/store-sqlite/src/list.ts
function list2(range, { ranges, transactions }, now) {
  if (range.texts === false) return ranges.page(range, now);
  return transactions.reading(() => ranges.page(range, now));
}
var Ranges = class {
  #heads;
  #children;
  #index;
  #lapsed;
  constructor(database, heads) {
    this.#heads = heads;
    this.#children = query(
      database,
      `SELECT ${listedHeadColumns}
      FROM head WHERE head.deleted = 0 AND head.depth = ? AND head.key > ? AND head.key < ?
      ORDER BY head.key LIMIT ?`
    );
    this.#index = query(
      database,
      `SELECT ${listedHeadColumns}, claim.value AS value
      FROM claim CROSS JOIN head ON head.id = claim.id
      WHERE claim.name = ? AND (claim.value, claim.key) > (?, ?) AND claim.value <= ?
      ORDER BY claim.value, claim.key LIMIT ?`
    );
    this.#lapsed = query(
      database,
      `SELECT ${listedHeadColumns}
      FROM head WHERE head.lapsesAt IS NOT NULL AND (head.lapsesAt, head.key) > (?, ?) AND head.lapsesAt < ?
      ORDER BY head.lapsesAt, head.key LIMIT ?`
    );
  }
  /**
   * One page of a range, as it is read at this moment. It begins no transaction, since a commit asks for pages in its
   * own: with texts it is one view only inside one.
   */
  page(range, now) {
    const texts = range.texts === false ? 0 : 1;
    const count = range.limit + 1;
    if ("prefix" in range) {
      const { depth, after, end } = childrenOf(range);
      const heads2 = this.#children.all(texts, depth, after, end, count);
      return this.#pageOf(heads2, range, now, ({ key: key2 }) => key2);
    }
    if ("index" in range) {
      const start = indexStartOf(range);
      const heads2 = this.#index.all(texts, range.index, start.place, start.key, range.to, count);
      return this.#pageOf(heads2, range, now, ({ value, key: key2 }) => formatPosition(value, key2));
    }
    const position = range.after === void 0 ? void 0 : parsePosition(range.after);
    const { place, key } = position ?? { place: "-1", key: "" };
    const heads = this.#lapsed.all(texts, Number(place), key, Math.min(range.lapsedBefore, now + 1), count);
    return this.#pageOf(heads, range, now, (head) => formatPosition(`${head.lapsesAt}`, head.key));
  }
  #pageOf(found, range, now, positionOf) {
    const { limit, texts = true } = range;
    const count = countOnPage(found.slice(0, limit), sizeOf, pageBytesOf(range));
    const records = found.slice(0, count).map((head) => recordOf3(head.key, head, texts ? this.#heads.textOf(head.id) : null, now));
    const last = found[count - 1];
    if (found.length <= count || last === void 0) return { now, records };
    return { now, records, next: positionOf(last) };
  }
};

// packages/store-sqlite/src/open.ts
import { closeSync, mkdirSync, openSync } from "fs";
import { dirname } from "path";
import { inspect as inspect3, isDeepStrictEqual as isDeepStrictEqual3 } from "util";

// packages/store-sqlite/src/library.ts
import { createRequire } from "module";
function keepsWhatIsCommitted(version) {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (major !== 3) return major > 3;
  if (minor > 51) return true;
  if (minor === 51) return patch >= 3;
  return minor === 50 && patch >= 7 || minor === 44 && patch >= 6;
}
function versionOf3(database) {
  const row = database.prepare("SELECT sqlite_version() AS version").get();
  if (typeof row !== "object" || row === null) return "";
  const version = Object.values(row)[0];
  return typeof version === "string" ? version : "";
}
var loaded;
function driverOfFiles() {
  loaded ??= loadDatabaseClass();
  return loaded;
}
function chooseDatabaseClass(runtimes, loadPackage2) {
  const version = runtimes && versionOfClass(runtimes);
  if (runtimes !== void 0 && keepsWhatIsCommitted(version ?? "")) return runtimes;
  try {
    return loadPackage2();
  } catch (error) {
    const own = version === void 0 ? "this runtime has no node:sqlite" : `this runtime's node:sqlite has ${version}`;
    throw new ConfigurationError(
      "file",
      `needs SQLite 3.51.3 or newer: ${own}, and the package @photostructure/sqlite ${whyNotLoaded(error)}. Run \`npm install @photostructure/sqlite\`, run on a newer Node.js, or give \`database\` an open connection`
    );
  }
}
function versionOfClass(driver) {
  const database = new driver(":memory:");
  try {
    return versionOf3(database);
  } finally {
    database.close();
  }
}
function whyNotLoaded(error) {
  if (Object(error).code === "MODULE_NOT_FOUND") return "is not installed";
  return `cannot be loaded: ${messageOf(error).split("\n", 1)[0]}`;
}
function loadDatabaseClass() {
  const builtIn = withoutWarnings(() => process.getBuiltinModule("node:sqlite"));
  return chooseDatabaseClass(hasDatabaseClass(builtIn) ? builtIn.DatabaseSync : void 0, loadPackage);
}
function loadPackage() {
  const driver = createRequire(import.meta.url)("@photostructure/sqlite");
  if (!hasDatabaseClass(driver)) throw new TypeError("It has no DatabaseSync.");
  return driver.DatabaseSync;
}
function hasDatabaseClass(driver) {
  return typeof driver === "object" && driver !== null && "DatabaseSync" in driver;
}
function withoutWarnings(load) {
  const { emitWarning } = process;
  process.emitWarning = () => void 0;
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
function warnOfOldSqlite(version) {
  if (isWarned) return;
  isWarned = true;
  process.emitWarning(
    `The store's file is opened by SQLite ${version} of your database, which can lose committed writes where several connections write at once. Use 3.51.3 or newer (docs/guide/errors.md#unclash_old_sqlite).`,
    { type: "UnclashWarning", code: "UNCLASH_OLD_SQLITE" }
  );
}
var isWarned = false;

// packages/store-sqlite/src/schema.ts
var applicationId = 1970168684;
var migrations2 = [
  `
  CREATE TABLE counter (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last INTEGER NOT NULL,
    eventsRemoved INTEGER NOT NULL
  ) STRICT;
  INSERT INTO counter (id, last, eventsRemoved) VALUES (1, 0, 0);

  CREATE TABLE head (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    depth INTEGER NOT NULL,
    version INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    position INTEGER,
    tag TEXT NOT NULL,
    deleted INTEGER NOT NULL,
    createdAt INTEGER NOT NULL,
    modifiedAt INTEGER NOT NULL,
    lapsesAt INTEGER,
    actor TEXT,
    cause TEXT NOT NULL,
    keepCount INTEGER,
    keepAgeMs INTEGER,
    cleanAt INTEGER,
    claims TEXT,
    body TEXT
  ) STRICT;
  CREATE INDEX headLiving ON head (depth, key) WHERE deleted = 0;
  CREATE INDEX headLapsing ON head (lapsesAt, key) WHERE lapsesAt IS NOT NULL;
  CREATE INDEX headCleaning ON head (cleanAt) WHERE cleanAt IS NOT NULL;

  CREATE TABLE log (
    position INTEGER PRIMARY KEY,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    tag TEXT NOT NULL,
    deleted INTEGER NOT NULL,
    createdAt INTEGER NOT NULL,
    modifiedAt INTEGER NOT NULL,
    lapsesAt INTEGER,
    actor TEXT,
    cause TEXT NOT NULL,
    text TEXT
  ) STRICT;
  CREATE UNIQUE INDEX logVersion ON log (id, version);

  CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER,
    data TEXT
  ) STRICT;

  CREATE TABLE claim (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    key TEXT NOT NULL,
    id INTEGER NOT NULL,
    sole INTEGER NOT NULL,
    PRIMARY KEY (name, value, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE forgotten (id INTEGER PRIMARY KEY) STRICT;
  `,
  // Events from before get the tag of the state that they tell of, where that is still there. Nobody has followed one
  // yet, so that for the others any will do.
  `
  ALTER TABLE event ADD COLUMN tag TEXT NOT NULL DEFAULT '';
  UPDATE event SET tag = coalesce(
    (SELECT log.tag FROM head JOIN log ON log.id = head.id AND log.version = event.version
      WHERE head.key = event.key AND log.revision = event.revision),
    (SELECT head.tag FROM head WHERE head.key = event.key AND head.revision = event.revision),
    lower(hex(randomblob(8)))
  );
  ALTER TABLE counter ADD COLUMN eventsRemovedTag TEXT NOT NULL DEFAULT '';
  UPDATE counter SET eventsRemovedTag = lower(hex(randomblob(8)));
  `
];

// packages/store-sqlite/src/counter.ts
var Counter = class {
  #get;
  #set;
  #saved = 0;
  #last = 0;
  constructor(database) {
    this.#get = query(database, "SELECT last FROM counter WHERE id = 1");
    this.#set = database.prepare("UPDATE counter SET last = ? WHERE id = 1");
  }
  /** Call this first in a write transaction: other processes count too. */
  load() {
    const row = this.#get.get();
    if (row === void 0) throw new Error("The file has lost its counter.");
    this.#saved = row.last;
    this.#last = row.last;
  }
  next() {
    return ++this.#last;
  }
  /** Call this last in a write transaction. */
  save() {
    if (this.#last !== this.#saved) this.#set.run(this.#last);
  }
};

// packages/store-sqlite/src/events.ts
var Events = class {
  #add;
  #counter;
  #after;
  #at;
  #newest;
  #removed;
  constructor(database, counter) {
    this.#counter = counter;
    this.#add = database.prepare(
      "INSERT INTO event (position, revision, at, type, key, version, data, tag) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    );
    this.#after = query(database, "SELECT * FROM event WHERE position > ? ORDER BY position LIMIT ?");
    this.#at = query(database, "SELECT position, tag FROM event WHERE position = ?");
    this.#newest = query(database, "SELECT position, tag FROM event ORDER BY position DESC LIMIT 1");
    this.#removed = query(
      database,
      "SELECT eventsRemoved AS position, eventsRemovedTag AS tag FROM counter WHERE id = 1"
    );
  }
  add({ events, at: at2, tag }, revision) {
    for (const { type, key, version = null, data = null } of events) {
      this.#add.run(this.#counter.next(), revision, at2, type, key, version, data, tag);
    }
  }
  /** The place before the oldest event that is kept. */
  start() {
    return cursorOf2(this.#oldestPlace());
  }
  /** The events behind a place, at most `limit`. Call it in a read transaction. */
  page(after, limit) {
    const place = this.#placeOf(after);
    if (place === void 0) return { reset: cursorOf2(this.#newest.get() ?? this.#oldestPlace()) };
    return { events: this.#after.all(place.position, limit).map(eventOf2) };
  }
  // The place, where the log reaches back to it: that of an event that is kept, or of the newest that was removed.
  #placeOf(after) {
    const position = parseCursor(after)?.position;
    if (position === void 0) return void 0;
    const place = this.#at.get(position) ?? this.#oldestPlace();
    return cursorOf2(place) === after ? place : void 0;
  }
  #oldestPlace() {
    const place = this.#removed.get();
    if (place === void 0) throw new Error("The file has lost its counter.");
    return place;
  }
};
function cursorOf2({ position, tag }) {
  return formatCursor({ position, index: 0, tag });
}
function eventOf2({ version, data, type, key, ...row }) {
  return {
    type,
    key,
    ...version !== null && { version },
    ...data !== null && { data },
    cursor: cursorOf2(row),
    revision: row.revision,
    tag: row.tag,
    at: row.at
  };
}

// packages/store-sqlite/src/log.ts
var Log = class {
  #add;
  #get;
  #page;
  #text;
  #redact;
  #extend;
  #forget;
  constructor(database) {
    this.#add = database.prepare(
      `INSERT INTO log
        (position, id, version, revision, tag, deleted, createdAt, modifiedAt, lapsesAt, actor, cause, text)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
    );
    this.#get = query(database, "SELECT * FROM log WHERE id = ? AND version = ?");
    this.#page = query(
      database,
      `SELECT position, id, version, revision, tag, deleted, createdAt, modifiedAt, lapsesAt, actor, cause,
        CASE WHEN ? = 1 THEN octet_length(text) END AS size
      FROM log WHERE id = ? AND version < ? AND modifiedAt <= ? ORDER BY version DESC LIMIT ?`
    );
    this.#text = query(database, "SELECT text FROM log WHERE position = ?");
    this.#redact = database.prepare("UPDATE log SET text = ?, tag = ? WHERE position = ?");
    this.#extend = database.prepare("UPDATE log SET lapsesAt = ? WHERE position = ?");
    this.#forget = database.prepare("INSERT INTO forgotten (id) VALUES (?)");
  }
  add(position, state, text2) {
    this.#add.run(
      position,
      state.id,
      state.version,
      state.revision,
      state.tag,
      state.deleted,
      state.createdAt,
      state.modifiedAt,
      state.lapsesAt,
      state.actor,
      state.cause,
      text2
    );
  }
  get(id, version) {
    return this.#get.get(id, version);
  }
  /** The states before a version, of at most this modification time, the newest first; with `texts`, measured. */
  page(id, before, at2, limit, texts) {
    return this.#page.all(texts ? 1 : 0, id, before, at2, limit);
  }
  /** The text at a position. Whoever asks for several after `page` does so in the same transaction. */
  textAt(position) {
    return this.#text.get(position)?.text ?? null;
  }
  redact(position, text2, tag) {
    this.#redact.run(text2, tag, position);
  }
  extend(position, lapsesAt) {
    this.#extend.run(lapsesAt, position);
  }
  /** Leaves the rows of a head that is removed to `clean`: there may be any number. */
  forget(id) {
    this.#forget.run(id);
  }
};

// packages/store-sqlite/src/transaction.ts
var Transactions = class {
  #beginReading;
  #beginWriting;
  #commit;
  #rollBack;
  constructor(database) {
    this.#beginReading = database.prepare("BEGIN");
    this.#beginWriting = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#rollBack = database.prepare("ROLLBACK");
  }
  /** Runs several statements on one view of the data. */
  reading(read3) {
    this.#beginReading.run();
    try {
      return read3();
    } finally {
      this.rollBack();
    }
  }
  /** Runs some writes, all or none. */
  writing(write) {
    this.begin();
    try {
      const written = write();
      this.commit();
      return written;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }
  /** Takes the write lock, or throws SQLITE_BUSY at once. */
  begin() {
    this.#beginWriting.run();
  }
  commit() {
    this.#commit.run();
  }
  /** Where SQLite has rolled back by itself, as it does when the disk fails, there is nothing left to roll back. */
  rollBack() {
    try {
      this.#rollBack.run();
    } catch {
    }
  }
};

// packages/store-sqlite/src/tables.ts
function prepareTables(database) {
  const counter = new Counter(database);
  const heads = new Heads(database);
  return {
    database,
    transactions: new Transactions(database),
    counter,
    heads,
    log: new Log(database),
    claims: new Claims(database),
    events: new Events(database, counter),
    ranges: new Ranges(database, heads),
    cleaning: new Cleaning(database)
  };
}

// packages/store-sqlite/src/open.ts
async function openTables(options) {
  const { source, timeoutMs } = options;
  if ("database" in source) {
    assertPlainRows(source.database);
    const version = versionOf3(source.database);
    if (!keepsWhatIsCommitted(version)) warnOfOldSqlite(version);
    return madeReady(source.database, options);
  }
  const database = await openOwn(source.file, timeoutMs);
  try {
    return await madeReady(database, options);
  } catch (error) {
    database.close();
    throw error;
  }
}
function openOwn(file, timeoutMs) {
  const Database = driverOfFiles();
  return patiently(() => {
    try {
      createPrivately(file);
      return new Database(file);
    } catch (error) {
      if (isBusy(error)) throw error;
      throw new ConfigurationError("file", `must be a file that can be opened: ${messageOf(error)}`);
    }
  }, timeoutMs);
}
function createPrivately(file) {
  mkdirSync(dirname(file), { recursive: true, mode: 448 });
  try {
    closeSync(openSync(file, "wx", 384));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
function assertPlainRows(database) {
  const row = probe2(database);
  const expected = { one: 1, large: Number.MAX_SAFE_INTEGER, text: "text", none: null };
  if (!Array.isArray(row) && isDeepStrictEqual3({ ...Object(row) }, expected)) return;
  throw new ConfigurationError(
    "database",
    `must give rows as objects, and integers as numbers: without readBigInts, returnArrays or defaultSafeIntegers. It gave ${inspect3(row)}`
  );
}
function probe2(database) {
  try {
    return database.prepare("SELECT 1 AS one, 9007199254740991 AS large, 'text' AS text, NULL AS none").get();
  } catch (error) {
    throw new ConfigurationError("database", `must be an open connection of SQLite: ${messageOf(error)}`);
  }
}
function madeReady(database, options) {
  const { sourceOption } = options;
  return patiently(() => {
    database.exec("PRAGMA busy_timeout = 0");
    schemaVersion(database, sourceOption);
    tune(database, options);
    migrate2(database, sourceOption);
    return prepareTables(database);
  }, options.timeoutMs);
}
function tune(database, { sourceOption, durability, walAutocheckpointPages }) {
  if (pragma(database, "encoding") !== "UTF-8") {
    throw new ConfigurationError(sourceOption, "must be a database in UTF-8: keys are ordered by its bytes");
  }
  const mode = pragma(database, "journal_mode = WAL", "journal_mode");
  if (mode !== "wal") {
    throw new ConfigurationError(
      sourceOption,
      `must be a file on a local disk: a write-ahead log is not possible (${mode})`
    );
  }
  database.exec(`
    PRAGMA synchronous = ${durability === "fsync" ? "FULL" : "NORMAL"};
    PRAGMA fullfsync = ${durability === "fsync" ? 1 : 0};
    PRAGMA wal_autocheckpoint = ${walAutocheckpointPages};
    PRAGMA journal_size_limit = ${walBytesKept};
    PRAGMA cache_size = ${-cacheKiB};
    PRAGMA temp_store = MEMORY;
  `);
}
var cacheKiB = 16384;
var walBytesKept = 67108864;
function migrate2(database, option) {
  if (schemaVersion(database, option) === migrations2.length) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    const version = schemaVersion(database, option);
    for (const step of migrations2.slice(version)) database.exec(step);
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations2.length}; COMMIT`);
  } catch (error) {
    rollBackQuietly(database);
    throw error;
  }
}
function rollBackQuietly(database) {
  try {
    database.exec("ROLLBACK");
  } catch {
  }
}
function schemaVersion(database, option) {
  const { application, version, tables } = identityOf(database, option);
  if (application !== applicationId && (application !== 0 || version !== 0 || tables > 0)) {
    throw new ConfigurationError(
      option,
      "must be a database of unclash alone, or a new one: this one has other tables"
    );
  }
  if (version > migrations2.length) {
    throw new ConfigurationError(
      option,
      `must not come from a newer release: its schema is ${version}, and ${migrations2.length} the newest known here`
    );
  }
  return version;
}
function identityOf(database, option) {
  try {
    const identity = query(
      database,
      `SELECT (SELECT application_id FROM pragma_application_id) AS application,
        (SELECT user_version FROM pragma_user_version) AS version,
        (SELECT count(*) FROM sqlite_schema) AS tables`
    ).get();
    return identity ?? { application: 0, version: 0, tables: 0 };
  } catch (error) {
    if (isBusy(error)) throw error;
    throw new ConfigurationError(option, `must be a database of SQLite that can be read: ${messageOf(error)}`);
  }
}
function pragma(database, sql2, column = sql2) {
  return query(database, `PRAGMA ${sql2}`).get()?.[column];
}

// packages/store-sqlite/src/options.ts
var rules3 = {
  file: whyNotAFile,
  database: (value) => typeof Object(value).prepare === "function" ? void 0 : "must be an open connection of node:sqlite, @photostructure/sqlite or better-sqlite3",
  timeoutMs: isTimerMs,
  queueMax: wholeNumber(1),
  durability: oneOf("fsync", "process"),
  groupMaxMs: wholeNumber(1),
  walAutocheckpointPages: wholeNumber(1),
  clock: isFunction
};
function resolveOptions3(options) {
  checkOptions("", options, rules3);
  return Object.freeze({
    sourceOption: checkSource(options, rules3, "file", "database"),
    source: options.database === void 0 ? { file: options.file } : { database: options.database },
    timeoutMs: options.timeoutMs ?? 5e3,
    queueMax: options.queueMax ?? 1e4,
    durability: options.durability ?? "fsync",
    groupMaxMs: options.groupMaxMs ?? 5,
    walAutocheckpointPages: options.walAutocheckpointPages ?? 4e3,
    clock: options.clock === void 0 ? Date.now : checkedClock(options.clock)
  });
}
function whyNotAFile(value) {
  if (typeof value !== "string" || value === "") return "must be the path of a file";
  if (/^file:/i.test(value)) return "must be the path of a file, not a file: URL";
  return value === ":memory:" ? "must be the path of a file, not :memory:" : void 0;
}

// packages/store-sqlite/src/other-connections.ts
var pollMs3 = 10;
var OtherConnections = class {
  #version;
  #changed;
  #known;
  #timer;
  #listeners = 0;
  #holders = 0;
  #isOver = false;
  constructor(database, changed) {
    this.#version = query(database, "PRAGMA data_version");
    this.#changed = changed;
  }
  /**
   * Begins to listen, until the function that it returns is called.
   *
   * @param holds whether the process should live on while this goes on, as it does while a server listens
   */
  listen(holds) {
    this.#listeners++;
    if (holds) this.#holders++;
    this.#adjust();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#listeners--;
      if (holds) this.#holders--;
      this.#adjust();
    };
  }
  /** Ends all listening, for good. */
  end() {
    this.#isOver = true;
    this.#adjust();
  }
  #adjust() {
    if (this.#isOver || this.#listeners === 0) {
      clearInterval(this.#timer);
      this.#timer = void 0;
      return;
    }
    if (this.#timer === void 0) {
      this.#known = this.#ask();
      this.#timer = setInterval(() => this.#look(), pollMs3);
    }
    if (this.#holders > 0) this.#timer.ref();
    else this.#timer.unref();
  }
  #look() {
    const version = this.#ask();
    if (version === void 0 || version === this.#known) return;
    this.#known = version;
    this.#changed();
  }
  // Where the file is locked or broken nobody knows; whoever is waiting for it finds out by reading.
  #ask() {
    try {
      return this.#version.get()?.data_version;
    } catch (error) {
      if (!isBusy(error)) this.#changed();
      return void 0;
    }
  }
};

// packages/store-sqlite/src/read.ts
function read2(keys, tables, now) {
  const readAll = () => ({
    now,
    records: keys.map((key) => {
      const head = tables.heads.getWithText(key);
      return head === void 0 ? void 0 : recordOf3(key, head, head.text, now);
    })
  });
  return keys.length > 1 ? tables.transactions.reading(readAll) : readAll();
}

// packages/store-sqlite/src/store.ts
async function createSqliteStore(options) {
  const resolved = resolveOptions3(options);
  return storeOn3(await openTables(resolved), resolved);
}
function storeOn3(tables, resolved) {
  const { clock, timeoutMs } = resolved;
  const group2 = new GroupCommit(tables, resolved, decide, announce);
  const bell = new Bell();
  const watchers = new Watchers(setImmediate);
  const others = new OtherConnections(tables.database, () => {
    bell.ring();
    watchers.noteAny();
  });
  let closing;
  function decide(commit2) {
    const now = clock();
    const found = check(commit2, tables, now);
    if (found.kind === "clash") return found;
    return { kind: "committed", records: apply(commit2, found.heads, tables, now) };
  }
  function announce(commit2) {
    if (commit2.events.length > 0) bell.ring();
    watchers.note(commit2);
  }
  function assertOpen() {
    if (closing !== void 0) throw new StoreError("The SQLite store is closed.", "not-applied");
  }
  async function end() {
    bell.silence();
    others.end();
    await group2.drained();
    watchers.clear();
    const { database } = tables;
    try {
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
    }
    if ("file" in resolved.source) database.close();
  }
  return {
    capabilities: {
      durability: resolved.durability,
      failover: "safe",
      processes: "host"
    },
    async read(keys) {
      assertKeys(keys);
      assertOpen();
      return patiently(() => read2(keys, tables, clock()), timeoutMs);
    },
    async commit(commit2) {
      assertCommit(commit2);
      for (const reading of commit2.reads) if ("range" in reading) assertPosition(reading.range);
      assertOpen();
      return group2.submit(commit2);
    },
    async list(range) {
      assertRange(range);
      assertPosition(range);
      assertOpen();
      return patiently(() => list2(range, tables, clock()), timeoutMs);
    },
    async history(key, request) {
      assertHistoryRequest(key, request);
      assertOpen();
      return patiently(() => historyOf(key, request, tables, clock()), timeoutMs);
    },
    follow(after, stop) {
      assertOpen();
      return follow3(after, { tables, bell, others, timeoutMs }, stop);
    },
    watch(wake) {
      assertOpen();
      const remove = watchers.add(wake);
      const endListening = others.listen(false);
      return () => {
        remove();
        endListening();
      };
    },
    async clean(budget) {
      assertBudget(budget);
      assertOpen();
      const step = await patiently(() => clean3(budget, tables, clock()), timeoutMs);
      await turn();
      return step;
    },
    async close() {
      closing ??= end();
      await closing;
    }
  };
}
export {
  createPostgresStore,
  createRedisStore,
  createSqliteStore,
  migratePostgres,
  postgresMigration
};
