import assert from "node:assert/strict";
import { after, before as beforeAll, test } from "node:test";
import { ask, type Chat, codeOf, password, startChat } from "./chatting.ts";

let chat: Chat;
beforeAll(async () => {
  chat = await startChat();
});
after(() => chat[Symbol.asyncDispose]());

const newPassword = "quite another one";

test("a changed password ends all other sessions and keeps this one", async () => {
  const ann = await chat.register("ann");
  const elsewhere = await chat.connect();
  const other = await elsewhere.call("login", { identifier: "ann", password });
  await using second = await ann.connect();
  const changed = await ann.client.call("change_password", {
    current_password: password,
    new_password: newPassword,
  });
  assert.deepEqual(changed, {});
  await elsewhere.expects("error", ({ code }) => code === "session_not_found");
  await elsewhere.closed();
  await ann.client.settle();
  await second.settle();
  const asked = await ask(chat.server, other.token, { method: "GET", path: "/users/me" });
  assert.equal(codeOf(asked), "session_not_found");
  assert.equal((await ann.http("GET", "/users/me")).status, 200);
  const refreshed = await ann.client.call("refresh", { refresh_token: ann.refreshToken });
  assert.ok(refreshed.token);
  const old = await (await chat.connect()).refusal("login", { identifier: "ann", password });
  assert.equal(old.code, "invalid_credentials");
  await chat.signIn("ann", newPassword);
});

test("a refresh token of a session that the change ended is worth nothing", async () => {
  const bea = await chat.register("bea");
  const elsewhere = await chat.connect();
  const device = { device_id: bea.id as never };
  const other = await elsewhere.call("login", { identifier: "bea", password, ...device });
  const change = { current_password: password, new_password: newPassword };
  const answer = await bea.http("POST", "/auth/change-password", change);
  assert.deepEqual([answer.status, answer.body], [200, { success: true }]);
  const refresh = { refresh_token: other.refresh_token };
  const refused = await ask(chat.server, undefined, {
    method: "POST",
    path: "/auth/refresh",
    body: refresh,
  });
  assert.equal(codeOf(refused), "invalid_token");
});

test("changing the password takes the current one and a good new one", async () => {
  const cat = await chat.register("cat");
  const wrong = { current_password: "not the password", new_password: newPassword };
  assert.equal((await cat.client.refusal("change_password", wrong)).code, "incorrect_password");
  const weak = { current_password: password, new_password: "password1" };
  assert.equal((await cat.client.refusal("change_password", weak)).code, "password_too_weak");
  const short = await cat.http("POST", "/auth/change-password", { ...weak, new_password: "x" });
  assert.deepEqual([short.status, codeOf(short)], [400, "password_too_weak"]);
  await chat.signIn("cat");
});

test("a stolen session is no way to try passwords", async () => {
  const dan = await chat.register("dan");
  const guess = { current_password: "not the password", new_password: newPassword };
  for (let tries = 0; tries < 5; tries += 1) {
    assert.equal((await dan.client.refusal("change_password", guess)).code, "incorrect_password");
  }
  const right = { current_password: password, new_password: newPassword };
  assert.equal((await dan.client.refusal("change_password", right)).code, "account_locked");
});

test("another e-mail address takes the password, and must be nobody else's", async () => {
  const eva = await chat.register("eva", { email: "eva@example.org" });
  await chat.register("fay", { email: "Fay@example.org" });
  const unasked = await eva.client.refusal("update_profile", { email: "new@example.org" });
  assert.equal(unasked.code, "incorrect_password");
  const taken = { email: "fay@Example.org", current_password: password };
  const answer = await eva.http("PATCH", "/users/me", taken);
  assert.deepEqual([answer.status, codeOf(answer)], [409, "email_taken"]);
  const malformed = await eva.http("PATCH", "/users/me", { ...taken, email: "no address" });
  assert.equal(codeOf(malformed), "email_invalid");
  const changed = await eva.client.call("update_profile", { ...taken, email: "new@example.org" });
  assert.equal(changed.user.email, "new@example.org");
  await chat.signIn("NEW@example.org");
  const same = await eva.client.call("update_profile", { email: "new@example.org" });
  assert.equal(same.user.email, "new@example.org");
  const removed = await eva.client.call("update_profile", {
    email: "",
    current_password: password,
  });
  assert.equal(removed.user.email, "");
  const { user } = await eva.client.call("get_current_user", {});
  assert.equal(user.email, "");
  const gone = await (await chat.connect()).refusal("login", {
    identifier: "new@example.org",
    password,
  });
  assert.equal(gone.code, "invalid_credentials");
});

test("a profile in which nothing is asked for stays as it is", async () => {
  const gus = await chat.register("gus", { email: "gus@example.org" });
  const { user } = await gus.client.call("update_profile", {});
  const me = await gus.client.call("get_current_user", {});
  assert.deepEqual(user, me.user);
});
