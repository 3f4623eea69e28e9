import { ConfigurationError } from "@unclash/core";
import { checkOptions, isTimerMs, type OptionRules, wholeNumber } from "@unclash/core/options";

/** The caps on what one request may hold and cost. */
export interface RequestLimits {
  /** Content of a request, in bytes, also after decoding. @default 1,048,576 */
  readonly bodyBytesMax: number;
  /**
   * Content of all requests that are worked on at this moment, in bytes: the process keeps no more while its store is
   * slow, however many send. Writes that wait for their turn (`contendedWritersMax`) hold at most half of it, so that
   * they keep no others out; one more is 503 at once. At least `bodyBytesMax`. @default 67,108,864
   */
  readonly bodyBytesInFlightMax: number;
  /**
   * Content that has been arriving for so long, in milliseconds, gives up its room where `bodyBytesInFlightMax` is
   * reached and other content needs it: who sends most of a body and then stops keeps nobody else out. @default 5,000
   */
  readonly slowBodyMs: number;
  /** Nesting of a JSON body. @default 64 */
  readonly jsonDepthMax: number;
  /** Members in a JSON body, all levels together. @default 10,000 */
  readonly jsonKeysMax: number;
  /** Members and items of a JSON body, all levels together; counted before the body is parsed. @default 20,000 */
  readonly jsonValuesMax: number;
  /** Characters in the name of a member. @default 1,024 */
  readonly jsonKeyLengthMax: number;
  /** Operations in a JSON Patch. @default 200 */
  readonly patchOperationsMax: number;
  /** Things that are said to be wrong with one content; a last entry says how many more there are. @default 100 */
  readonly errorsMax: number;
  /** Entity-tags in one header. @default 64 */
  readonly entityTagsMax: number;
  /** Items of `Prefer` past which the header is ignored. @default 32 */
  readonly preferItemsMax: number;
  /** An id, in bytes of UTF-8. @default 256 */
  readonly idBytesMax: number;
  /** Items of a list where the request names no limit. @default 20 */
  readonly pageSizeDefault: number;
  /** Items of a list at most; a larger `limit` is cut to it. @default 100 */
  readonly pageSizeMax: number;
  /** Text of one page of a list, in bytes: it ends with the item that brings it there. @default 1,048,576 */
  readonly pageBytesMax: number;
  /** Resources that are looked at for one page of a list, hidden ones included. @default 1,000 */
  readonly listScanMax: number;
  /**
   * How long a write is tried that needs no particular state and keeps losing races to others, in milliseconds. Then it
   * is 503, and has changed nothing. @default 5,000
   */
  readonly contendedWriteMs: number;
  /** Such writes of one resource that wait for their turn at this moment; one more is 503 at once. @default 1,000 */
  readonly contendedWritersMax: number;
  /** How long to look for the outcome of a commit whose answer the store still owes, in milliseconds. @default 1,000 */
  readonly lookUpMs: number;
}

const defaultLimits: RequestLimits = {
  bodyBytesMax: 1_048_576,
  bodyBytesInFlightMax: 67_108_864,
  slowBodyMs: 5_000,
  jsonDepthMax: 64,
  jsonKeysMax: 10_000,
  jsonValuesMax: 20_000,
  jsonKeyLengthMax: 1_024,
  patchOperationsMax: 200,
  errorsMax: 100,
  entityTagsMax: 64,
  preferItemsMax: 32,
  idBytesMax: 256,
  pageSizeDefault: 20,
  pageSizeMax: 100,
  pageBytesMax: 1_048_576,
  listScanMax: 1_000,
  contendedWriteMs: 5_000,
  contendedWritersMax: 1_000,
  lookUpMs: 1_000,
};

const rules: OptionRules<RequestLimits> = {
  bodyBytesMax: wholeNumber(1),
  bodyBytesInFlightMax: wholeNumber(1),
  slowBodyMs: wholeNumber(1),
  jsonDepthMax: wholeNumber(1),
  jsonKeysMax: wholeNumber(1),
  jsonKeyLengthMax: wholeNumber(1),
  jsonValuesMax: wholeNumber(1),
  patchOperationsMax: wholeNumber(1),
  errorsMax: wholeNumber(1),
  entityTagsMax: wholeNumber(1),
  preferItemsMax: wholeNumber(1),
  idBytesMax: wholeNumber(1, 768),
  pageSizeDefault: wholeNumber(1),
  pageSizeMax: wholeNumber(1, 1_000),
  pageBytesMax: wholeNumber(1),
  listScanMax: wholeNumber(1),
  contendedWriteMs: isTimerMs,
  contendedWritersMax: wholeNumber(1),
  lookUpMs: isTimerMs,
};

/** Resolves the limits once, and refuses with a `ConfigurationError` what is no positive whole number. */
export function resolveRequestLimits(given: Partial<RequestLimits> = {}): RequestLimits {
  checkOptions<Partial<RequestLimits>>("requestLimits", given, rules);
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  const limits = { ...defaultLimits, ...Object.fromEntries(set) };
  const { bodyBytesMax, bodyBytesInFlightMax } = limits;
  if (given.bodyBytesInFlightMax !== undefined && bodyBytesInFlightMax < bodyBytesMax) {
    const problem = `must be at least bodyBytesMax, ${bodyBytesMax}, and is ${bodyBytesInFlightMax}`;
    throw new ConfigurationError("requestLimits.bodyBytesInFlightMax", problem);
  }
  return Object.freeze({
    ...limits,
    bodyBytesInFlightMax: Math.max(bodyBytesInFlightMax, bodyBytesMax),
    pageSizeDefault: Math.min(limits.pageSizeDefault, limits.pageSizeMax),
  });
}
