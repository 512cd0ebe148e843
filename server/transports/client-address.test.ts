import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { clientAddress, trustedIn } from "./client-address.ts";

const isTrusted = trustedIn([
  { address: "10.0.0.0", prefix: 8 },
  { address: "127.0.0.1", prefix: 32 },
  { address: "fd00::", prefix: 8 },
]);

test("an address is trusted when one of the ranges holds it", () => {
  for (const address of ["10.0.0.0", "10.255.1.2", "127.0.0.1", "fd12::1"]) {
    assert.equal(isTrusted(address), true, address);
  }
  for (const address of ["11.0.0.1", "127.0.0.2", "fe80::1", "::1", "unknown", "", "10.0.0"]) {
    assert.equal(isTrusted(address), false, address);
  }
});

test("what a stranger says of where it comes from is not believed", () => {
  assert.equal(clientAddress("203.0.113.9", "198.51.100.1", isTrusted), "203.0.113.9");
  assert.equal(clientAddress("unknown", "198.51.100.1", isTrusted), "unknown");
});

const chains: readonly (readonly [string, string | undefined, string])[] = [
  ["no header", undefined, "10.0.0.1"],
  ["an empty one", "", "10.0.0.1"],
  ["one hop", "198.51.100.1", "198.51.100.1"],
  ["a hop the client made up", "1.2.3.4, 198.51.100.1", "198.51.100.1"],
  ["a trusted address the client made up", "10.9.9.9, 198.51.100.1", "198.51.100.1"],
  ["a second proxy of ours", "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.1"],
  ["only proxies of ours", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
  ["a hop that is no address", "198.51.100.1, unknown", "10.0.0.1"],
  ["one behind a proxy of ours", "198.51.100.1, <x>, 10.0.0.2", "10.0.0.2"],
  ["a port", "198.51.100.1:4711", "198.51.100.1"],
  ["IPv6", "2001:db8::7", "2001:db8::7"],
  ["IPv6 with a port", "[2001:db8::7]:4711", "2001:db8::7"],
  ["IPv4 written as IPv6", "::ffff:198.51.100.1", "198.51.100.1"],
  ["IPv6 with a zone", "fe80::1%eth0", "10.0.0.1"],
];

for (const [what, header, expected] of chains) {
  test(`behind a proxy of ours the client is the last hop that is none: ${what}`, () => {
    assert.equal(clientAddress("10.0.0.1", header, isTrusted), expected);
  });
}

test("whatever is put in front of a chain changes nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (made) => {
      const chain = [...made, "198.51.100.1, 10.0.0.2"].join(",");
      assert.equal(clientAddress("10.0.0.1", chain, isTrusted), "198.51.100.1");
    }),
  );
});
