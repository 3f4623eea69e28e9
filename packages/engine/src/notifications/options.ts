import {
  anything,
  checkOptions,
  isBoolean,
  isFunction,
  isTimerMs,
  type OptionRule,
  type OptionRules,
  wholeNumber,
} from "@unclash/core/options";
import type { Actor } from "../access/actor.js";

/** How clients are told of what happens. */
export interface NotificationOptions {
  /**
   * Who a name belongs to now, for the events that are sent to callbacks: each is held against the permissions of the
   * actor that it gives, and none is sent where it gives nothing, since nobody has that name any more.
   *
   * @default the actor that made the subscription, with the role of then
   * @example actorOf: async (name) => (await accounts.find(name)) && { name, role: "client" }
   */
  actorOf?(name: string): Actor | null | undefined | Promise<Actor | null | undefined>;
  /**
   * Callbacks may be `http:`, and have private, loopback and link-local addresses. For tests and for networks that
   * clients are trusted in: it lets whoever may subscribe have this server send requests into its own network.
   *
   * @default false
   */
  readonly allowPrivateCallbacks?: boolean;
  /** `source` of every event (CloudEvents 1.0 §3.1.1), a URI reference. @default the path of the mount */
  readonly source?: string;
  /** Caps, each with a default. */
  readonly limits?: Partial<NotificationLimits>;
}

/** The caps on what clients may have told to them. */
export interface NotificationLimits {
  /** Streams that a client may have open in one process; by its actor, else by its address. @default 10 */
  readonly streamsPerClientMax: number;
  /** Streams that may be open in one process. @default 5,000 */
  readonly streamsMax: number;
  /** How long a stream may last, in milliseconds: its client is identified anew when it resumes. @default 3,600,000 */
  readonly streamMsMax: number;
  /** A stream that nothing is read from for so long, in milliseconds, while events wait, is closed. @default 30,000 */
  readonly stalledStreamMs: number;
  /** How often a stream that has nothing to tell says where it is, in milliseconds. @default 15,000 */
  readonly heartbeatMs: number;
  /** How long a ticket for a stream is good, in milliseconds. @default 60,000 */
  readonly ticketMs: number;
  /** How long a poll may wait, in seconds; a longer `Prefer: wait` is cut to it. @default 30 */
  readonly pollWaitSecondsMax: number;
  /** Events that are looked at for one page of a poll, those that the caller is not told of included. @default 5,000 */
  readonly eventScanMax: number;
  /** Patterns in one filter, of resources and of types. @default 100 */
  readonly filterPatternsMax: number;
  /** Subscriptions that a client may have. @default 20 */
  readonly subscriptionsPerClientMax: number;
  /** Subscriptions that may have callbacks at one host. @default 1,000 */
  readonly subscriptionsPerHostMax: number;
  /** How long an attempt of a delivery may take, in milliseconds. @default 10,000 */
  readonly attemptMsMax: number;
  /** Attempts that are made at once in one process, for all subscriptions. @default 256 */
  readonly attemptsInFlightMax: number;
  /** Attempts that are made at once at one host, in one process. @default 16 */
  readonly attemptsPerHostMax: number;
  /** Attempts that are made at once for one subscription. @default 4 */
  readonly attemptsPerSubscriptionMax: number;
  /** A subscription with so many events that wait is disabled. @default 10,000 */
  readonly pendingDeliveriesMax: number;
  /** How long deliveries are listed after their end, in milliseconds. @default 604,800,000 */
  readonly keepDeliveriesMs: number;
}

const defaultLimits: NotificationLimits = {
  streamsPerClientMax: 10,
  streamsMax: 5_000,
  streamMsMax: 3_600_000,
  stalledStreamMs: 30_000,
  heartbeatMs: 15_000,
  ticketMs: 60_000,
  pollWaitSecondsMax: 30,
  eventScanMax: 5_000,
  filterPatternsMax: 100,
  subscriptionsPerClientMax: 20,
  subscriptionsPerHostMax: 1_000,
  attemptMsMax: 10_000,
  attemptsInFlightMax: 256,
  attemptsPerHostMax: 16,
  attemptsPerSubscriptionMax: 4,
  pendingDeliveriesMax: 10_000,
  keepDeliveriesMs: 604_800_000,
};

const limitRules: OptionRules<NotificationLimits> = {
  streamsPerClientMax: wholeNumber(1),
  streamsMax: wholeNumber(1),
  streamMsMax: isTimerMs,
  stalledStreamMs: isTimerMs,
  heartbeatMs: isTimerMs,
  ticketMs: isTimerMs,
  pollWaitSecondsMax: wholeNumber(1, 600),
  eventScanMax: wholeNumber(1),
  filterPatternsMax: wholeNumber(1),
  subscriptionsPerClientMax: wholeNumber(1, 200),
  subscriptionsPerHostMax: wholeNumber(1),
  attemptMsMax: isTimerMs,
  attemptsInFlightMax: wholeNumber(1),
  attemptsPerHostMax: wholeNumber(1),
  attemptsPerSubscriptionMax: wholeNumber(1),
  pendingDeliveriesMax: wholeNumber(1),
  keepDeliveriesMs: wholeNumber(1),
};

/** Not a full parse: what no URI reference can hold (RFC 3986 §2) is most likely a name, or has a line too many. */
const isUriReference: OptionRule = (value) =>
  typeof value === "string" && /^[\w.~:/?#[\]@!$&'()*+,;=%-]+$/.test(value)
    ? undefined
    : 'must be a URI reference, such as "https://shop.example" or "/api"';

const rules: OptionRules<NotificationOptions> = {
  actorOf: isFunction,
  allowPrivateCallbacks: isBoolean,
  source: isUriReference,
  limits: anything,
};

/** The options, resolved once. */
export interface NotificationSettings {
  readonly actorOf: NotificationOptions["actorOf"] | undefined;
  readonly allowPrivateCallbacks: boolean;
  readonly source: string | undefined;
  readonly limits: NotificationLimits;
}

/** @throws ConfigurationError that names the option that can't be */
export function resolveNotifications(given: NotificationOptions | false = {}): NotificationSettings | undefined {
  if (given === false) return undefined;
  checkOptions<NotificationOptions>("notifications", given, rules);
  const { actorOf, allowPrivateCallbacks = false, source, limits = {} } = given;
  checkOptions<Partial<NotificationLimits>>("notifications.limits", limits, limitRules);
  const set = Object.entries(limits).filter(([, value]) => value !== undefined);
  return Object.freeze({
    actorOf,
    allowPrivateCallbacks,
    source,
    limits: Object.freeze({ ...defaultLimits, ...Object.fromEntries(set) }),
  });
}
