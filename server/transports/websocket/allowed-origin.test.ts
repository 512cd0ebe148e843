import assert from "node:assert/strict";
import { test } from "node:test";
import { isAllowedOrigin } from "./allowed-origin.ts";

const rules = { allowed: ["https://chat.example.org", "https://app.example.org:8443"] };
const host = "192.0.2.1:8082";

const good = [
  undefined,
  "http://192.0.2.1:8082",
  "https://192.0.2.1:8082",
  "https://chat.example.org",
  "https://app.example.org:8443",
];
for (const origin of good) {
  test(`a page of ours may connect: ${origin ?? "no browser"}`, () => {
    assert.equal(isAllowedOrigin({ origin, host }, rules), true);
  });
}

const foreign = [
  "",
  "null",
  "https://evil.example",
  "http://192.0.2.1",
  "http://192.0.2.1:8083",
  "http://192.0.2.1:8082.evil.example",
  "http://192.0.2.1:8082@evil.example",
  "http://user@192.0.2.1:8082",
  "http://192.0.2.1:8082/path",
  "http://192.0.2.1:8082 ",
  "HTTP://192.0.2.1:8082",
  "http://chat.example.org",
  "https://chat.example.org.evil.example",
  "https://chat.example.org:444",
  "https://chat.example.org, https://evil.example",
  "file://192.0.2.1:8082",
  "chrome-extension://192.0.2.1:8082",
];
for (const origin of foreign) {
  test(`a page from elsewhere may not: ${JSON.stringify(origin)}`, () => {
    assert.equal(isAllowedOrigin({ origin, host }, rules), false);
  });
}

test("a host without its port is the port of the page's scheme", () => {
  const page = { origin: "https://192.0.2.1", host: "192.0.2.1" };
  assert.equal(isAllowedOrigin(page, rules), true);
  assert.equal(isAllowedOrigin({ ...page, host: "192.0.2.1:80" }, rules), false);
  assert.equal(isAllowedOrigin({ ...page, host: undefined }, rules), false);
});
