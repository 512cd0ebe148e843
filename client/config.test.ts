import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import {
  ConfigError,
  type ConfigFlags,
  type ConfigSurroundings,
  parseConfig,
  parseForget,
} from "./config.ts";

const noiseKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const trustFingerprint = `SHA256:${"A".repeat(43)}`;

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
  assert.equal(endpoint.carrier, "noise");
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

test("a server over the network has TLS, and its Noise channel where one says so", () => {
  const carrierOf = (flags: ConfigFlags) => parseConfig(flags, around()).endpoint.carrier;
  const server = "chat.example";
  assert.equal(carrierOf({ server }), "tls");
  assert.equal(carrierOf({ server, httpUrl: "http://chat.example:8082" }), "noise");
  assert.equal(carrierOf({ server, noise: true }), "noise");
  assert.equal(carrierOf({ server, noiseKey }), "noise");
});

test("a WebSocket goes to the HTTP address, which then names the server", () => {
  const { endpoint } = parseConfig({ websocket: true, httpUrl: "https://chat.example" }, around());
  assert.deepEqual(endpoint.address, { host: "chat.example", port: 443 });
  assert.equal(endpoint.carrier, "websocket");
  const plain = { websocket: true, httpUrl: "http://chat.example:8082" };
  assert.match(problemsOf(plain)[0] ?? "", /could read your password/);
  const both = { websocket: true, httpUrl: "https://chat.example", noise: true };
  assert.match(problemsOf(both)[0] ?? "", /^--websocket: /);
});

test("keys and fingerprints are read or refused, and never shortened", () => {
  const { trust } = parseConfig({ noiseKey: ` ${noiseKey} `, trustFingerprint }, around());
  assert.equal(trust.noiseKey?.length, 32);
  assert.equal(trust.fingerprint, trustFingerprint);
  for (const text of ["", "x", noiseKey.slice(1), `${noiseKey}A`, "SHA256:abc"]) {
    assert.match(problemsOf({ noiseKey: text })[0] ?? "", /^--noise-key: /);
    assert.match(problemsOf({ trustFingerprint: text })[0] ?? "", /^--trust-fingerprint: /);
  }
});

test("no certificate over the network is taken unseen", () => {
  const insecure = true;
  assert.match(problemsOf({ server: "chat.example", insecure })[0] ?? "", /not taken unseen/);
  assert.deepEqual(problemsOf({ server: "chat.example", noise: true, insecure }), []);
  assert.deepEqual(problemsOf({ httpUrl: "https://localhost:8082", insecure }), []);
});

test("the server to be forgotten is named as it is remembered", () => {
  assert.equal(parseForget({}, around()), undefined);
  assert.equal(
    parseForget({ forgetServer: "chat.example" }, around())?.server,
    "chat.example:8080",
  );
  assert.throws(() => parseForget({ forgetServer: "a b" }, around()), ConfigError);
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
