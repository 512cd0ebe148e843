import assert from "node:assert/strict";
import { test } from "node:test";
import type { CommandName } from "@lair-chat/protocol/registry.ts";
import { Handshake } from "./handshake.ts";
import type { Reading } from "./read-payload.ts";
import { sealingOffer } from "./sealing-offer.ts";

function begun(): Handshake {
  const offer = sealingOffer({ noise: undefined, keyExchange: true });
  const handshake = new Handshake({ offer, secure: () => assert.fail("nothing was answered") });
  handshake.begin(["encryption"], new Uint8Array(0));
  return handshake;
}

const request = (name: CommandName, params = {}): Reading => ({
  kind: "request",
  request: { name, requestId: undefined, params },
});

test("once the client's part is there nothing else passes until it is answered", () => {
  const handshake = begun();
  assert.equal(handshake.objectionTo(request("ping")), undefined);
  assert.equal(handshake.objectionTo(request("key_exchange")), undefined);
  for (const name of ["ping", "login", "key_exchange", "client_hello"] as const) {
    assert.equal(handshake.objectionTo(request(name))?.kind, "end");
  }
});

test("a handshake that did not begin is not answered", () => {
  const asked = { name: "key_exchange", requestId: undefined, params: {} } as const;
  assert.throws(() => begun().answer(asked), { code: "invalid_state" });
});
