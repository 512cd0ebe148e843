import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addressKey, networkKey } from "./address-key.ts";

test("IPv4 addresses are counted one by one, however they are written", () => {
  assert.equal(addressKey("203.0.113.7"), "203.0.113.7");
  assert.equal(addressKey("::ffff:203.0.113.7"), "203.0.113.7");
  assert.notEqual(addressKey("203.0.113.7"), addressKey("203.0.113.8"));
});

test("IPv6 addresses are counted by their first 64 bits, however they are written", () => {
  const key = addressKey("2001:db8:1:2:3:4:5:6");
  assert.equal(addressKey("2001:0db8:0001:0002::1"), key);
  assert.equal(addressKey("2001:DB8:1:2::"), key);
  assert.equal(addressKey("2001:db8:1:2::9%eth0"), key);
  assert.notEqual(addressKey("2001:db8:1:3::1"), key);
  assert.equal(addressKey("2001:db8::1"), addressKey("2001:db8:0:0:ffff::"));
  assert.equal(addressKey("::1"), "0:0:0:0::/64");
});

test("a network is 256 IPv4 addresses, or the first 56 bits of an IPv6 one", () => {
  assert.equal(networkKey("203.0.113.7"), "203.0.113.0/24");
  assert.equal(networkKey("::ffff:203.0.113.9"), "203.0.113.0/24");
  assert.notEqual(networkKey("203.0.114.7"), networkKey("203.0.113.7"));
  assert.equal(networkKey("2001:db8:1:2ff:3::1"), networkKey("2001:db8:1:200::9%eth0"));
  assert.notEqual(networkKey("2001:db8:1:2ff::1"), networkKey("2001:db8:1:300::1"));
  assert.equal(networkKey("::1"), networkKey("::2"));
});

test("any text has keys", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.equal(typeof addressKey(text), "string");
      assert.equal(typeof networkKey(text), "string");
    }),
  );
});
