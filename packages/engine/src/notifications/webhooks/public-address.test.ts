import { BlockList, isIPv4 } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isPublicAddress } from "./public-address.js";

/**
 * IANA's registry of special-purpose IPv4 addresses, and what it leaves to others: multicast. Of each range the first
 * and the last address, and what stands on both sides of it where that is public.
 */
const ipv4Ranges: readonly SpecialRange[] = [
  { name: "this network, RFC 791", range: "0.0.0.0/8", last: "0.255.255.255", outside: ["1.0.0.0"] },
  { name: "private, RFC 1918", range: "10.0.0.0/8", last: "10.255.255.255", outside: ["9.255.255.255", "11.0.0.0"] },
  {
    name: "shared, RFC 6598",
    range: "100.64.0.0/10",
    last: "100.127.255.255",
    outside: ["100.63.255.255", "100.128.0.0"],
  },
  { name: "loopback", range: "127.0.0.0/8", last: "127.255.255.255", outside: ["126.255.255.255", "128.0.0.0"] },
  { name: "link-local", range: "169.254.0.0/16", last: "169.254.255.255", outside: ["169.253.255.255", "169.255.0.0"] },
  { name: "private", range: "172.16.0.0/12", last: "172.31.255.255", outside: ["172.15.255.255", "172.32.0.0"] },
  { name: "assignments of the IETF", range: "192.0.0.0/24", last: "192.0.0.255", outside: ["191.255.255.255"] },
  { name: "documentation 1", range: "192.0.2.0/24", last: "192.0.2.255", outside: ["192.0.1.255", "192.0.3.0"] },
  { name: "AS112", range: "192.31.196.0/24", last: "192.31.196.255", outside: ["192.31.195.255", "192.31.197.0"] },
  { name: "AMT", range: "192.52.193.0/24", last: "192.52.193.255", outside: ["192.52.192.255", "192.52.194.0"] },
  { name: "6to4 relays", range: "192.88.99.0/24", last: "192.88.99.255", outside: ["192.88.98.255", "192.88.100.0"] },
  { name: "private", range: "192.168.0.0/16", last: "192.168.255.255", outside: ["192.167.255.255", "192.169.0.0"] },
  {
    name: "direct AS112",
    range: "192.175.48.0/24",
    last: "192.175.48.255",
    outside: ["192.175.47.255", "192.175.49.0"],
  },
  { name: "benchmarks", range: "198.18.0.0/15", last: "198.19.255.255", outside: ["198.17.255.255", "198.20.0.0"] },
  {
    name: "documentation 2",
    range: "198.51.100.0/24",
    last: "198.51.100.255",
    outside: ["198.51.99.255", "198.51.101.0"],
  },
  {
    name: "documentation 3",
    range: "203.0.113.0/24",
    last: "203.0.113.255",
    outside: ["203.0.112.255", "203.0.114.0"],
  },
  { name: "multicast", range: "224.0.0.0/4", last: "239.255.255.255", outside: ["223.255.255.255"] },
  { name: "reserved, and broadcast", range: "240.0.0.0/4", last: "255.255.255.255", outside: [] },
];

