import { expect, test, vi } from "vitest";
import type { RequestFacts } from "../http/request.js";
import { anonymousCaller, fromClient, isTrustedProxies, resolveTrust, type TrustedProxies } from "./client-address.js";

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

/** What a mount or guard knows of a request as it passes, and how often its proxies' word is looked at. */
function passing(native: object) {
  let looks = 0;
  const headers = {
    get "x-forwarded-for"() {
      looks += 1;
      return "6.6.6.6, 1.2.3.4";
    },
  };
  const body = { kind: "parsed", value: undefined } as const;
  const facts = { method: "GET", base: "", path: "/", query: "", headers, address: "10.0.0.1", body, native };
  const at = (trusted: TrustedProxies) => fromClient(facts, resolveTrust(trusted)).address;
  return { at, looks: () => looks };
}

test("the address is worked out once for a request, however many guards and mounts it passes", () => {
  const native = {};
  const { at, looks } = passing(native);
  const { at: atNext, looks: looksNext } = passing(native);
  const found = [at(["10.0.0.0/8", "fd00::/8"]), at(["fd00::/8", "10.0.0.0/8"]), atNext(["fd00::/8", "10.0.0.0/8"])];
  expect(found).toEqual(["1.2.3.4", "1.2.3.4", "1.2.3.4"]);
  expect([looks(), looksNext()]).toEqual([1, 0]);
  const other = passing({});
  expect(other.at(["10.0.0.0/8", "fd00::/8"])).toBe("1.2.3.4");
  expect(other.looks()).toBe(1);
});

test("two guards that trust other proxies each see what they said, and that is warned of once", () => {
  const emitted = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  for (let n = 0; n < 3; n += 1) {
    const { at } = passing({});
    expect([at(1), at(2), at(1)]).toEqual(["1.2.3.4", "6.6.6.6", "1.2.3.4"]);
  }
  const warnings = emitted.mock.calls.map(([text]) => text);
  emitted.mockRestore();
  expect(warnings).toEqual([expect.stringMatching(/^A request was seen with trustedProxies 1, and then with 2,/)]);
});

test.each([
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8::1", "2001:db8::1"],
  [undefined, undefined],
])("an anonymous caller at %s is %s", (address, caller) => {
  expect(anonymousCaller({ address })).toBe(caller);
});
