import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseConfig, resolveConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import type { ConfigInput } from "./config-input.ts";
import { configurationMarkdown } from "./configuration-doc.ts";
import { describeConfig } from "./describe-config.ts";
import { settingNames, settingOf, tomlKey } from "./settings.ts";

const goodSecret = "k3J9s8dfKJ23lkjQdf9834jlkZdf98234lkjXdf";
const pem = {
  "/etc/cert.pem": "-----BEGIN CERTIFICATE-----\n",
  "/etc/key.pem": "-----BEGIN EC PRIVATE KEY-----\n",
};
const withTls = {
  LAIR_TLS_ENABLED: "true",
  LAIR_TLS_CERT_PATH: "/etc/cert.pem",
  LAIR_TLS_KEY_PATH: "/etc/key.pem",
};

interface Given {
  readonly env?: ConfigInput["env"];
  readonly flags?: ConfigInput["flags"];
  readonly configFile?: string;
  readonly files?: Readonly<Record<string, string>>;
}

function input({ env = {}, flags = {}, configFile, files = {} }: Given): ConfigInput {
  return {
    env,
    flags,
    configFile,
    cwd: "/srv/lair",
    readFile: (path) => {
      const text = files[path];
      if (text !== undefined) return text;
      throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    },
  };
}

