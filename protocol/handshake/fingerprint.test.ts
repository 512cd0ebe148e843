import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { fingerprintOf, parseFingerprint } from "./fingerprint.ts";
import { failsWith } from "./test/peers.ts";

const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 });

test("a fingerprint is the SHA-256 of the key in the base64 that SSH shows", () => {
  const zeros = new Uint8Array(32);
  assert.equal(fingerprintOf(zeros), "SHA256:Zmh6rfhivXdsj8GLjp+OIAiXFIVu4jOzkCpZHQ1fKSU");
  const asSsh = fc.property(anyKey, (key) => {
    const digest = createHash("sha256").update(key).digest("base64").replace("=", "");
    assert.equal(fingerprintOf(key), `SHA256:${digest}`);
  });
  fc.assert(asSsh);
});

test("a fingerprint pasted with blanks around it is read as it was shown", () => {
  const roundTrip = fc.property(anyKey, (key) => {
    const shown = fingerprintOf(key);
    assert.equal(parseFingerprint(` ${shown}\r\n`), shown);
  });
  fc.assert(roundTrip);
});

test("what is not a whole fingerprint is refused rather than compared", () => {
  const good = fingerprintOf(new Uint8Array(32));
  const wrong = [
    "",
    "SHA256:",
    good.slice(7),
    good.slice(0, -1),
    `${good}=`,
    `${good}A`,
    good.replace("SHA256", "sha256"),
    good.replace("SHA256", "MD5"),
    // The last letter has two spare bits.
    `${good.slice(0, -1)}V`,
    good.replace("+", "-"),
    good.replace("Z", " "),
  ];
  for (const text of wrong) {
    assert.throws(() => parseFingerprint(text), failsWith("invalid_fingerprint"), text);
  }
});

test("no text makes the reading of a fingerprint fail in another way", () => {
  const anyText = fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.throws(() => parseFingerprint(`SHA256:${text}`), failsWith("invalid_fingerprint"));
  });
  fc.assert(anyText);
});

test("only a key of 32 bytes has a fingerprint", () => {
  assert.throws(() => fingerprintOf(new Uint8Array(31)), failsWith("invalid_key"));
});
