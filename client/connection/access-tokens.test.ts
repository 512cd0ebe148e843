import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import { createAccessTokens } from "./access-tokens.ts";

const expires_at = "2026-03-01T12:00:00.000Z";

function tokens(start: { accessToken?: string; refreshToken?: string }) {
  const log: string[] = [];
  const source = createAccessTokens({
    accessToken: start.accessToken,
    refreshToken: start.refreshToken,
    async refresh(refreshToken) {
      log.push(`use ${refreshToken}`);
      const n = log.length;
      return { token: `access ${n}`, expires_at, refresh_token: `refresh ${n}` };
    },
    async keep(refreshToken) {
      log.push(`keep ${refreshToken}`);
    },
  });
  return { source, log };
}

test("however many need a new token, the refresh token is used once", async () => {
  const { source, log } = tokens({ accessToken: "old", refreshToken: "first" });
  const renewed = await Promise.all([1, 2, 3].map(() => source.renew("old")));
  assert.deepEqual(renewed, ["access 1", "access 1", "access 1"]);
  assert.deepEqual(log, ["use first", "keep refresh 1"]);
});

test("whoever comes late with an old token gets the one that is there", async () => {
  const { source, log } = tokens({ accessToken: "old", refreshToken: "first" });
  const newer = await source.renew("old");
  assert.equal(await source.renew("old"), newer);
  assert.equal(log.length, 2);
});

test("the next refresh token is on disk before the new access token is given out", async () => {
  const { promise: written, resolve: write } = Promise.withResolvers<void>();
  const given: string[] = [];
  const source = createAccessTokens({
    accessToken: undefined,
    refreshToken: "first",
    refresh: async () => ({ token: "new", expires_at, refresh_token: "second" }),
    keep: () => written,
  });
  const current = source.current().then((token) => given.push(token));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(given, []);
  write();
  await current;
  assert.deepEqual(given, ["new"]);
});

test("a failed refresh is tried again with the same token", async () => {
  let fails = true;
  const used: string[] = [];
  const source = createAccessTokens({
    accessToken: undefined,
    refreshToken: "first",
    async refresh(refreshToken) {
      used.push(refreshToken);
      if (fails) throw new ChatError("busy");
      return { token: "new", expires_at };
    },
    keep: async () => undefined,
  });
  await assert.rejects(source.current(), { code: "busy" });
  fails = false;
  assert.equal(await source.current(), "new");
  assert.deepEqual(used, ["first", "first"]);
});

test("without a refresh token the session ends with its access token", async () => {
  const { source } = tokens({ accessToken: "only" });
  assert.equal(await source.current(), "only");
  await assert.rejects(source.renew("only"), { code: "session_expired" });
});
