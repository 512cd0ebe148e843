import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import { type HttpAnswer, startSmallHttp } from "../test/small-http.ts";

const room = "0190f5fe-0000-7000-8000-000000000001";
const json = { "content-type": "application/json" };

function assertRefused(answer: HttpAnswer, status: number, code: string): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  const { error } = answer.body as { error: { code: string; message: string } };
  assert.equal(error.code, code);
  assert.ok(error.message.length > 0);
  assert.match(answer.headers.get("content-type") ?? "", /^application\/json/);
}

test("path, query and body become the parameters of the command, and its result the body", async () => {
  const calls: unknown[] = [];
  const note = (result: object) => (_call: unknown, params: unknown) => {
    calls.push(params);
    return result;
  };
  await using http = await startSmallHttp({
    handlers: {
      join_room: note({ room: { id: room } }),
      list_rooms: note({ rooms: [], has_more: false, total_count: 0 }),
      send_message: note({ message: { content: "hi" } }),
      get_messages: note({ messages: [], has_more: false }),
      logout: note({}),
    },
  });
  const joined = await http.ask("POST", `/rooms/${room}/join`);
  assert.equal(joined.status, 200);
  assert.deepEqual(joined.body, { room: { id: room } });
  await http.ask("GET", "/rooms?limit=5&joined_only=true&search=12&unknown=x");
  const target = { type: "direct_message", recipient: room };
  const sent = await http.ask("POST", "/messages", { target, content: "hi", client_id: null });
  assert.equal(sent.status, 201);
  await http.ask("GET", `/messages?target_type=room&target_id=${room}&before=17`);
  await http.ask("GET", `/messages?target_type=room&target_id=${room}&before=2026-01-01T00:00:00Z`);
  const loggedOut = await http.ask("POST", "/auth/logout", {});
  assert.deepEqual(loggedOut.body, { success: true });
  assert.deepEqual(JSON.parse(JSON.stringify(calls)), [
    { room_id: room },
    { limit: 5, filter: { joined_only: true, search: "12" } },
    { target: { type: "dm", recipient: room }, content: "hi" },
    { target: { type: "room", room_id: room }, before: 17 },
    { target: { type: "room", room_id: room }, before: "2026-01-01T00:00:00Z" },
    {},
  ]);
});

test("what the path names can't be named otherwise by the body", async () => {
  const seen: unknown[] = [];
  await using http = await startSmallHttp({
    handlers: { join_room: (_call, params) => ({ count: seen.push(params) }) },
  });
  const other = "0190f5fe-0000-7000-8000-000000000002";
  await http.ask("POST", `/rooms/${room}/join`, { room_id: other });
  assert.deepEqual(seen, [{ room_id: room }]);
});

test("a query that does not fit its declaration is refused and names the field", async () => {
  await using http = await startSmallHttp({ handlers: { list_rooms: () => ({}) } });
  for (const query of ["limit=abc", "limit=1&limit=2", "limit=0", "limit=1e3", "offset=-1"]) {
    const answer = await http.ask("GET", `/rooms?${query}`);
    assertRefused(answer, 400, "validation_failed");
    const { details } = answer.body["error"] as { details: { field: string } };
    assert.equal(details.field, query.split("=")[0]);
  }
});

test("errors have the status of the table, and those to wait for say how long", async () => {
  const errors = [
    new ChatError("room_not_found"),
    new ChatError("already_member", { details: { since: 1 } }),
    new ChatError("busy", { retryAfter: 3 }),
  ];
  await using http = await startSmallHttp({
    handlers: {
      join_room: () => {
        throw errors.shift();
      },
    },
  });
  assertRefused(await http.ask("POST", `/rooms/${room}/join`), 404, "room_not_found");
  const second = await http.ask("POST", `/rooms/${room}/join`);
  assertRefused(second, 409, "already_member");
  assert.deepEqual((second.body["error"] as { details: unknown }).details, { since: 1 });
  const third = await http.ask("POST", `/rooms/${room}/join`);
  assertRefused(third, 503, "busy");
  assert.equal(third.headers.get("retry-after"), "3");
  assert.equal((third.body["error"] as { retry_after: unknown }).retry_after, 3);
});

test("a fault of ours is logged, and the answer says nothing of it", async () => {
  await using http = await startSmallHttp({
    handlers: {
      get_current_user: () => {
        throw new Error("SELECT secret FROM /var/lib");
      },
    },
  });
  const answer = await http.ask("GET", "/users/me");
  assertRefused(answer, 500, "internal_error");
  assert.doesNotMatch(JSON.stringify(answer.body), /secret|var/);
  assert.match(http.errors.join(), /secret/);
});

