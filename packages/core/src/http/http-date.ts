import type { Moment } from "../store/record.js";

const DAY_NAMES: readonly string[] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const LONG_DAY_NAMES: readonly string[] = [
  "Sunday",
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
];
const MONTH_NAMES: readonly string[] = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
];
const MONTH_LENGTHS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The calendar repeats after 400 years, which are this many days. */
const GREGORIAN_CYCLE_MS = 146_097 * 86_400_000;
const YEAR_0_MS = -62_167_219_200_000;
const YEAR_10000_MS = 253_402_300_800_000;

/** A date as it is written. Each number is -1 where there was something else. */
interface Fields {
  readonly year: number;
  /** 0 is January. */
  readonly month: number;
  readonly day: number;
  readonly time: TimeOfDay | undefined;
}

interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/**
 * Reads an HTTP-date in any of its three forms (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`,
 * `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`. Strict: case, spaces and the number of digits count,
 * and the day must be one of the calendar. That the name of the day belongs to the date is not asked for. A leap
 * second, 23:59:60 (RFC 5322 §3.3), is the first second of the next day, as POSIX counts it and so every clock that
 * states are dated by.
 *
 * @param now places a year of two digits: it is never more than 50 years ahead.
 * @returns `undefined` for anything else: the fields that carry dates are ignored then (RFC 9110 §13.1.3).
 */
export function parseHttpDate(value: string, now: Moment): Moment | undefined {
  if (value.charCodeAt(3) === 0x2c) return momentOf(readImfFixdate(value));
  if (value.charCodeAt(3) === 0x20) return momentOf(readAsctime(value));
  return momentOf(readRfc850(value, now));
}

/**
 * Reads the one form that is sent, and that `Accept-Datetime` may have (RFC 7089 §2.1.1): `Sun, 06 Nov 1994 08:49:37
 * GMT`. As strict as `parseHttpDate`.
 *
 * @returns `undefined` for anything else, the two older forms among them
 */
export function parseImfFixdate(value: string): Moment | undefined {
  return value.charCodeAt(3) === 0x2c ? momentOf(readImfFixdate(value)) : undefined;
}

/**
 * Writes the form that is sent: `Sun, 06 Nov 1994 08:49:37 GMT`. What is finer than a second is dropped.
 *
 * @throws RangeError for a moment outside the years 0 to 9999, which the form can't express.
 */
export function formatHttpDate(moment: Moment): string {
  if (!(moment >= YEAR_0_MS && moment < YEAR_10000_MS)) {
    throw new RangeError("An HTTP-date must lie in the years 0 to 9999.");
  }
  return new Date(moment).toUTCString();
}

function readImfFixdate(value: string): Fields | undefined {
  const inPlace =
    value.length === 29 && value.startsWith(", ", 3) && value[7] === " " && value[11] === " " && value[16] === " ";
  if (!inPlace || !value.endsWith(" GMT") || !DAY_NAMES.includes(value.slice(0, 3))) return undefined;
  return { year: digits(value, 12, 4), month: month(value, 8), day: digits(value, 5, 2), time: timeOfDay(value, 17) };
}

function readAsctime(value: string): Fields | undefined {
  const inPlace = value.length === 24 && value[7] === " " && value[10] === " " && value[19] === " ";
  if (!inPlace || !DAY_NAMES.includes(value.slice(0, 3))) return undefined;
  const day = value[8] === " " ? digits(value, 9, 1) : digits(value, 8, 2);
  return { year: digits(value, 20, 4), month: month(value, 4), day, time: timeOfDay(value, 11) };
}

function readRfc850(value: string, now: Moment): Fields | undefined {
  const comma = value.indexOf(",");
  if (comma === -1 || !LONG_DAY_NAMES.includes(value.slice(0, comma))) return undefined;
  const rest = value.slice(comma);
  const inPlace = rest.length === 24 && rest.startsWith(", ") && rest[4] === "-" && rest[8] === "-" && rest[11] === " ";
  if (!inPlace || !rest.endsWith(" GMT")) return undefined;
  const lastDigits = digits(rest, 9, 2);
  const written = { month: month(rest, 5), day: digits(rest, 2, 2), time: timeOfDay(rest, 12) };
  return { ...written, year: lastDigits === -1 ? -1 : fullYear({ ...written, year: lastDigits }, now) };
}

/** The latest year with these last two digits that puts the date at most 50 years after `now`. */
function fullYear(fields: Fields, now: Moment): number {
  const limit = new Date(now);
  limit.setUTCFullYear(limit.getUTCFullYear() + 50);
  const century = limit.getUTCFullYear() - (limit.getUTCFullYear() % 100);
  const year = century + fields.year;
  return utc({ ...fields, year }) > limit.getTime() ? year - 100 : year;
}

function momentOf(fields: Fields | undefined): Moment | undefined {
  if (fields === undefined || fields.time === undefined || fields.year < 0) return undefined;
  const length = MONTH_LENGTHS[fields.month];
  if (length === undefined) return undefined;
  const leapDay = fields.month === 1 && isLeapYear(fields.year) ? 1 : 0;
  return fields.day >= 1 && fields.day <= length + leapDay ? utc(fields) : undefined;
}

/** `Date.UTC` takes the years 0 to 99 for the last century's, so it is asked about the next cycle of the calendar. */
function utc({ year, month, day, time }: Fields): Moment {
  return Date.UTC(year + 400, month, day, time?.hour, time?.minute, time?.second) - GREGORIAN_CYCLE_MS;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** `08:49:37`, up to `23:59:59` and the leap second `23:59:60`. */
function timeOfDay(value: string, at: number): TimeOfDay | undefined {
  if (value[at + 2] !== ":" || value[at + 5] !== ":") return undefined;
  const hour = digits(value, at, 2);
  const minute = digits(value, at + 3, 2);
  const second = digits(value, at + 6, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0) return undefined;
  const lastSecond = hour === 23 && minute === 59 ? 60 : 59;
  return second <= lastSecond ? { hour, minute, second } : undefined;
}

function month(value: string, at: number): number {
  return MONTH_NAMES.indexOf(value.slice(at, at + 3));
}

/** The number that these digits write, or -1 where one of the characters is no digit. */
function digits(value: string, at: number, count: number): number {
  let number = 0;
  for (let position = at; position < at + count; position += 1) {
    const digit = value.charCodeAt(position) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return number;
}
