import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { StoreError } from "@unclash/core";
import type { Commit, Key, Store } from "@unclash/core/store";
import { createTag } from "../commits/commit-tag.js";
import { internalRecords } from "../commits/internal-records.js";

const mark = "s1.";
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const positionBytes = 64;

const recordKey: Key = internalRecords.cursorKey.prefix;

/**
 * A cursor for a place that its reader must not learn, such as the key of a resource that is hidden: encrypted
 * (AES-256-GCM) under a key that all processes on one store share, since the store holds it. The same place is the same
 * cursor each time.
 *
 * @param list what the place is in: its cursors are none of another list
 */
export async function sealCursor(store: Store, list: string, position: string): Promise<string> {
  const key = await cursorKey(store);
  const text = Buffer.from(position, "utf8");
  const padded = Buffer.alloc(Math.ceil((text.length + 1) / positionBytes) * positionBytes);
  text.copy(padded);
  const nonce = createHmac("sha256", key).update(`${list}\n`).update(padded).digest().subarray(0, nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(list, "utf8"));
  const sealed = Buffer.concat([cipher.update(padded), cipher.final()]);
  return Buffer.concat([Buffer.from(mark), nonce, sealed, cipher.getAuthTag()]).toString("base64url");
}

/** Where the padding begins: a place may have a zero inside, as one in an index does, and ends in none. */
function endOfText(padded: Buffer): number {
  let end = padded.length;
  while (end > 0 && padded[end - 1] === 0) end -= 1;
  return end;
}

/** The place that a cursor was made for; nothing where it is none that this list gave. */
export async function openCursor(store: Store, list: string, cursor: string): Promise<string | undefined> {
  const bytes = Buffer.from(cursor, "base64url");
  const isOne = bytes.length > mark.length + nonceBytes + tagBytes && bytes.toString("latin1", 0, mark.length) === mark;
  if (!isOne || bytes.toString("base64url") !== cursor) return undefined;
  const [nonceAt, tagAt] = [mark.length + nonceBytes, bytes.length - tagBytes];
  try {
    const decipher = createDecipheriv("aes-256-gcm", await cursorKey(store), bytes.subarray(mark.length, nonceAt))
      .setAAD(Buffer.from(list, "utf8"))
      .setAuthTag(bytes.subarray(tagAt));
    const padded = Buffer.concat([decipher.update(bytes.subarray(nonceAt, tagAt)), decipher.final()]);
    return padded.toString("utf8", 0, endOfText(padded));
  } catch (error) {
    if (error instanceof StoreError) throw error;
    return undefined;
  }
}

const keys = new WeakMap<Store, Promise<Buffer>>();

/** The key of a store's cursors. Whoever needs it first makes it; of two at once, one finds the other's. */
function cursorKey(store: Store): Promise<Buffer> {
  const known = keys.get(store);
  if (known !== undefined) return known;
  const found = readKey(store).catch((error: unknown) => {
    keys.delete(store);
    throw error;
  });
  keys.set(store, found);
  return found;
}

const roundsMax = 3;

async function readKey(store: Store): Promise<Buffer> {
  for (let round = 1; round <= roundsMax; round += 1) {
    const {
      now,
      records: [record],
    } = await store.read([recordKey]);
    if (record !== undefined && record.text !== null) return Buffer.from(JSON.parse(record.text), "base64url");
    const key = randomBytes(keyBytes);
    const put = JSON.stringify(key.toString("base64url"));
    const commit: Commit = {
      tag: createTag(),
      at: now,
      reads: [],
      writes: [{ key: recordKey, expect: record === undefined ? "absent" : { gone: record.tag }, put, keep: "none" }],
      events: [],
      by: null,
      cause: "create",
    };
    if ((await store.commit(commit)).kind === "committed") return key;
  }
  throw new StoreError("The key of the store's cursors could not be made.", "not-applied");
}
