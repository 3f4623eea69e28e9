/** The check of an options object, and its rules. */
export {
  anything,
  checkMembers,
  checkOptions,
  describeValue,
  either,
  group,
  isBoolean,
  isFunction,
  isPromise,
  isText,
  isTimerMs,
  listOf,
  nearestName,
  type OptionRule,
  type OptionRules,
  oneOf,
  required,
  unknownName,
  wholeNumber,
} from "./options/check-options.js";
export { checkSource, connectionString } from "./options/source-options.js";
