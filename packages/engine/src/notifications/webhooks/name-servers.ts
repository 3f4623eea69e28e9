import { Resolver } from "node:dns/promises";
import { isIPv4 } from "node:net";
import type { Resolver as Lookup } from "./checked-lookup.js";

/** How long a name may take to be resolved, in milliseconds: in all, and for one question to one server. */
const resolveMs = { total: 3_000, question: 1_000 };

/**
 * Asks the name servers of the system for all addresses of a name. `dns.lookup` would hold a thread of the process for
 * as long as a server keeps silent, and there are four, which files and the app's own connections need too.
 *
 * @returns none where the name has none, or no server has answered in time
 */
export async function askNameServers(name: string): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: resolveMs.question, tries: 2 });
  const timer = setTimeout(() => resolver.cancel(), resolveMs.total);
  const found = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  clearTimeout(timer);
  return found.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
}

/** The same for a socket. */
export const lookupAtServers: Lookup = (name, _options, done) => {
  void askNameServers(name).then((addresses) => {
    const found = addresses.map((address) => ({ address, family: isIPv4(address) ? 4 : 6 }));
    done(null, found);
  });
};