test("a token is asked for where one is needed, and what is wrong with it is said", async () => {
  await using http = await startSmallHttp({
    handlers: {
      get_current_user: (call) => ({ user: call.session?.username }),
      login: (call) => ({ session: call.session ?? null }),
    },
  });
  const as = (authorization?: string) =>
    http.fetch(
      "/api/v1/users/me",
      authorization === undefined ? {} : { headers: { authorization } },
    );
  assert.deepEqual((await as("Bearer ann")).body, { user: "ann" });
  assert.deepEqual((await as("bearer ann")).body, { user: "ann" });
  assertRefused(await as(), 401, "unauthorized");
  assertRefused(await as("Basic YTpi"), 401, "invalid_token");
  assertRefused(await as("Bearer stale"), 401, "token_expired");
  const body = JSON.stringify({ identifier: "ann", password: "x" });
  const headers = { ...json, authorization: "Bearer stale" };
  const login = await http.fetch("/api/v1/auth/login", { method: "POST", headers, body });
  assert.deepEqual(login.body, { session: null });
});

test("a refresh token works beside a stale access token, which alone is said to be stale", async () => {
  await using http = await startSmallHttp({
    handlers: {
      refresh: (_call, { refresh_token: token }) => {
        if (token === undefined) throw new ChatError("unauthorized");
        return { token: "new" };
      },
    },
  });
  const refresh = (body: object) =>
    http.fetch("/api/v1/auth/refresh", {
      method: "POST",
      headers: { ...json, authorization: "Bearer stale" },
      body: JSON.stringify(body),
    });
  assert.equal((await refresh({ refresh_token: "0123456789abcdef" })).body["token"], "new");
  assertRefused(await refresh({}), 401, "token_expired");
});

test("what is not there, another method and another media type have their own errors", async () => {
  await using http = await startSmallHttp();
  assertRefused(await http.fetch("/"), 404, "not_found");
  assertRefused(await http.fetch("/api/v1/nowhere"), 404, "not_found");
  assertRefused(await http.fetch("/api/v1/rooms/%zz"), 400, "invalid_message");
  const wrongMethod = await http.fetch("/api/v1/rooms", { method: "DELETE" });
  assertRefused(wrongMethod, 405, "method_not_allowed");
  assert.deepEqual(wrongMethod.headers.get("allow")?.split(", ").sort(), ["GET", "POST"]);
  assertRefused(await http.fetch("/health", { method: "POST" }), 405, "method_not_allowed");
  const form = { method: "POST", body: new URLSearchParams({ a: "b" }) };
  assertRefused(await http.fetch("/api/v1/auth/login", form), 415, "unsupported_media_type");
});

test("bodies are read as frames are: bounded, strict JSON, an object", async () => {
  await using http = await startSmallHttp({ handlers: { login: () => ({}) } });
  const post = (body: string) =>
    http.fetch("/api/v1/auth/login", { method: "POST", headers: json, body });
  assertRefused(await post("{"), 400, "invalid_message");
  assertRefused(await post("[]"), 400, "invalid_message");
  assertRefused(await post('{"a":1,"a":2}'), 400, "invalid_message");
  assertRefused(await post('{"__proto__":{"x":1}}'), 400, "invalid_message");
  assertRefused(await post("[".repeat(1_000)), 400, "invalid_message");
  assertRefused(await post(`{"a":"${"x".repeat(65 * 1024)}"}`), 413, "frame_too_large");
  assertRefused(await post('{"identifier":""}'), 400, "validation_failed");
});

test("security headers are on every answer, errors included", async () => {
  await using http = await startSmallHttp();
  for (const path of ["/health", "/nowhere", "/api/v1/rooms", "/api/v1/rooms/%zz"]) {
    const { headers } = await http.fetch(path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("access-control-allow-origin"), null);
    assert.equal(headers.get("strict-transport-security"), null);
  }
});

test("limits are counted per address or user, and their state is in the headers", async () => {
  const rate = { perSecond: 1 / 60, burst: 2 };
  await using http = await startSmallHttp({
    handlers: { login: () => ({}), list_rooms: () => ({}) },
    rates: { login: rate, apiUser: { ...rate, burst: 3 }, api: rate },
  });
  const body = JSON.stringify({ identifier: "ann", password: "x" });
  const login = () => http.fetch("/api/v1/auth/login", { method: "POST", headers: json, body });
  const first = await login();
  assert.equal(first.headers.get("x-ratelimit-limit"), "2");
  assert.equal(first.headers.get("x-ratelimit-remaining"), "1");
  assert.equal(first.headers.get("x-ratelimit-reset"), "60");
  await login();
  const third = await login();
  assertRefused(third, 429, "rate_limited");
  assert.equal(third.headers.get("retry-after"), "60");
  assert.equal((await http.ask("GET", "/rooms")).headers.get("x-ratelimit-limit"), "3");
});

