import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LONGEST_PROXY_HEADER, readProxyHeader } from "./proxy-protocol.ts";

const signature = Buffer.from("0d0a0d0a000d0a515549540a", "hex");

function v2(head: readonly [number, number], body: Uint8Array, length = body.length): Buffer {
  return Buffer.concat([signature, Buffer.from([...head, length >> 8, length & 0xff]), body]);
}

const ipv4 = Buffer.from([198, 51, 100, 7, 192, 0, 2, 1, 0x12, 0x34, 0x1f, 0x90]);
const ipv6 = Buffer.concat([
  Buffer.from("20010db8000000000000000000000007", "hex"),
  Buffer.from("20010db8000000000000000000000001", "hex"),
  Buffer.from([0, 1, 0, 2]),
]);
const mappedIpv4 = Buffer.concat([
  Buffer.from("00000000000000000000ffffc6336407", "hex"),
  ipv6.subarray(16),
]);
const extensions = Buffer.from([0x04, 0x00, 0x03, 1, 2, 3]);

const good: Readonly<Record<string, readonly [Buffer, string | undefined]>> = {
  "version 1, IPv4": [
    Buffer.from("PROXY TCP4 198.51.100.7 192.0.2.1 4660 8080\r\n"),
    "198.51.100.7",
  ],
  "version 1, IPv6": [Buffer.from("PROXY TCP6 2001:db8::7 2001:db8::1 1 65535\r\n"), "2001:db8::7"],
  "version 1, unknown": [Buffer.from("PROXY UNKNOWN\r\n"), undefined],
  "version 1, unknown with more": [
    Buffer.from("PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n"),
    undefined,
  ],
  "version 2, IPv4": [v2([0x21, 0x11], ipv4), "198.51.100.7"],
  "version 2, IPv6": [v2([0x21, 0x21], ipv6), "2001:db8::7"],
  "version 2, IPv4 in IPv6": [v2([0x21, 0x21], mappedIpv4), "198.51.100.7"],
  "version 2 with extensions": [
    v2([0x21, 0x11], Buffer.concat([ipv4, extensions])),
    "198.51.100.7",
  ],
  "version 2, the proxy itself": [v2([0x20, 0x00], Buffer.alloc(0)), undefined],
  "version 2, the proxy itself, with addresses": [v2([0x20, 0x11], ipv4), undefined],
  "version 2, unspecified": [v2([0x21, 0x00], Buffer.alloc(0)), undefined],
  "version 2, a Unix socket": [v2([0x21, 0x31], Buffer.alloc(216)), undefined],
};

for (const [what, [header, client]] of Object.entries(good)) {
  test(`a header is read at its last byte and not before, and nothing behind it: ${what}`, () => {
    for (let length = 0; length < header.length; length += 1) {
      assert.deepEqual(readProxyHeader(header.subarray(0, length)), { kind: "incomplete" });
    }
    const whole = { kind: "whole", length: header.length, client };
    assert.deepEqual(readProxyHeader(header), whole);
    assert.deepEqual(readProxyHeader(Buffer.concat([header, Buffer.from("PROXY x\r\n")])), whole);
  });
}

