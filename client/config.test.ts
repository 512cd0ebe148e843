import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { ConfigError, type ConfigFlags, type ConfigSurroundings, parseConfig } from "./config.ts";

const around = (env: ConfigSurroundings["env"] = {}, platform = "linux"): ConfigSurroundings => ({
  env,
  platform,
  home: "/home/ann",
  version: "1.2.3",
});

const problemsOf = (flags: ConfigFlags): readonly string[] => {
  try {
    parseConfig(flags, around());
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

test("without a word it is the server that npm start brings up", () => {
  const { endpoint, user, isColoured } = parseConfig({}, around());
  assert.deepEqual(endpoint.address, { host: "127.0.0.1", port: 8080 });
  assert.equal(endpoint.httpUrl.href, "http://127.0.0.1:8082/");
  assert.equal(endpoint.tls, undefined);
  assert.equal(user, undefined);
  assert.equal(isColoured, true);
});

test("everything that is wrong is said at once, by the name of the flag", () => {
  const problems = problemsOf({
    server: "host:x",
    httpUrl: "ftp://y",
    ca: "/nowhere",
    user: "a b",
  });
  assert.deepEqual(
    problems.map((problem) => problem.split(":", 1)[0]),
    ["--server", "--http-url", "--ca", "--user"],
  );
});

test("plaintext over the network is refused until it is asked for", () => {
  const flags = { server: "chat.example", httpUrl: "http://chat.example:8082" };
  assert.match(problemsOf(flags)[0] ?? "", /could read your password/);
  assert.deepEqual(problemsOf({ ...flags, insecure: true }), []);
  assert.deepEqual(problemsOf({ server: "chat.example" }), []);
});

test("a file that is no certificate is not taken for one", () => {
  assert.match(problemsOf({ ca: import.meta.filename })[0] ?? "", /no certificate/);
});

test("sessions are kept where the system keeps such things, or where one says", () => {
  const folder = (env: ConfigSurroundings["env"], platform?: string, accountDir?: string) =>
    parseConfig({ accountDir }, around(env, platform)).accountDir;
  assert.equal(folder({}), join("/home/ann", ".config", "lair-chat"));
  assert.equal(folder({ XDG_CONFIG_HOME: "/x" }), join("/x", "lair-chat"));
  assert.equal(folder({ APPDATA: "/roaming" }, "win32"), join("/roaming", "lair-chat"));
  assert.equal(folder({ LAIR_CLIENT_DIR: "/mine", XDG_CONFIG_HOME: "/x" }), "/mine");
  assert.equal(folder({ LAIR_CLIENT_DIR: "/mine" }, "linux", "/given"), "/given");
});

test("colour is left out where it is not wanted or not there", () => {
  assert.equal(parseConfig({}, around({ NO_COLOR: "1" })).isColoured, false);
  assert.equal(parseConfig({}, around({ NO_COLOR: "" })).isColoured, true);
  assert.equal(parseConfig({}, around({ TERM: "dumb" })).isColoured, false);
});
