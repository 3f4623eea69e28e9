import { ConfigurationError } from "@unclash/core";
import { describeValue, type OptionRule } from "@unclash/core/options";
import ipaddr from "ipaddr.js";
import { header, type RequestFacts } from "../http/request.js";
import { warnOnce } from "../options/warnings.js";

/** Whose `X-Forwarded-For` counts: how many proxies there are before the app, or in which networks they stand. */
export type TrustedProxies = number | readonly string[];

/** The same, resolved once. */
export interface Trust {
  /** What was set, as one text: two that are equal trust the same. */
  readonly id: string;
  /** Whether the sender is trusted that stands so many hops away. */
  trusts(address: Address | undefined, hops: number): boolean;
}

type Address = ReturnType<typeof ipaddr.process>;

/** A count of hops, or a list of addresses and networks. */
export const isTrustedProxies: OptionRule = (value) => {
  const wrong = 'must be a number of hops, or a list of addresses and networks, such as ["10.0.0.0/8", "::1"]';
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0 ? undefined : wrong;
  if (!Array.isArray(value) || value.length === 0) return wrong;
  return value.every((each) => typeof each === "string" && parseNetwork(each) !== undefined) ? undefined : wrong;
};

/** Resolves the option; `undefined` where no proxy is trusted. */
export function resolveTrust(trusted: TrustedProxies | undefined): Trust | undefined {
  if (trusted === undefined || trusted === 0) return undefined;
  if (typeof trusted === "number") return { id: `${trusted}`, trusts: (_address, hops) => hops < trusted };
  const networks = trusted.map((text) => {
    const network = parseNetwork(text);
    if (network === undefined) throw new ConfigurationError("trustedProxies", `holds ${describeValue(text)}`);
    return network;
  });
  const names = networks.map(({ address, bits }) => `${address.toString()}/${bits}`);
  return {
    id: [...new Set(names)].toSorted().join(),
    trusts: (address) => address !== undefined && networks.some((network) => isWithin(address, network)),
  };
}

/** The address of a request's client, and whose word was taken for it. */
interface Found {
  readonly trust: string;
  readonly address: string | undefined;
}

/** By the framework's own request, which all mounts and guards that a request passes have in common. */
const foundAddresses = new WeakMap<object, Found>();

/**
 * The request as it came from the client itself: its `address` is the right-most one that no trusted proxy has. What
 * stands left of that is the client's own word. Where something there is no address, that of the socket counts. It is
 * worked out once for a request, however many mounts and guards it passes.
 */
export function fromClient<Native>(request: RequestFacts<Native>, trust: Trust | undefined): RequestFacts<Native> {
  if (trust === undefined) return request;
  const address = findAddress(request, trust);
  return address === request.address ? request : { ...request, address };
}

function findAddress(request: RequestFacts, trust: Trust): string | undefined {
  const { native } = request;
  const isKept = typeof native === "object" && native !== null;
  const known = isKept ? foundAddresses.get(native) : undefined;
  if (known?.trust === trust.id) return known.address;
  const address = clientAddress(request.address, header(request, "x-forwarded-for"), trust);
  if (known !== undefined) warnOfDifference(known.trust, trust.id);
  else if (isKept) foundAddresses.set(native, { trust: trust.id, address });
  return address;
}

/** One request has come through one row of proxies: where two parts of an app see two, one is mistaken. */
function warnOfDifference(one: string, other: string): void {
  warnOnce(
    "UNCLASH_TRUSTED_PROXIES",
    `${one} ${other}`,
    `A request was seen with trustedProxies ${one}, and then with ${other}, by a mount or guard behind the first: ` +
      "its client may be two to them. Give all of them the same.",
  );
}

/**
 * What tells an anonymous caller apart from others: its address, for the scope of its idempotency keys, for its limits,
 * and for what is its own. A socket that takes IPv6 and IPv4 gives the latter as `::ffff:192.0.2.1`, and another
 * process may not: both are the same caller.
 */
export function anonymousCaller({ address }: Pick<RequestFacts, "address">): string | undefined {
  return address?.startsWith("::ffff:") && address.includes(".") ? address.slice("::ffff:".length) : address;
}

function clientAddress(socket: string | undefined, forwarded: string | undefined, trust: Trust): string | undefined {
  let text = socket;
  let rest = forwarded ?? "";
  for (let hops = 0; rest !== "" && trust.trusts(text === undefined ? undefined : parseAddress(text), hops); hops++) {
    const comma = rest.lastIndexOf(",");
    const sender = parseAddress(withoutPort(rest.slice(comma + 1).trim()));
    if (sender === undefined) return socket;
    text = sender.toString();
    rest = comma === -1 ? "" : rest.slice(0, comma);
  }
  return text;
}

/** Some proxies send the port too: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(text: string): string {
  return /^\[([0-9a-f:.]+)\](?::[0-9]{1,5})?$/i.exec(text)?.[1] ?? /^([0-9.]+):[0-9]{1,5}$/.exec(text)?.[1] ?? text;
}

/** An address as it is usually written; IPv4 inside IPv6 is IPv4. `0x7f.1` and its like are none. */
function parseAddress(text: string): Address | undefined {
  const isAddress = text.includes(":") ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);
  return isAddress ? ipaddr.process(text) : undefined;
}

interface Network {
  readonly address: Address;
  readonly bits: number;
}

function parseNetwork(text: string): Network | undefined {
  const [before = "", bits, ...more] = text.split("/");
  const address = parseAddress(before);
  if (address === undefined || more.length > 0) return undefined;
  const bitsMax = address.kind() === "ipv4" ? 32 : 128;
  const length = bits === undefined ? bitsMax : /^[0-9]{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  return length <= bitsMax ? { address, bits: length } : undefined;
}

function isWithin(address: Address, { address: network, bits }: Network): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}
