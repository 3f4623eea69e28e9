import { isIP } from "node:net";
import { isPublicAddress } from "./public-address.js";

/** How long a callback's URL may be, in characters, before and after it is normalized. */
export const callbackUrlLengthMax = 2_048;

/**
 * The ports from 1024 on that browsers do not send HTTP to, since what listens there may take a request for commands of
 * its own (WHATWG Fetch §2.9, "bad port").
 */
const badPorts: ReadonlySet<string> = new Set(
  [
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
  ].map(String),
);

/** Names that are resolved inside a machine or a network (RFC 6761 §6.3, RFC 6762 §3, ICANN's `internal`). */
const localNames = ["localhost", "local", "internal"];

export interface CallbackUrlOptions {
  /** Takes `http:`, any port, and hosts inside the network. */
  readonly allowPrivateCallbacks: boolean;
}

export type CheckedCallbackUrl =
  | { readonly kind: "valid"; readonly url: URL }
  | { readonly kind: "invalid"; readonly detail: string };

/**
 * Checks the address that a client wants callbacks sent to. It does not resolve names: what a name stands for may have
 * changed by the next delivery, and is looked at there.
 *
 * @param text what the client sent
 * @returns the URL, or a sentence that says what is wrong with it
 */
export function checkCallbackUrl(text: unknown, { allowPrivateCallbacks }: CallbackUrlOptions): CheckedCallbackUrl {
  if (typeof text !== "string") return invalid("must be text.");
  if (text.length > callbackUrlLengthMax) return invalid(tooLong);
  if (/[\0- \x7f]/.test(text)) return invalid("must not hold spaces or control characters.");
  const url = parseUrl(text);
  if (url === undefined) return invalid("must be an absolute URL.");
  const fault = urlFault(url, text) ?? (allowPrivateCallbacks ? unsafeSchemeFault(url) : publicFault(url));
  return fault === undefined ? { kind: "valid", url } : invalid(fault);
}

const tooLong = `must be at most ${callbackUrlLengthMax} characters long.`;

function invalid(fault: string): CheckedCallbackUrl {
  return { kind: "invalid", detail: `A callback URL ${fault}` };
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function urlFault(url: URL, text: string): string | undefined {
  if (url.href.length > callbackUrlLengthMax) return tooLong;
  if (url.username !== "" || url.password !== "") return "must not hold credentials.";
  return text.includes("#") ? "must not have a fragment." : undefined;
}

function unsafeSchemeFault({ protocol }: URL): string | undefined {
  return protocol === "https:" || protocol === "http:" ? undefined : "must begin with https: or http:.";
}

function publicFault({ protocol, port, hostname }: URL): string | undefined {
  if (protocol !== "https:") return "must begin with https:.";
  if (port !== "" && (Number(port) < 1_024 || badPorts.has(port))) {
    return "must have port 443, or one from 1024 on that no other protocol is known for.";
  }
  return isPublicHost(hostname) ? undefined : "must not lead into a private network.";
}

/** By now each spelling of an address is the usual one: WHATWG URL §3.5 folds `0x7f.1`, `2130706433` and the like. */
function isPublicHost(hostname: string): boolean {
  const address = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  if (isIP(address) !== 0) return isPublicAddress(address);
  const name = hostname.endsWith(".") ? hostname.slice(0, -1) : hostname;
  const labels = name.split(".");
  return !labels.includes("") && !localNames.includes(labels.at(-1) ?? "");
}
