import { isIP, isIPv4 } from "node:net";
import ipaddr from "ipaddr.js";

type IPv6 = ReturnType<typeof ipaddr.IPv6.parse>;

/** All of IPv6 that has been set aside for global unicast (RFC 4291 §2.4, IANA's registry of the address space). */
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

/** Addresses that hold an IPv4 address, which packets end up at: the prefix, and which of the eight groups hold it. */
const embeddings = [
  { network: ipaddr.IPv6.parseCIDR("::ffff:0:0/96"), group: 6 }, // mapped, RFC 4291 §2.5.5.2
  { network: ipaddr.IPv6.parseCIDR("::/96"), group: 6 }, // compatible, RFC 4291 §2.5.5.1
  { network: ipaddr.IPv6.parseCIDR("64:ff9b::/96"), group: 6 }, // NAT64, RFC 6052 §2.1
  { network: ipaddr.IPv6.parseCIDR("2002::/16"), group: 1 }, // 6to4, RFC 3056 §2
];

/**
 * Whether an address is one of the public Internet: global unicast, and in no range that IANA's registries of special
 * purposes (RFC 6890) name. One that holds an IPv4 address is public where that is; Teredo is not, and neither is the
 * NAT64 prefix of a local network (RFC 8215), in which no one place holds the IPv4 address.
 *
 * @param address as `inet_pton` takes it; anything else, an IPv6 zone included, is not public
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return isPublicIPv4(address);
  if (isIP(address) === 0 || address.includes("%")) return false;
  const parsed = ipaddr.IPv6.parse(address);
  const embedding = embeddings.find(({ network }) => parsed.match(network));
  if (embedding !== undefined) return isPublicIPv4(embeddedIPv4(parsed, embedding.group));
  return parsed.match(globalUnicast) && parsed.range() === "unicast";
}

function isPublicIPv4(address: string): boolean {
  return ipaddr.IPv4.parse(address).range() === "unicast";
}

function embeddedIPv4({ parts }: IPv6, group: number): string {
  const [high = 0, low = 0] = parts.slice(group, group + 2);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}
