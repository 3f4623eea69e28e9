import { isIP } from "node:net";
import { sentences } from "../../http/sentences.js";
import { askNameServers } from "./name-servers.js";
import { isPublicAddress } from "./public-address.js";

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
  resolve: ResolveName = askNameServers,
): Promise<string | undefined> {
  if (hostname.startsWith("[") || isIP(hostname) !== 0) return undefined;
  const addresses = await resolve(hostname);
  if (addresses.length === 0) return sentences.unresolvedHost(hostname);
  return addresses.every(isPublicAddress) ? undefined : sentences.privateHost(hostname);
}
