import { checkOptions, isFunction, type OptionRules } from "@unclash/core/options";
import { checkedClock, type Moment } from "@unclash/core/store";

/** How the store works. All may be left out. */
export interface MemoryStoreOptions {
  /**
   * What time it is, in whole milliseconds since 1970. It may stand still; records lapse by it.
   *
   * @default Date.now
   */
  readonly clock?: () => Moment;
}

/** The options, checked, with their defaults. */
export type ResolvedOptions = Readonly<Required<MemoryStoreOptions>>;

const rules: OptionRules<MemoryStoreOptions> = { clock: isFunction };

/**
 * Checks the options and fills in the defaults.
 *
 * @throws ConfigurationError that names the option and what it may be, and CallbackError for a clock that returns no
 * whole milliseconds
 */
export function resolveOptions(options: MemoryStoreOptions): ResolvedOptions {
  checkOptions<MemoryStoreOptions>("", options, rules);
  return { clock: options.clock === undefined ? Date.now : checkedClock(options.clock) };
}
