import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AddressError,
  addressLabel,
  defaultHttpUrl,
  httpAddress,
  isLoopback,
  makeEndpoint,
  parseAddress,
  parseHttpUrl,
  securityOf,
  type Wishes,
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

const endpoint = (host: string, httpUrl: string, wishes: Partial<Wishes> = {}) =>
  makeEndpoint(parseAddress(host), parseHttpUrl(httpUrl), {
    isWebSocket: false,
    isNoise: false,
    ...wishes,
  });

test("the chat port has TLS where the HTTP port has, and a Noise channel where not", () => {
  assert.equal(endpoint("chat.example", "https://chat.example:8082").carrier, "tls");
  for (const host of ["::1", "chat.example"]) {
    assert.equal(endpoint(host, "http://[::1]:8082").carrier, "noise");
  }
  const mixed = endpoint("chat.example", "https://chat.example", { isNoise: true });
  assert.equal(mixed.carrier, "noise");
});

test("there is no plaintext but over a WebSocket that stays on this machine", () => {
  const isWebSocket = true;
  const secure = endpoint("chat.example", "https://chat.example", { isWebSocket });
  assert.equal(securityOf(secure), "tls");
  const local = endpoint("localhost", "http://localhost:8082", { isWebSocket });
  assert.equal(securityOf(local), "plaintext");
  assert.throws(
    () => endpoint("localhost", "http://10.0.0.5:8082", { isWebSocket }),
    /everybody on the way to 10\.0\.0\.5/,
  );
});

test("the HTTP port is an address too", () => {
  assert.deepEqual(httpAddress(parseHttpUrl("https://[::1]")), { host: "::1", port: 443 });
  assert.deepEqual(httpAddress(parseHttpUrl("http://a.example")), { host: "a.example", port: 80 });
  assert.deepEqual(httpAddress(parseHttpUrl("http://b:1")), { host: "b", port: 1 });
});

test("an HTTP address is one, and holds no secrets", () => {
  for (const text of ["chat.example", "ftp://chat.example", "http://a:b@c", "http://a/?x", ""]) {
    assert.throws(() => parseHttpUrl(text), AddressError);
  }
});
