import { apiVersionWriteCases } from "./api-version-writes.js";
import { apiVersionCases } from "./api-versions.js";
import { conditionalReadCases } from "./conditional-reads.js";
import { conflictPermissionCases } from "./conflict-permissions.js";
import { conflictVersionCases } from "./conflict-versions.js";
import { conflictCases } from "./conflicts.js";
import { connectionCases } from "./connections.js";
import { creatingCases } from "./creating.js";
import { disclosureCases } from "./disclosure.js";
import { eventPollCases } from "./event-polls.js";
import { eventStreamCases } from "./event-streams.js";
import { failureCases } from "./failures.js";
import { forwardingCases } from "./forwarding.js";
import { historyCases } from "./histories.js";
import { hostileContentCases } from "./hostile-content.js";
import { hostileFramingCases } from "./hostile-framing.js";
import { hostileIdCases } from "./hostile-ids.js";
import { hostileLimitCases } from "./hostile-limits.js";
import { hostileMixtureCases } from "./hostile-mixtures.js";
import { hostilePatchCases } from "./hostile-patches.js";
import { hostilePreconditionCases } from "./hostile-preconditions.js";
import { hostileResolutionCases } from "./hostile-resolutions.js";
import { hostileSubscriptionCases } from "./hostile-subscriptions.js";
import { idempotencyCases } from "./idempotency.js";
import { idempotencyKeyCases } from "./idempotency-keys.js";
import { listCases } from "./lists.js";
import { mergingCases } from "./merging.js";
import { methodCases } from "./methods.js";
import { mountingCases } from "./mounting.js";
import { orderingCases } from "./ordering.js";
import { ownerCases } from "./owners.js";
import { parkingCases } from "./parking.js";
import { parsedBodyCases } from "./parsed-bodies.js";
import { pastStateCases } from "./past-states.js";
import { patchingCases } from "./patching.js";
import { permissionCases } from "./permissions.js";
import { postingCases } from "./posting.js";
import { preferringCases } from "./preferring.js";
import { raceCases } from "./races.js";
import { redactionCases } from "./redactions.js";
import { relationCases } from "./relations.js";
import { replacingCases } from "./replacing.js";
import { representationCases } from "./representations.js";
import { resolvingCases } from "./resolving.js";
import { rollbackCases } from "./rollbacks.js";
import { sentBackCases } from "./sent-back.js";
import { settingCases } from "./settings.js";
import { strategyCases } from "./strategies.js";
import { subscriptionCases } from "./subscriptions.js";
import type { AdapterCase } from "./trial.js";

/** All cases, in the order in which the contract speaks of what they check. */
export const adapterCases: readonly AdapterCase[] = [
  ...mountingCases,
  ...representationCases,
  ...conditionalReadCases,
  ...creatingCases,
  ...replacingCases,
  ...patchingCases,
  ...listCases,
  ...methodCases,
  ...conflictCases,
  ...strategyCases,
  ...mergingCases,
  ...parkingCases,
  ...resolvingCases,
  ...conflictPermissionCases,
  ...conflictVersionCases,
  ...subscriptionCases,
  ...postingCases,
  ...preferringCases,
  ...idempotencyCases,
  ...idempotencyKeyCases,
  ...relationCases,
  ...sentBackCases,
  ...settingCases,
  ...forwardingCases,
  ...historyCases,
  ...pastStateCases,
  ...rollbackCases,
  ...redactionCases,
  ...apiVersionCases,
  ...apiVersionWriteCases,
  ...eventStreamCases,
  ...eventPollCases,
  ...permissionCases,
  ...ownerCases,
  ...disclosureCases,
  ...orderingCases,
  ...raceCases,
  ...hostilePreconditionCases,
  ...hostileFramingCases,
  ...hostileContentCases,
  ...hostileLimitCases,
  ...hostilePatchCases,
  ...hostileIdCases,
  ...hostileResolutionCases,
  ...hostileSubscriptionCases,
  ...hostileMixtureCases,
  ...connectionCases,
  ...failureCases,
  ...parsedBodyCases,
];