const line = (text: string) => Buffer.from(`${text}\r\n`, "latin1");
const hostile: Readonly<Record<string, Buffer>> = {
  "a frame": Buffer.from([0, 0, 0, 2, 123, 125]),
  "a TLS handshake": Buffer.from([0x16, 0x03, 0x01]),
  "an HTTP request": Buffer.from("GET / HTTP/1.1\r\n"),
  "small letters": line("proxy TCP4 1.2.3.4 5.6.7.8 1 2"),
  "no family": line("PROXY "),
  "an unknown family": line("PROXY TCP5 1.2.3.4 5.6.7.8 1 2"),
  "a family of the prototype": line("PROXY constructor 1.2.3.4 5.6.7.8 1 2"),
  UDP: line("PROXY UDP4 1.2.3.4 5.6.7.8 1 2"),
  "no addresses": line("PROXY TCP4"),
  "one address": line("PROXY TCP4 1.2.3.4"),
  "the other family": line("PROXY TCP4 ::1 ::1 1 2"),
  "the other family, turned round": line("PROXY TCP6 1.2.3.4 5.6.7.8 1 2"),
  "an address out of range": line("PROXY TCP4 1.2.3.256 5.6.7.8 1 2"),
  "an octal address": line("PROXY TCP4 01.2.3.4 5.6.7.8 1 2"),
  "a short address": line("PROXY TCP4 1.2.3 5.6.7.8 1 2"),
  "a name": line("PROXY TCP4 localhost 5.6.7.8 1 2"),
  "a zone": line("PROXY TCP6 fe80::1%eth0 ::1 1 2"),
  brackets: line("PROXY TCP6 [::1] [::1] 1 2"),
  "one port": line("PROXY TCP4 1.2.3.4 5.6.7.8 1"),
  "three ports": line("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3"),
  "a port out of range": line("PROXY TCP4 1.2.3.4 5.6.7.8 1 65536"),
  "a port with zeros": line("PROXY TCP4 1.2.3.4 5.6.7.8 1 02"),
  "a port with a sign": line("PROXY TCP4 1.2.3.4 5.6.7.8 +1 2"),
  "two blanks": line("PROXY TCP4  1.2.3.4 5.6.7.8 1 2"),
  "a tab": line("PROXY TCP4\t1.2.3.4 5.6.7.8 1 2"),
  "a blank at the end": line("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 "),
  "a bare line feed": Buffer.from(`PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n${"x".repeat(107)}`),
  "a zero byte": line("PROXY TCP4 1.2.3.4\0 5.6.7.8 1 2"),
  "a line without an end": Buffer.from(`PROXY TCP4 ${"1".repeat(200)}`),
  "an unknown line without an end": Buffer.from(`PROXY UNKNOWN ${"1".repeat(100)}`),
  "an end one byte too late": line(`PROXY UNKNOWN ${"1".repeat(92)}`),
  "version 2 in an unknown version": v2([0x31, 0x11], ipv4),
  "version 2 in version 1": v2([0x11, 0x11], ipv4),
  "version 2, an unknown command": v2([0x22, 0x11], ipv4),
  "version 2, an unknown family": v2([0x21, 0x41], ipv4),
  "version 2, datagrams": v2([0x21, 0x12], ipv4),
  "version 2, no transport": v2([0x21, 0x10], ipv4),
  "version 2, IPv4 cut short": v2([0x21, 0x11], ipv4.subarray(0, 11)),
  "version 2, IPv6 with the length of IPv4": v2([0x21, 0x21], ipv4),
  "version 2, a Unix socket cut short": v2([0x21, 0x31], Buffer.alloc(215)),
  "version 2, longer than anybody needs": v2([0x21, 0x11], ipv4, 2033),
  "version 2, the longest": v2([0x21, 0x11], ipv4, 65_535),
};

for (const [what, bytes] of Object.entries(hostile)) {
  test(`what is no header is refused with a reason: ${what}`, () => {
    const read = readProxyHeader(bytes);
    assert.equal(read.kind, "invalid");
    assert.ok(read.kind === "invalid" && read.reason.length > 0);
  });
}

test("any bytes are read without an exception, and never waited for without end", () => {
  const start = fc.constantFrom(
    Buffer.from("PROXY "),
    Buffer.from("PROXY TCP4 "),
    signature,
    Buffer.alloc(0),
  );
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 300 }), (head, tail) => {
      const read = readProxyHeader(Buffer.concat([head, tail]));
      assert.ok(read.kind !== "whole" || read.length <= head.length + tail.length);
      const padded = Buffer.concat([head, tail, Buffer.alloc(LONGEST_PROXY_HEADER)]);
      assert.notEqual(readProxyHeader(padded).kind, "incomplete");
    }),
    { numRuns: 2000 },
  );
});
