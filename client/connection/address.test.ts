import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AddressError,
  addressLabel,
  defaultHttpUrl,
  isLoopback,
  makeEndpoint,
  parseAddress,
  parseHttpUrl,
} from "./address.ts";

const readable: Record<string, [host: string, port: number]> = {
  "chat.example.com": ["chat.example.com", 8080],
  "chat.example.com:9000": ["chat.example.com", 9000],
  " localhost:8080 ": ["localhost", 8080],
  "127.0.0.1:1": ["127.0.0.1", 1],
  "::1": ["::1", 8080],
  "[::1]": ["::1", 8080],
  "[::1]:9000": ["::1", 9000],
  "2001:db8::2": ["2001:db8::2", 8080],
  "bücher.example:80": ["xn--bcher-kva.example", 80],
};

for (const [text, [host, port]] of Object.entries(readable)) {
  test(`"${text}" is ${host} at port ${port}`, () => {
    assert.deepEqual(parseAddress(text), { host, port });
  });
}

const unreadable = [
  "",
  ":8080",
  "host:",
  "host:0",
  "host:65536",
  "host:80a",
  "host:-1",
  "a b:80",
  "http://host:8080",
  "[::1",
  "[zz]:80",
  "host:80:90",
  "-x.example",
  "a/b",
  "\u001b[31m",
];

for (const text of unreadable) {
  test(`${JSON.stringify(text)} is refused with the reason`, () => {
    assert.throws(() => parseAddress(text), AddressError);
  });
}

test("an address is written so that it can be read again", () => {
  for (const text of ["[::1]:9000", "localhost:8080"]) {
    assert.equal(addressLabel(parseAddress(text)), text);
  }
});

test("only this machine is loopback", () => {
  for (const host of ["localhost", "LOCALHOST", "a.localhost", "127.8.9.1", "::1", "[::1]"]) {
    assert.ok(isLoopback(host), host);
  }
  for (const host of [
    "localhost.example.com",
    "128.0.0.1",
    "::2",
    "127.0.0.1.nip.io",
    "10.0.0.1",
  ]) {
    assert.ok(!isLoopback(host), host);
  }
});

test("the HTTP port is beside the chat port, with TLS unless it is this machine", () => {
  assert.equal(defaultHttpUrl({ host: "::1", port: 9000 }).href, "http://[::1]:8082/");
  assert.equal(
    defaultHttpUrl({ host: "chat.example", port: 1 }).href,
    "https://chat.example:8082/",
  );
});

test("TLS on the chat port follows the HTTP address", () => {
  const address = parseAddress("chat.example");
  const security = { insecure: false, ca: "PEM" };
  const endpoint = makeEndpoint(address, parseHttpUrl("https://chat.example:8082"), security);
  assert.deepEqual(endpoint.tls, { ca: "PEM", verify: true });
  const local = makeEndpoint(parseAddress("::1"), parseHttpUrl("http://[::1]:8082"), security);
  assert.equal(local.tls, undefined);
});

test("plaintext leaves this machine only when told to", () => {
  const plain = parseHttpUrl("http://10.0.0.5:8082");
  const far = parseAddress("10.0.0.5");
  const strict = { insecure: false, ca: undefined };
  assert.throws(() => makeEndpoint(far, plain, strict), /everybody on the way to 10\.0\.0\.5/);
  assert.throws(() => makeEndpoint(parseAddress("localhost"), plain, strict), AddressError);
  const local = parseHttpUrl("http://localhost:8082");
  assert.throws(() => makeEndpoint(far, local, strict), AddressError);
  assert.equal(makeEndpoint(far, plain, { ...strict, insecure: true }).tls, undefined);
});

test("an HTTP address is one, and holds no secrets", () => {
  for (const text of ["chat.example", "ftp://chat.example", "http://a:b@c", "http://a/?x", ""]) {
    assert.throws(() => parseHttpUrl(text), AddressError);
  }
});
