import { expect, test } from "vitest";
import type { RequestFacts } from "../http/request.js";
import { fromClient, isTrustedProxies, resolveTrust, type TrustedProxies } from "./client-address.js";

function addressOf(trusted: TrustedProxies | undefined, socket: string | undefined, forwarded?: string) {
  const request: RequestFacts = {
    method: "GET",
    base: "",
    path: "/",
    query: "",
    headers: { "x-forwarded-for": forwarded },
    address: socket,
    body: { kind: "parsed", value: undefined },
    native: undefined,
  };
  return fromClient(request, resolveTrust(trusted)).address;
}

test.each<[TrustedProxies | undefined, string | undefined, string | undefined, string | undefined]>([
  [undefined, "10.0.0.1", "1.2.3.4", "10.0.0.1"],
  [0, "10.0.0.1", "1.2.3.4", "10.0.0.1"],
  [1, "10.0.0.1", undefined, "10.0.0.1"],
  [1, "10.0.0.1", "1.2.3.4", "1.2.3.4"],
  [1, "10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"],
  [2, "10.0.0.1", "6.6.6.6, 1.2.3.4", "6.6.6.6"],
  [3, "10.0.0.1", "6.6.6.6, 1.2.3.4", "6.6.6.6"],
  // A proxy that comes through a socket of the file system has no address.
  [1, undefined, "1.2.3.4", "1.2.3.4"],
  [["10.0.0.0/8"], undefined, "1.2.3.4", undefined],
  [["10.0.0.0/8"], "10.0.0.1", "6.6.6.6, 1.2.3.4, 10.1.1.1", "1.2.3.4"],
  [["10.0.0.0/8"], "::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4"],
  [["10.0.0.0/8"], "192.0.2.1", "1.2.3.4", "192.0.2.1"],
  [["10.0.0.0/8"], "10.0.0.1", "1.2.3.4, unknown", "10.0.0.1"],
  [["10.0.0.0/8"], "10.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2"],
  [["::1", "fd00::/8"], "::1", "2001:db8::1, fd12::1", "2001:db8::1"],
  [["fd00::/8"], "10.0.0.1", "1.2.3.4", "10.0.0.1"],
])("with %j trusted, %s that forwards %s is %s", (trusted, socket, forwarded, address) => {
  expect(addressOf(trusted, socket, forwarded)).toBe(address);
});

test.each([
  -1,
  1.5,
  "1",
  true,
  [],
  [""],
  ["10.0.0.0/33"],
  ["::/129"],
  ["10.0.0/8"],
  ["loopback"],
  ["10.0.0.0/8/8"],
  [1],
])("%j is no trustedProxies", (value) => {
  expect(isTrustedProxies(value)).toMatch(/hops/);
});