/** The same of IPv6. Nothing outside of 2000::/3 is public, so there most ranges have no public neighbours. */
const ipv6Ranges: readonly SpecialRange[] = [
  { name: "unspecified", range: "::/128", last: "::", outside: [] },
  { name: "loopback", range: "::1/128", last: "::1", outside: [] },
  { name: "the first of the space", range: "1::/16", last: "1:ffff:ffff:ffff:ffff:ffff:ffff:ffff", outside: [] },
  {
    name: "NAT64 of a local network",
    range: "64:ff9b:1::/48",
    last: "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
    outside: [],
  },
  { name: "translated, RFC 2765", range: "::ffff:0:0:0/96", last: "::ffff:0:ffff:ffff", outside: [] },
  { name: "discard", range: "100::/64", last: "100::ffff:ffff:ffff:ffff", outside: [] },
  { name: "dummies", range: "100:0:0:1::/64", last: "100::1:ffff:ffff:ffff:ffff", outside: [] },
  {
    name: "assignments of the IETF: Teredo, benchmarks, AMT, AS112, ORCHID, drones",
    range: "2001::/23",
    last: "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
    outside: ["2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"],
  },
  {
    name: "documentation",
    range: "2001:db8::/32",
    last: "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    outside: ["2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"],
  },
  {
    name: "direct AS112",
    range: "2620:4f:8000::/48",
    last: "2620:4f:8000:ffff:ffff:ffff:ffff:ffff",
    outside: ["2620:4f:7fff:ffff:ffff:ffff:ffff:ffff", "2620:4f:8001::"],
  },
  {
    name: "documentation, RFC 9637",
    range: "3fff::/20",
    last: "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
    outside: ["3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  },
  { name: "after global unicast", range: "4000::/2", last: "7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", outside: [] },
  { name: "segment routing", range: "5f00::/16", last: "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", outside: [] },
  { name: "unique local", range: "fc00::/7", last: "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", outside: [] },
  { name: "link-local", range: "fe80::/10", last: "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", outside: [] },
  { name: "site-local", range: "fec0::/10", last: "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", outside: [] },
  { name: "multicast", range: "ff00::/8", last: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", outside: [] },
];

interface SpecialRange {
  readonly name: string;
  readonly range: string;
  readonly last: string;
  readonly outside: readonly string[];
}

describe("a public address", () => {
  test.each([...ipv4Ranges, ...ipv6Ranges])("is none of $range ($name)", ({ range, last, outside }) => {
    const [first = ""] = range.split("/");
    expect([first, last].filter(isPublicAddress)).toEqual([]);
    expect(outside.filter((address) => !isPublicAddress(address))).toEqual([]);
  });

  test.each([...ipv4Ranges])("is none that holds one of $range", ({ range, last, outside }) => {
    const [first = ""] = range.split("/");
    for (const embed of embeddings) {
      expect([first, last].map(embed).filter(isPublicAddress)).toEqual([]);
      expect(outside.map(embed).filter((address) => !isPublicAddress(address))).toEqual([]);
    }
  });

  test.each(["1.1.1.1", "8.8.8.8", "2606:4700::1", "2a00:1450:4001::8", "2000::", "::ffff:8.8.8.8", "2002:808:808::"])(
    "may be %s",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test.each([
    "",
    "example.com",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "08.8.8.8",
    "8.8.8",
    "8.8.8.8 ",
    "8.8.8.8:80",
    "[2606:4700::1]",
    "2606:4700::1%eth0",
    "2606:4700::1/64",
    "64:ff9b::7f00:1",
    "64:ff9b:1::808:808",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "::ffff:7f00:1",
    "::127.0.0.1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
  ])("is not %j", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("of all addresses, those are public that no special range holds", () => {
  // Two lists: one that has both kinds holds an IPv4 address against the ranges of IPv6 too.
  const special = blockList(ipv4Ranges.map(({ range }) => range));
  const specialIPv6 = blockList([...ipv6Ranges.map(({ range }) => range), "::/3", "4000::/2", "8000::/1"]);

  test("in IPv4", () => {
    fc.assert(
      fc.property(near(ipv4Ranges), (address) => {
        expect(isPublicAddress(address), address).toBe(!special.check(address, "ipv4"));
      }),
      { numRuns: 1_500 },
    );
  });

  test("in IPv6, but for those that hold an IPv4 address", () => {
    fc.assert(
      fc.property(near(ipv6Ranges), (address) => {
        fc.pre(!/^\[(::|2002:|64:ff9b::)/.test(new URL(`http://[${address}]`).hostname));
        expect(isPublicAddress(address), address).toBe(!specialIPv6.check(address, "ipv6"));
      }),
      { numRuns: 1_500 },
    );
  });

  test("in IPv6 that holds an IPv4 address, as that is", () => {
    fc.assert(
      fc.property(near(ipv4Ranges), fc.constantFrom(...embeddings), (address, embed) => {
        expect(isPublicAddress(embed(address)), embed(address)).toBe(!special.check(address, "ipv4"));
      }),
      { numRuns: 1_500 },
    );
  });
});

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", bits] = range.split("/");
    list.addSubnet(network, Number(bits), isIPv4(network) ? "ipv4" : "ipv6");
  }
  return list;
}

/** The ways in which an IPv6 address holds an IPv4 address. */
const embeddings: readonly ((ipv4: string) => string)[] = [
  (ipv4) => `::ffff:${ipv4}`,
  (ipv4) => `::ffff:${hex(ipv4)}`,
  (ipv4) => `::${ipv4}`,
  (ipv4) => `64:ff9b::${ipv4}`,
  (ipv4) => `2002:${hex(ipv4)}::1`,
  (ipv4) => `2002:${hex(ipv4)}:1:2:3:4:5`,
];

function hex(ipv4: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split(".").map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** Any address, and addresses at the edges of these ranges. */
function near(ranges: readonly SpecialRange[]): fc.Arbitrary<string> {
  const isV4 = ranges === ipv4Ranges;
  const edges = ranges.flatMap(({ range, last, outside }) => [range.split("/")[0] ?? "", last, ...outside]);
  const edge = fc.constantFrom(...edges);
  if (isV4) {
    const octets = edge.chain((address) =>
      fc.tuple(fc.constant(address.split(".")), fc.nat(3), fc.nat(255)).map(([parts, at, octet]) => {
        return parts.map((part, index) => (index === at ? octet : part)).join(".");
      }),
    );
    return fc.oneof(fc.ipV4(), edge, octets);
  }
  const group = fc.nat(0xffff).map((value) => value.toString(16));
  const groups = fc.tuple(fc.constantFrom("2001", "2620", "3fff", "3ffe", "64", "100", "fe80"), group, group, group);
  const dense = fc.tuple(fc.constantFrom("2001", "2620", "3fff"), fc.constantFrom("0", "db8", "4f", "1ff"), group);
  return fc.oneof(
    fc.ipV6().filter((address) => !address.includes(".")),
    edge,
    groups.map((parts) => `${parts.join(":")}::1`),
    dense.map((parts) => `${parts.join(":")}::1`),
  );
}
