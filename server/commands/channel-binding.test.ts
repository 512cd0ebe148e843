import assert from "node:assert/strict";
import { test } from "node:test";
import type { CommandName } from "@lair-chat/protocol/registry.ts";
import { withChannelBinding } from "./channel-binding.ts";
import type { Call } from "./handler.ts";

/** What reaches the handlers, or the code of the refusal. */
async function ask(name: CommandName, raw: object, how: Partial<Call> = {}): Promise<unknown> {
  const dispatch = withChannelBinding(async (_call, _name, params) => params);
  const call: Call = {
    session: undefined,
    address: "127.0.0.1",
    transport: "tcp",
    strictness: "strict",
    signIn: async () => undefined,
    signOut: () => undefined,
    ...how,
  };
  return dispatch(call, name, raw as Record<string, unknown>).catch(({ code }) => code);
}

const noise = { channelBinding: "right" };
const signIns = ["authenticate", "login", "register", "refresh"] as const;

test("a sign-in bound to its channel goes on, and its handler hears nothing of that", async () => {
  for (const name of signIns) {
    assert.deepEqual(await ask(name, { a: 1, channel_binding: "right" }, noise), { a: 1 });
  }
});

test("a sign-in bound to another channel is refused, whatever channel it comes on", async () => {
  for (const name of signIns) {
    for (const strictness of ["strict", "lenient"] as const) {
      for (const wrong of ["wrong", "", 7, {}, ["right"]]) {
        const raw = { channel_binding: wrong };
        assert.equal(await ask(name, raw, { ...noise, strictness }), "channel_mismatch");
        assert.equal(await ask(name, raw, { strictness }), "channel_mismatch");
        assert.equal(await ask(name, raw, { strictness, transport: "http" }), "channel_mismatch");
      }
    }
  }
});

test("only our own client's authenticate has to be bound, and only on a channel of Noise", async () => {
  for (const name of signIns) {
    const isAuthenticate = name === "authenticate";
    assert.deepEqual(await ask(name, {}, noise), isAuthenticate ? "channel_mismatch" : {});
    assert.deepEqual(await ask(name, {}, { ...noise, strictness: "lenient" }), {});
    assert.deepEqual(await ask(name, {}), {});
  }
});

test("null stands for nothing from a client of 1.x, and is wrong from ours", async () => {
  const raw = { channel_binding: null };
  assert.deepEqual(await ask("login", raw, { ...noise, strictness: "lenient" }), {});
  assert.equal(await ask("login", raw, noise), "channel_mismatch");
});

test("other commands pass as they are", async () => {
  const raw = { channel_binding: "x" };
  assert.equal(await ask("ping", raw), raw);
});
