import type { JsonObject } from "@unclash/core/json";
import type { Random } from "../black-box/random.js";
import type { ShopProcess } from "../black-box/shop-process.js";
import { objectOf } from "./articles.js";

export type ReleaseName = "none" | "upcoming" | "live";

/** A process of a release. */
export interface Running {
  readonly release: ReleaseName;
  readonly shop: ShopProcess;
}

/** How a client asks: for no API version, or for one by its path. */
type Asked = "" | "/v1" | "/v2";

const offered: Readonly<Record<ReleaseName, readonly [Asked, ...Asked[]]>> = {
  none: [""],
  upcoming: ["", "/v1"],
  live: ["", "/v1", "/v2"],
};

/** An append of a mark to the text, and in v2 to the memo too, over the state that was read before. */
export interface Append {
  readonly mark: string;
  readonly isInV2: boolean;
  readonly outcome: "acknowledged" | "refused" | "unknown";
}

/** What came of a run. */
export interface Appends {
  readonly appends: Append[];
  /** Answers that no client may get, each in a sentence. */
  readonly faults: string[];
  /** How often a process said that it does not know the shape of a state. */
  unknownShapes: number;
}

interface Answer {
  readonly status: number;
  readonly etag: string;
  readonly body: JsonObject;
  readonly retryAfter: string | null;
}

/** The next number of a client's, so that each mark is another one. */
let marks = 0;

/**
 * Reads the article by one process and writes it back by one, both at random, until it is told to stop: in a version
 * that both of them offer.
 */
export async function append(
  processes: readonly [Running, ...Running[]],
  random: Random,
  results: Appends,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    const [reader, other] = [random.pick(processes), random.pick(processes)];
    const asked = random.pick(offered[reader.release]);
    const writer = offered[other.release].includes(asked) ? other : reader;
    const read = await ask(reader, asked, results);
    if (read?.status !== 200) continue;
    const mark = `${++marks};`;
    const isInV2 = asked === "/v2";
    const { content, body, memo } = read.body;
    const sent = isInV2 ? { body: `${body}${mark}`, memo: `${memo}${mark}` } : { content: `${content}${mark}` };
    const answer = await ask(writer, asked, results, { etag: read.etag, sent, isPatch: random.pick([true, false]) });
    const outcome = answer === undefined ? "unknown" : answer.status === 200 ? "acknowledged" : "refused";
    results.appends.push({ mark, isInV2, outcome });
  }
}

/** Sends a request, and notes an answer that it must not get. Nothing comes back where there was no answer. */
async function ask(
  { shop, release }: Running,
  asked: Asked,
  results: Appends,
  write?: { readonly etag: string; readonly sent: JsonObject; readonly isPatch: boolean },
): Promise<Answer | undefined> {
  const answer = await send(`${shop.origin}${asked}/articles/1`, write);
  if (answer === undefined) return undefined;
  const { status, body, retryAfter } = answer;
  const names = Object.keys(body).toSorted().join();
  const shape = asked === "/v2" ? "body,id,memo,version" : "content,id,version";
  const isUnknownShape = release === "none" && status === 503 && retryAfter === "1";
  if (isUnknownShape) results.unknownShapes += 1;
  else if (status === 200 ? names !== shape : status !== 409) {
    results.faults.push(`${release}${asked} answers ${write ? "a write" : "a read"} with ${status} ${names}`);
  }
  return answer;
}

async function send(
  url: string,
  write: { readonly etag: string; readonly sent: JsonObject; readonly isPatch: boolean } | undefined,
): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, {
      ...(write && {
        method: write.isPatch ? "PATCH" : "PUT",
        headers: {
          "content-type": write.isPatch ? "application/merge-patch+json" : "application/json",
          "if-match": write.etag,
        },
        body: JSON.stringify(write.sent),
      }),
      signal: AbortSignal.timeout(10_000),
    });
    const { status, headers } = response;
    const body = objectOf(JSON.parse(await response.text()));
    return { status, body, etag: headers.get("etag") ?? "", retryAfter: headers.get("retry-after") };
  } catch {
    return undefined;
  }
}

/** A state of the article, in v2. */
export interface AppendedState {
  readonly version: number;
  readonly body: string;
  readonly memo: string;
}

/**
 * All that is wrong with the states of the article, given what became of all appends: each state is the one before it
 * and one mark more, in the memo too where that was written in v2.
 */
export function lossesOf(states: readonly AppendedState[], appends: readonly Append[]): readonly string[] {
  const faults: string[] = [];
  const written = new Map<string, number>();
  for (const [at, state] of states.entries()) {
    const before = states[at - 1];
    if (before === undefined) continue;
    const mark = state.body.slice(before.body.length);
    const append = appends.find((each) => each.mark === mark);
    written.set(mark, (written.get(mark) ?? 0) + 1);
    const memo = append?.isInV2 ? before.memo + mark : before.memo;
    if (state.body !== before.body + mark || append === undefined || state.memo !== memo) {
      faults.push(`version ${state.version} does not follow from the one before: ${mark}`);
    }
  }
  for (const { mark, outcome } of appends) {
    const times = written.get(mark) ?? 0;
    if (outcome === "unknown" ? times > 1 : times !== (outcome === "acknowledged" ? 1 : 0)) {
      faults.push(`${mark} was ${outcome}, and is there ${times} times`);
    }
  }
  return faults;
}