function problems(given: Given): readonly string[] {
  try {
    parseConfig(input(given));
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  return [];
}

test("with nothing said the defaults hold", () => {
  const config = parseConfig(input({}));
  assert.equal(config.tcpPort, 8080);
  assert.equal(config.httpPort, 8082);
  assert.equal(config.bindAddress, "127.0.0.1");
  assert.deepEqual(config.database, {
    kind: "sqlite",
    file: "/srv/lair/lair-chat.db",
    create: true,
  });
  assert.equal(config.registration, "open");
  assert.equal(config.maxConnectionsPerAddress, 1000);
  assert.equal(config.tls, undefined);
  assert.equal(config.jwtSecret, undefined);
  assert.deepEqual(config.limitMessages, { perSecond: 20, burst: 60 });
  assert.deepEqual(config.limitLogin, { perSecond: 10 / 60, burst: 10 });
});

test("lists are separated by commas", () => {
  const env = {
    LAIR_TRUSTED_PROXIES: "10.0.0.0/8, 192.0.2.1,fd00::/8,::1",
    LAIR_WS_ALLOWED_ORIGINS: "https://a.example, http://localhost:3000",
  };
  const config = parseConfig(input({ env }));
  assert.deepEqual(config.trustedProxies, [
    { address: "10.0.0.0", prefix: 8 },
    { address: "192.0.2.1", prefix: 32 },
    { address: "fd00::", prefix: 8 },
    { address: "::1", prefix: 128 },
  ]);
  assert.deepEqual(config.wsAllowedOrigins, ["https://a.example", "http://localhost:3000"]);
  assert.deepEqual(parseConfig(input({})).trustedProxies, []);
});

test("the PROXY protocol without a proxy to take it from is a mistake", () => {
  const [problem] = problems({ env: { LAIR_PROXY_PROTOCOL: "true" } });
  assert.match(problem ?? "", /^LAIR_PROXY_PROTOCOL: expected LAIR_TRUSTED_PROXIES/);
});

test("beyond loopback the defaults are stricter", () => {
  const env = { ...withTls, LAIR_BIND_ADDRESS: "0.0.0.0" };
  const config = parseConfig(input({ env, files: pem }));
  assert.equal(config.registration, "invite");
  assert.equal(config.maxConnectionsPerAddress, 64);
  assert.deepEqual(config.tls, { certPath: "/etc/cert.pem", keyPath: "/etc/key.pem" });
});

test("flags come before the environment, that before the file, and that before the default", () => {
  const files = { "/srv/lair/lair.toml": "tcp_port = 1\nhttp_port = 2\nlog_level = 'warn'" };
  const given = {
    files,
    flags: { tcpPort: "100" },
    env: { LAIR_CONFIG: "lair.toml", LAIR_TCP_PORT: "10", LAIR_HTTP_PORT: "20" },
  };
  const { config, said } = resolveConfig(input(given));
  assert.equal(config.tcpPort, 100);
  assert.equal(config.httpPort, 20);
  assert.equal(config.logLevel, "warn");
  const sources = Object.fromEntries(said.map((one) => [one.name, one.source]));
  assert.equal(sources["tcpPort"], "command line");
  assert.equal(sources["httpPort"], "environment");
  assert.equal(sources["logLevel"], "file");
  assert.equal(sources["bindAddress"], "default");
});

test("all mistakes are reported at once, each by its name", () => {
  const found = problems({
    flags: { logLevel: "loud" },
    env: { LAIR_TCP_PORT: "80a0", LAIR_JWT_SECRET: "short", LAIR_TPC_PORT: "1" },
  });
  assert.deepEqual(found, [
    "LAIR_TPC_PORT: unknown setting (did you mean LAIR_TCP_PORT?)",
    "LAIR_TCP_PORT: expected a port (0 to 65535), got '80a0'",
    "LAIR_JWT_SECRET: expected at least 32 bytes, got 5 bytes (not shown)",
    "--log-level: expected debug, info, warn or error, got 'loud'",
  ]);
});

const wrong: Readonly<Record<string, readonly string[]>> = {
  LAIR_TCP_PORT: ["", " 1", "-1", "65536", "8080.0", "1e3", "0x10", "９"],
  LAIR_BIND_ADDRESS: ["", "example.org", "256.0.0.1", "1.2.3", "01.2.3.4", "::g", "[::1]"],
  LAIR_PUBLIC_URL: ["", "chat.example.org", "ftp://x.org", "https://u:p@x.org", "https://x.org/?a"],
  LAIR_DATABASE_URL: ["", "lair.db", "postgres://x/y", "sqlite:", "sqlite:a.db?mode=ro"],
  LAIR_JWT_SECRET: ["", "x".repeat(31), "x".repeat(64), `change-me-${goodSecret}`],
  LAIR_TLS_ENABLED: ["", "ja", "TRUE!"],
  LAIR_REGISTRATION: ["", "Open", "toString"],
  LAIR_TRUSTED_PROXIES: [
    ",",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0/8",
    "::/129",
    "1.2.3.4/8/8",
    "lb",
  ],
  LAIR_WS_ALLOWED_ORIGINS: ["*", "chat.example.org", "https://x.org/", "ftp://x.org", "null", ","],
  LAIR_TCP_MAX_CONNECTIONS: ["0", "-1", "1000001", "many"],
  LAIR_LIMIT_LOGIN: ["", "0/s", "5", "5/h", "5/toString", "1/s/s", "-1/min", "1.5/s", "OFF"],
};

for (const [name, texts] of Object.entries(wrong)) {
  test(`${name} is refused by name when it is wrong`, () => {
    for (const text of texts) {
      const [first, ...more] = problems({ env: { [name]: text } });
      assert.match(first ?? "nothing was reported", new RegExp(`^${name}: expected `), text);
      assert.deepEqual(more, [], text);
    }
  });
}

test("a secret is never shown, right or wrong", () => {
  const short = "hunter2";
  assert.doesNotMatch(problems({ env: { LAIR_JWT_SECRET: short } }).join(), /hunter2/);
  const printed = describeConfig(resolveConfig(input({ env: { LAIR_JWT_SECRET: goodSecret } })));
  assert.equal(printed.includes(goodSecret), false);
  assert.match(printed, /^LAIR_JWT_SECRET +\(secret\) +environment$/m);
});

test("what is printed names every setting, its value and its source", () => {
  const files = { "/srv/lair/a.toml": "limit_api = 'off'" };
  const printed = describeConfig(resolveConfig(input({ files, configFile: "a.toml" })));
  assert.match(printed, /^LAIR_LIMIT_API +off +\/srv\/lair\/a\.toml$/m);
  assert.equal(printed.split("\n").length, settingNames.length);
});

test("unknown keys, lists and tables in the file are refused", () => {
  const files = { "/srv/lair/a.toml": "tcp_prot = 1\nhttp_port = [1]\n[tcp]\nport = 1" };
  assert.deepEqual(problems({ files, configFile: "a.toml" }), [
    "/srv/lair/a.toml: unknown key 'tcp_prot' (did you mean tcp_port?)",
    "/srv/lair/a.toml: http_port: expected a port, 0 to 65535 (0: any that is free), got a list, table or date",
    "/srv/lair/a.toml: unknown key 'tcp'",
  ]);
});

test("a file that is no TOML is reported by the place, without what stands there", () => {
  const files = { "/srv/lair/a.toml": 'jwt_secret = "hunter2' };
  const [problem = ""] = problems({ files, configFile: "a.toml" });
  assert.match(
    problem,
    /^\/srv\/lair\/a\.toml: expected TOML, found a mistake at line 1, column \d+$/,
  );
});

test("a file that can't be read is reported by the setting that named it", () => {
  assert.deepEqual(problems({ configFile: "gone.toml" }), [
    "--config: expected a readable file, got 'gone.toml' (ENOENT)",
  ]);
  assert.deepEqual(problems({ env: { LAIR_CONFIG: "gone.toml" } }), [
    "LAIR_CONFIG: expected a readable file, got 'gone.toml' (ENOENT)",
  ]);
});

test("TLS needs its certificate and its key, and they need TLS", () => {
  const { LAIR_TLS_KEY_PATH: _key, ...certOnly } = withTls;
  const [missing = ""] = problems({ env: certOnly, files: pem });
  assert.match(missing, /^LAIR_TLS_KEY_PATH: expected the path of a private key/);
  const off = { ...withTls, LAIR_TLS_ENABLED: "false" };
  assert.equal(problems({ env: off, files: pem }).length, 2);
  const swapped = { "/etc/cert.pem": pem["/etc/key.pem"], "/etc/key.pem": pem["/etc/cert.pem"] };
  assert.equal(problems({ env: withTls, files: swapped }).length, 2);
  assert.equal(problems({ env: withTls }).length, 2);
});

test("without a certificate one is made, beyond loopback unasked", () => {
  const tls = (env: ConfigInput["env"]) => parseConfig(input({ env, files: pem })).tls;
  assert.equal(tls({ LAIR_TLS_ENABLED: "true" }), "self-signed");
  assert.equal(tls({ LAIR_BIND_ADDRESS: "0.0.0.0" }), "self-signed");
  const { LAIR_TLS_ENABLED: _on, ...paths } = withTls;
  const files = { certPath: "/etc/cert.pem", keyPath: "/etc/key.pem" };
  assert.deepEqual(tls({ LAIR_BIND_ADDRESS: "0.0.0.0", ...paths }), files);
});

test("plaintext beyond loopback has to be asked for", () => {
  for (const bound of ["0.0.0.0", "::", "192.0.2.1"]) {
    const off = { LAIR_BIND_ADDRESS: bound, LAIR_TLS_ENABLED: "false" };
    const [problem = ""] = problems({ env: off });
    assert.match(problem, /^LAIR_BIND_ADDRESS: expected a loopback address/);
    assert.match(problem, /LAIR_ALLOW_PLAINTEXT/);
    assert.deepEqual(problems({ env: { ...off, LAIR_ALLOW_PLAINTEXT: "yes" } }), []);
    const asked = { LAIR_BIND_ADDRESS: bound, LAIR_ALLOW_PLAINTEXT: "yes" };
    assert.equal(parseConfig(input({ env: asked })).tls, undefined);
  }
  for (const bound of ["localhost", "127.0.0.2", "::1", "0:0:0:0:0:0:0:1"]) {
    assert.deepEqual(problems({ env: { LAIR_BIND_ADDRESS: bound } }), []);
  }
});

test("the two ports differ unless any will do", () => {
  assert.equal(problems({ env: { LAIR_TCP_PORT: "9", LAIR_HTTP_PORT: "9" } }).length, 1);
  assert.equal(problems({ env: { LAIR_TCP_PORT: "0", LAIR_HTTP_PORT: "0" } }).length, 0);
});

test("variables of others are left alone", () => {
  const env = { LAIR_TEST_X: "1", LAIR_CLIENT_THEME: "dark", LAIR_SKIP_SETUP: "1", PATH: "/bin" };
  assert.deepEqual(problems({ env }), []);
});

test("every port that is a port is taken, from everywhere", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65_535 }), fc.nat(2), (port, place) => {
      const text = `${port}`;
      const given = [
        { flags: { tcpPort: text } },
        { env: { LAIR_TCP_PORT: text } },
        { configFile: "/a", files: { "/a": `tcp_port = ${text}` } },
      ][place];
      const ports = { LAIR_HTTP_PORT: "0" };
      const config = parseConfig(input({ ...given, env: { ...ports, ...given?.env } }));
      assert.equal(config.tcpPort, port);
    }),
  );
});

