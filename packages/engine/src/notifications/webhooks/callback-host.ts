import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { sentences } from "../../http/sentences.js";
import { isPublicAddress } from "./public-address.js";

/** How long a name may take to be resolved, in milliseconds: in all, and for one question to one server. */
const resolveMs = { total: 3_000, question: 1_000 };

/** Gives all addresses of a name; none where it has none. */
export type ResolveName = (name: string) => Promise<readonly string[]>;

/**
 * Looks whether the host of a new callback is a name that leads only to public addresses. It tells a client early of
 * what each delivery would refuse: a name may lead elsewhere by then, so each delivery looks again.
 *
 * @param url one that `checkCallbackUrl` has found valid
 * @returns a sentence that says what is wrong; nothing for an address, and for a name that may be used
 */
export async function callbackHostFault(
  { hostname }: Pick<URL, "hostname">,
  resolve: ResolveName = resolveName,
): Promise<string | undefined> {
  if (hostname.startsWith("[") || isIP(hostname) !== 0) return undefined;
  const addresses = await resolve(hostname);
  if (addresses.length === 0) return sentences.unresolvedHost(hostname);
  return addresses.every(isPublicAddress) ? undefined : sentences.privateHost(hostname);
}

/**
 * Asks the name servers of the system. `dns.lookup` would hold a thread of the process for as long as a server keeps
 * silent, and there are four.
 */
async function resolveName(name: string): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: resolveMs.question, tries: 2 });
  const timer = setTimeout(() => resolver.cancel(), resolveMs.total);
  const found = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  clearTimeout(timer);
  return found.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
}