test("guessing tokens is limited by the address", async () => {
  const rate = { perSecond: 1 / 60, burst: 2 };
  await using http = await startSmallHttp({ rates: { api: rate } });
  const guess = () => http.fetch("/api/v1/users/me", { headers: { authorization: "Bearer bad" } });
  assertRefused(await guess(), 401, "invalid_token");
  assertRefused(await http.fetch("/api/v1/users/me"), 401, "unauthorized");
  assertRefused(await guess(), 429, "rate_limited");
});

test("whoever watches the server learns whether it lives and whether it can serve", async () => {
  let ready = true;
  const checkReady = async () => {
    if (!ready) throw new Error("no database");
    return { ready: false, checks: { database: "the disk is full" } };
  };
  await using http = await startSmallHttp({ checkReady });
  assert.deepEqual((await http.fetch("/health")).body, { status: "ok", version: "1.2.3" });
  assert.equal((await http.fetch("/livez")).status, 200);
  assert.equal((await http.fetch("/health", { method: "HEAD" })).status, 200);
  const full = await http.fetch("/readyz");
  assert.equal(full.status, 503);
  assert.deepEqual(full.body, { ready: false, checks: { database: "the disk is full" } });
  ready = false;
  assert.deepEqual((await http.fetch("/ready")).body, { ready: false, checks: {} });
  assert.match(http.errors.join(), /no database/);
});

test("two Host headers and a whole URL as the target are refused", async () => {
  await using http = await startSmallHttp();
  const close = "connection: close\r\n\r\n";
  const twice = await http.raw(`GET /health HTTP/1.1\r\nhost: a\r\nHost: b\r\n${close}`);
  assert.match(twice, /^HTTP\/1.1 400 .*"invalid_message"/s);
  const absolute = await http.raw(`GET http://a/health HTTP/1.1\r\nhost: a\r\n${close}`);
  assert.match(absolute, /^HTTP\/1.1 400 .*"invalid_message"/s);
  assert.match(await http.raw(`GET /health HTTP/1.1\r\nhost: a\r\n${close}`), /^HTTP\/1.1 200/);
});

test("what is no HTTP, or has endless headers, gets an error and a close", async () => {
  await using http = await startSmallHttp();
  const tls = await http.raw("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n");
  assert.match(tls, /^HTTP\/1.1 400 .*"invalid_message"/s);
  const endless = `GET / HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(9_000)}\r\n\r\n`;
  assert.match(await http.raw(endless), /^HTTP\/1.1 431 .*"frame_too_large"/s);
  const smuggled =
    "POST /health HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked";
  assert.match(await http.raw(`${smuggled}\r\n\r\n0\r\n\r\n`), /^HTTP\/1.1 400 /);
  assert.equal((await http.fetch("/health")).status, 200);
});

test("connections are bounded and given back", async () => {
  await using http = await startSmallHttp({ maxConnections: 1 });
  const held = net.connect(http.listener.port, "127.0.0.1");
  held.write("GET /livez HTTP/1.1\r\nhost: a\r\n\r\n");
  await new Promise((resolve) => held.once("data", resolve));
  assert.equal(await http.raw("GET /livez HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"), "");
  held.destroy();
  while (http.admission.open > 0) await new Promise(setImmediate);
  assert.equal((await http.fetch("/livez")).status, 200);
});

test("closing answers what was asked and lets nobody in", async () => {
  const gate = Promise.withResolvers<object>();
  const asked = Promise.withResolvers<void>();
  await using http = await startSmallHttp({
    handlers: {
      get_current_user: () => {
        asked.resolve();
        return gate.promise;
      },
    },
  });
  const answer = http.ask("GET", "/users/me");
  await asked.promise;
  const closed = http.listener.close(10_000);
  await assert.rejects(http.fetch("/health"));
  gate.resolve({ user: "ann" });
  assert.equal((await answer).status, 200);
  await closed;
});

test("closing cuts whoever takes too long", async () => {
  const asked = Promise.withResolvers<void>();
  await using http = await startSmallHttp({
    handlers: {
      get_current_user: () => {
        asked.resolve();
        return new Promise(() => undefined);
      },
    },
  });
  const answer = assert.rejects(http.ask("GET", "/users/me"));
  await asked.promise;
  await http.listener.close(20);
  await answer;
});
