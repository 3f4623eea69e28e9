import type { LookupAddress, LookupAllOptions } from "node:dns";
import type { LookupFunction } from "node:net";
import { isPublicAddress } from "./public-address.js";

/** Finds all addresses of a name, as `dns.lookup` does. */
export type Resolver = (
  name: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Why a name is not connected to. */
export class LookupRefusal extends Error {
  override readonly name = "LookupRefusal";
  readonly reason: "address" | "resolution";

  constructor(reason: "address" | "resolution", cause?: unknown) {
    super(reason === "address" ? "A name has an address that is not public." : "A name was not resolved.", { cause });
    this.reason = reason;
  }
}

/**
 * The `lookup` of a socket: it resolves the name once, and hands on the very addresses that it has checked. All of
 * them must be public, since the system may connect to any.
 */
export function checkedLookup(resolve: Resolver, allowPrivateCallbacks: boolean): LookupFunction {
  return (name, options, done) => {
    resolve(name, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return done(new LookupRefusal("resolution", error), "");
      const isRefused = !allowPrivateCallbacks && !addresses.every(({ address }) => isPublicAddress(address));
      if (isRefused) return done(new LookupRefusal("address"), "");
      return options.all === true ? done(null, addresses) : done(null, first.address, first.family);
    });
  };
}
