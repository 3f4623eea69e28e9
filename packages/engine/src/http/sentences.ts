/**
 * The sentences of problems, as clients read them: what is wrong, and what is allowed where that is not plain.
 * Those about syntax alone (JSON, JSON Patch, entity-tags, structured fields) are core's.
 */
export const sentences = {
  // 400
  headersCut: "The request has more header lines than are read, and its precondition may be among the rest.",
  sentTwice: (header: string): string => `${header} must be sent in one line.`,
  idEncoding: "An id must be percent-encoded UTF-8.",
  idType: "An id must be a string.",
  idDiffers: "The id in the content is not the one in the path.",
  entityTagMember: 'An entity-tag must be a string that includes its quotes, such as "\\"4-p0aa\\"".',
  versionMember: "A version must be a whole number of at most 2^53 - 1.",
  versionInPath: "A version must be a whole number.",
  acceptDatetime: 'Accept-Datetime must be a date such as "Sun, 06 Nov 1994 08:49:37 GMT".',
  diffParameters: "A difference takes only the parameters `from` and `to`.",
  versionDiffersFromTag: (version: number): string =>
    `The content names version ${version}, and its entity-tag another one.`,
  versionDiffersFromHeader: (version: number): string =>
    `The content names version ${version}, and If-Match only others.`,
  redactionMembers: "A redaction takes only the member `paths`.",
  paths: "`paths` must be a list of JSON Pointers, at least one.",
  pathsMax: (max: number): string => `At most ${max} paths can be redacted at once.`,
  rollbackMembers: "A rollback takes only the member `version`.",
  listParameters: (others: readonly string[]): string => {
    const names = ["limit", "after", ...others].map((name) => `\`${name}\``);
    return `A list takes only the parameters ${names.slice(0, -1).join(", ")} and ${names.at(-1)}.`;
  },
  repeatedParameter: (name: string): string => `\`${name}\` must be sent once.`,
  limit: "`limit` must be a whole number above 0.",
  cursor: "`after` is not a cursor of this list.",
  notUtf8: "The content is not valid UTF-8.",
  endedEarly: "The content ended early.",
  notDecodable: (coding: string): string => `The content is not valid ${coding}.`,
  notJson: "The content is not valid JSON.",
  unreadable: "The request can't be read.",
  conflictState: (states: readonly string[]): string => `\`state\` must be one of ${states.join(", ")}.`,
  resourcePattern: (names: readonly string[]): string =>
    `\`resource\` must be a resource such as ${names[0]}/1, ${names[0]}/* for all of them, or * for all there are; ` +
    `there are ${names.join(", ")}.`,
  typePattern: (types: readonly string[]): string =>
    `\`type\` must be one of ${types.join(", ")}, or stand for several, such as unclash.conflict.*.`,
  filterPatterns: (max: number): string => `\`resource\` and \`type\` may be there ${max} times together.`,
  noParameters: "This request takes no parameters.",
  streamParameters: "The stream takes only the parameters `resource`, `type`, `subscription`, `after` and `ticket`.",
  conflictMember: "`conflict` must be the id of a conflict.",
  resolutionMember: (kinds: readonly string[]): string => `\`resolution\` must be one of ${kinds.join(", ")}.`,
  resolutionMembers: "A resolution takes only the members `conflict`, `resolution`, `value` and `version`.",
  valueMissing: "`value` must be there where the resolution is `custom`.",
  valueUnused: "`value` is only for the resolution `custom`.",
  subscriptionMembers: (isCallback: boolean, known: readonly string[]): string => {
    const names = known.map((name) => `\`${name}\``);
    return `A ${isCallback ? "callback" : "subscription"} takes only the members ${names.slice(0, -1).join(", ")}${
      names.length > 1 ? " and " : ""
    }${names.at(-1)}.`;
  },
  keyOfSecret: "This request takes no Idempotency-Key: its answer holds a secret, which is not kept.",
  keyRequired: "This request must have an Idempotency-Key: a new UUID, and the same one when it is repeated.",
  keyTooShort: (lengthMin: number): string => `Without credentials a key must have at least ${lengthMin} characters.`,
  // 401, 403, 404, 405, 406, 410
  mayNot: {
    read: (key: string): string => `You may not read ${key}.`,
    create: (key: string): string => `You may not create ${key}.`,
    change: (key: string): string => `You may not change ${key}.`,
    delete: (key: string): string => `You may not delete ${key}.`,
    history: (key: string): string => `You may not read the history of ${key}.`,
    lock: (key: string): string => `You may not lock ${key}.`,
    "break-lock": (key: string): string => `You may not end another's lock on ${key}.`,
    transaction: (): string => "You may not use this transaction.",
    rollback: (key: string): string => `You may not roll back ${key}.`,
    redact: (key: string): string => `You may not redact past states of ${key}.`,
    subscribe: (key: string): string => `You may not subscribe to ${key}.`,
    "read-conflict": (key: string): string => `You may not read conflicts of ${key}.`,
    resolve: (key: string): string => `You may not resolve conflicts of ${key}.`,
  },
  wrongTicket: "The ticket is not known, was used, or has expired.",
  ticketNeedsActor: "A ticket is for a known caller: an anonymous one can open a stream without it.",
  wrongCredentials: "The credentials are wrong.",
  nothingHere: "There is nothing at this path.",
  noneOf: (what: string): string => `There is no ${what}.`,
  suchConflict: "such conflict",
  suchSubscription: "such subscription",
  suchDelivery: "such delivery",
  versionOf: (resource: string, version: number): string => `${resource} in version ${version}`,
  noSingleResource: (path: string, method: string): string =>
    `There is no single resource at ${path}, and ${method} changes one.`,
  methods: (allowed: string): string => `The methods here are ${allowed}.`,
  noRepresentation: "There is no such representation.",
  notAcceptable: (types: readonly string[]): string => `Of the media types of this API there are ${types.join(", ")}.`,
  unknownApiVersion: (names: readonly string[]): string => `API-Version must name one of ${names.join(", ")}.`,
  unknownApiDay: (first: string): string => `API-Version must be a day such as ${first}, and not an earlier one.`,
  contradictoryApiVersion: "API-Version names another version than the path or Accept.",
  apiVersionEnded: (name: string, day: string): string => `API version ${name} ended on ${day}.`,
  gone: (resource: string, version: number): string => `${resource} was deleted in version ${version}.`,
  // 409, 412, 428
  existsAlready: (name: string): string => `${name} exists, and this request is for one that does not.`,
  listChanged: "The list is not in the state that this request is for.",
  stateDiffers: (resource: string): string => `${resource} is not in the state that this request is for.`,
  idTaken: "The id is taken.",
  valueTaken: (field: string): string => `The value of ${field} is taken.`,
  unseenValueTaken: "A value that this API version does not show is taken.",
  testFailed: (pointer: string): string => `The test of ${pointer} failed.`,
  deletionIsNoTarget: (resource: string, version: number): string =>
    `${resource} was deleted in version ${version}: to go back to that, delete it.`,
  redactsCurrent: (resource: string): string =>
    `This is the current state of ${resource}: change it first, and redact it then.`,
  changeNotAllowed: "The state of the resource does not allow this change.",
  transition: (field: string, from: string, to: string): string => `${field} can't go from ${from} to ${to}.`,
  isReferredTo: (resource: string): string => `${resource} can't be deleted while others refer to it.`,
  isReferredToBy: (resource: string, collection: string, field: string): string => {
    const how = field === "" ? "" : ` by its field ${field}`;
    return `${resource} can't be deleted while a resource in ${collection} refers to it${how}.`;
  },
  markedByProxy: "A proxy marked this entity-tag, so that it can't be compared strongly.",
  preconditionRequired: (resource: string, alternatives: string): string =>
    `Say which state of ${resource} this request is for: send its entity-tag in If-Match${alternatives}.`,
  changedMeanwhile: (resource: string): string => `${resource} was changed while this request was running.`,
  doesNotExist: (resource: string): string => `${resource} does not exist, and this request is for an existing one.`,
  modifiedSince: (resource: string): string => `${resource} has been modified since.`,
  atVersion: (resource: string, version: number): string =>
    `${resource} is at version ${version}, and this request names another state.`,
  atOtherVersion: (resource: string, version: number, named: number): string =>
    `${resource} is at version ${version}, and this request is for version ${named}.`,
  resolved: "The conflict is resolved.",
  wouldBeResolved: "The conflict would be resolved.",
  unmerged: "The two changes can't be merged: both have changed the same fields.",
  conflictClosed: (state: string): string => `The conflict is ${state} already.`,
  baseNotKept: "The state that the write was made for is no longer kept: resolve the conflict in another way.",
  proposalNotKept: "What the write wanted is no longer kept: resolve the conflict in another way.",
  resolvedByApp: (resource: string): string => `Conflicts of ${resource} are resolved by the app itself.`,
  noCallback: "This subscription has no callback.",
  callbackNotAddable: "A callback can't be added to a subscription: make another one.",
  subscriptionDisabled: "This subscription is disabled: enable it first.",
  deliveryWaits: "This delivery waits for its next attempt already.",
  versionNotKept: (named: number): string => `Version ${named} is no longer kept, so the two can't be compared.`,
  foreignTag: (resource: string): string =>
    `This entity-tag was not made by the guard of ${resource}, so it never matches. ` +
    "A GET without a guard gets one of its framework's, or of a proxy's.",
  // 413, 415, 422
  contentTooLarge: (bytesMax: number): string => `The content may have at most ${bytesMax} bytes.`,
  patchedTooLarge: (bytesMax: number): string => `The patched resource may have at most ${bytesMax} bytes.`,
  copiesTooLarge: (bytesMax: number): string =>
    `What a JSON Patch copies may have at most ${bytesMax} bytes in all, also where it is removed again.`,
  tooLarge: "The content is too large.",
  mediaType: (accepted: string): string => `The content must be ${accepted}, in UTF-8.`,
  mediaTypeUnknown: "The media type of the content is not supported here.",
  coding: (known: string): string =>
    known === "" ? "The content must not be encoded." : `The content may be encoded with ${known}.`,
  invalid: (count: number): string =>
    count === 1 ? "One thing in the content is not valid." : `${count} things in the content are not valid.`,
  redactInItsVersion: (version: string): string =>
    `In the API version in which the state was written this is no member of its own: redact it in ${version}.`,
  unseenItems: (version: string): string =>
    `This list has items that API version ${version} does not show, and they have no id: use a later version for it.`,
  notAnObject: "A resource must be a JSON object.",
  noReferred: "There is no such resource.",
  initialState: (allowed: string): string => `A new resource must start as ${allowed}.`,
  startNotAllowed: "A new resource can't start like this.",
  patchNotApplicable: "The patch can't be applied.",
  subscriptionObject: "A subscription must be a JSON object.",
  callbackObject: "`callback` must be an object with a `url`.",
  patternList: (name: string, max: number): string =>
    name === "resources"
      ? `\`resources\` must be a list of at least one pattern, and of at most ${max} together with \`types\`.`
      : `\`types\` must be a list of types of events, at most ${max} together with \`resources\`.`,
  resourceItem:
    "A pattern must be the key of a resource, such as `articles/1`, all of a collection (`articles/*`), or `*`.",
  typeItem: "A type must be one of this API's events, such as `unclash.resource.changed`, or end in `.*`.",
  secretMember: (fault: string): string => `A secret ${fault}.`,
  enabledMember: "`enabled` must be true or false.",
  unresolvedHost: (host: string): string => `The name ${host} could not be resolved.`,
  privateHost: (host: string): string => `The name ${host} leads into a private network.`,
  redactsWhole: "A whole state can't be redacted: name its members.",
  notRedactable: (name: string): string => `A redaction can't take out ${name}.`,
  nothingThere: "Nothing is there.",
  notPatchable: (name: string): string => `A patch can't change ${name}.`,
  moreInvalid: (count: number): string =>
    count === 1 ? "One more thing is not valid." : `${count} more things are not valid.`,
  keyReused: "This key came with another query, content, Content-Type, If-Match or strategy before. Use a new key.",
  // 409, 429 and 503 that a repeat may get over
  keyInProgress: "The first request with this key has not been answered yet. Repeat this one later, with the same key.",
  keyAbandoned:
    "The first request with this key was not answered. It may have had its effect: look before you use a new key.",
  keyQuota: "The answers that are kept for your keys take all the room that they may. Repeats are still answered.",
  subscriptionsMax: (max: number): string => `A client may have at most ${max} subscriptions: delete one first.`,
  subscriptionsPerHost: "Callbacks at this host have as many subscriptions as they may.",
  keyContended: "Others kept taking this key.",
  tooManyPolls: "Too many of your polls wait at this moment.",
  noRoom: "Too many requests with content are being worked on at this moment.",
  storeUnanswered: "The store did not answer.",
  shutDown: "The server is shutting down.",
  recordsLeft: (resource: string): string =>
    `The records of what refers to ${resource} are too many to check at once, or others keep changing them.`,
  alwaysChanged: (resource: string): string => `Others kept changing ${resource} while this request was running.`,
  manyWriters: (resource: string): string => `Too many requests are waiting to change ${resource}.`,
} as const;