test("whatever is said, it is taken or refused by the names of what was said", () => {
  const names = settingNames.map((name) => settingOf(name).env);
  const settings = fc.dictionary(fc.constantFrom(...names), fc.string({ unit: "binary" }), {
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(settings, (env) => {
      const reported = problems({ env }).map((text) => text.split(":")[0] ?? "");
      for (const name of reported) assert.ok(names.includes(name as (typeof names)[number]), name);
    }),
  );
});

test("nothing that was said can drive the terminal it is reported on", () => {
  const [problem = ""] = problems({ env: { LAIR_TCP_PORT: "\u001b]52;c;AAAA\u0007\r\n" } });
  assert.doesNotMatch(problem, /\p{Cc}/u);
});

test("the documentation has a row for every setting", () => {
  const text = configurationMarkdown();
  for (const name of settingNames) {
    const setting = settingOf(name);
    assert.ok(text.includes(`| \`${setting.env}\` | \`${tomlKey(setting)}\` |`));
  }
});

test("every default is a value its own setting takes", () => {
  for (const name of settingNames) {
    for (const bindAddress of ["127.0.0.1", "0.0.0.0"]) {
      const text = settingOf(name).fallback.of({ bindAddress, allowPlaintext: false });
      assert.equal(text === undefined, !settingOf(name).always);
      if (text !== undefined) {
        assert.deepEqual(problems({ env: { [settingOf(name).env]: text } }), []);
      }
    }
  }
});

test("metrics are off unless a port is named, which has to be one of their own", () => {
  const { metricsPort, metricsToken } = parseConfig(input({}));
  assert.deepEqual([metricsPort, metricsToken], [undefined, undefined]);
  assert.equal(parseConfig(input({ env: { LAIR_METRICS_PORT: "9464" } })).metricsPort, 9464);
  assert.deepEqual(problems({ env: { LAIR_METRICS_PORT: "8082" } }), [
    "LAIR_METRICS_PORT: expected another port than LAIR_HTTP_PORT, got '8082' for both",
  ]);
  assert.deepEqual(problems({ env: { LAIR_TCP_PORT: "8082" } }), [
    "LAIR_HTTP_PORT: expected another port than LAIR_TCP_PORT, got '8082' for both",
  ]);
  const anyFree = { LAIR_TCP_PORT: "0", LAIR_HTTP_PORT: "0", LAIR_METRICS_PORT: "0" };
  assert.equal(parseConfig(input({ env: anyFree })).metricsPort, 0);
});

test("a token for metrics that nobody can ask for is a mistake, and a short one is not told", () => {
  assert.deepEqual(problems({ env: { LAIR_METRICS_TOKEN: goodSecret } }), [
    "LAIR_METRICS_TOKEN: expected LAIR_METRICS_PORT beside it; without that it is not used",
  ]);
  const env = { LAIR_METRICS_PORT: "9464", LAIR_METRICS_TOKEN: "short" };
  assert.deepEqual(problems({ env }), [
    "LAIR_METRICS_TOKEN: expected at least 32 bytes, got 5 bytes (not shown)",
  ]);
});
