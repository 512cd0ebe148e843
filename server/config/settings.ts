import type { HashCostName } from "../security/password-hash.ts";
import {
  address,
  addressRanges,
  choice,
  count,
  databaseUrl,
  filePath,
  flag,
  isLoopback,
  type Kind,
  origins,
  port,
  publicUrl,
  rate,
  secret,
} from "./setting-kinds.ts";

/** What holds where nothing is said. */
export interface Fallback {
  /** For the documentation. */
  readonly text: string;
  /** The text that is then read; undefined leaves the setting without a value. */
  of(basis: Basis): string | undefined;
}

/** What defaults are made from; settled by the settings that stand before theirs. */
export interface Basis {
  readonly bindAddress: string;
  readonly allowPlaintext: boolean;
}

export interface Setting<T = unknown, Always extends boolean = boolean> {
  /** Its environment variable, which is also what mistakes in it are reported by. */
  readonly env: `LAIR_${string}`;
  readonly kind: Kind<T>;
  readonly fallback: Fallback;
  /** Whether there is a value at all times. */
  readonly always: Always;
  /** Whether the command line takes it. */
  readonly isFlag: boolean;
  /** Whether its value is never shown. */
  readonly isSecret: boolean;
  readonly about: string;
}

interface Declared<T> {
  readonly kind: Kind<T>;
  readonly about: string;
  readonly isFlag?: boolean;
  readonly isSecret?: boolean;
}

/** A setting that has a value whatever is said. */
function always<T>(
  env: Setting["env"],
  fallback: string | Fallback,
  declared: Declared<T>,
): Setting<T, true> {
  const complete = typeof fallback === "string" ? { text: fallback, of: () => fallback } : fallback;
  return { env, fallback: complete, always: true, isFlag: false, isSecret: false, ...declared };
}

/** A setting that may be missing; `text` says what happens then. */
function optional<T>(env: Setting["env"], text: string, declared: Declared<T>): Setting<T, false> {
  const fallback = { text, of: () => undefined };
  return { env, fallback, always: false, isFlag: false, isSecret: false, ...declared };
}

function dependingOnBind(local: string, beyond: string): Fallback {
  return {
    text: `${local} on a loopback address, ${beyond} beyond`,
    of: ({ bindAddress }) => (isLoopback(bindAddress) ? local : beyond),
  };
}

const tlsByDefault: Fallback = {
  text: "false on a loopback address and with LAIR_ALLOW_PLAINTEXT, true beyond",
  of: ({ bindAddress, allowPlaintext }) => `${!(isLoopback(bindAddress) || allowPlaintext)}`,
};

/** An empty list. */
const nothing: Fallback = { text: "an empty list", of: () => "" };

const hashings = ["default", "production"] as const satisfies readonly HashCostName[];

/** Every setting of the server. The command line, the checks, `config print` and the documentation come from here. */
export const settings = {
  tcpPort: always("LAIR_TCP_PORT", "8080", {
    kind: port,
    isFlag: true,
    about: "Port of the chat protocol.",
  }),
  httpPort: always("LAIR_HTTP_PORT", "8082", {
    kind: port,
    isFlag: true,
    about: "Port of the HTTP API and the WebSocket.",
  }),
  bindAddress: always("LAIR_BIND_ADDRESS", "127.0.0.1", {
    kind: address,
    isFlag: true,
    about: "Address to listen on; 0.0.0.0 or :: for all of them.",
  }),
  publicUrl: optional("LAIR_PUBLIC_URL", "made from the address and port", {
    kind: publicUrl,
    isFlag: true,
    about:
      "How people reach the HTTP API from outside; links are made from it and from nothing else.",
  }),
  database: always("LAIR_DATABASE_URL", "sqlite:lair-chat.db?mode=rwc", {
    kind: databaseUrl,
    isFlag: true,
    about: "Where everything is stored. A relative path is relative to the current directory.",
  }),
  storageMinFreeMib: always("LAIR_STORAGE_MIN_FREE_MIB", "64", {
    kind: count(0, 1_048_576),
    about:
      "Free space, in MiB, below which no new messages are accepted: reading, deleting and signing in go on. 0 never looks.",
  }),
  storageReserveMib: always("LAIR_STORAGE_RESERVE_MIB", "32", {
    kind: count(0, 1_048_576),
    about:
      "Size, in MiB, of a file beside the database that is given up when the disk is really full, so that there is room for deleting and signing in. 0 keeps none.",
  }),
  jwtSecret: optional(
    "LAIR_JWT_SECRET",
    "made on first run and kept in `jwt-secret` beside the database",
    {
      kind: secret,
      isSecret: true,
      about:
        "Key that access tokens are signed with. Changing it makes them all invalid; clients with a refresh token renew theirs.",
    },
  ),
  jwtSecretPrevious: optional("LAIR_JWT_SECRET_PREVIOUS", "no other key is taken", {
    kind: secret,
    isSecret: true,
    about:
      "The key before LAIR_JWT_SECRET: tokens signed with it are still taken, so that changing the key signs nobody out. Leave it out after a day.",
  }),
  allowPlaintext: always("LAIR_ALLOW_PLAINTEXT", "false", {
    kind: flag,
    isFlag: true,
    about:
      "Lets the server listen beyond loopback without TLS, for instance behind a proxy that has it. Passwords travel readable otherwise.",
  }),
  tlsEnabled: always("LAIR_TLS_ENABLED", tlsByDefault, {
    kind: flag,
    isFlag: true,
    about: "TLS on all ports.",
  }),
  tlsCertPath: optional(
    "LAIR_TLS_CERT_PATH",
    "with TLS: self-signed, made on first run and kept in `tls-cert.pem` beside the database",
    {
      kind: filePath,
      isFlag: true,
      about: "The certificate with its chain, PEM. Read again when it changes, and on SIGHUP.",
    },
  ),
  tlsKeyPath: optional("LAIR_TLS_KEY_PATH", "with TLS: `tls-key.pem` beside the database", {
    kind: filePath,
    isFlag: true,
    about: "The certificate's private key, PEM.",
  }),
  noise: always("LAIR_NOISE", "true", {
    kind: flag,
    about:
      "Lets clients seal the chat port themselves where it has no TLS, against the server's key in `noise-key` beside the database.",
  }),
  legacyKeyExchange: always("LAIR_LEGACY_KEY_EXCHANGE", "true", {
    kind: flag,
    about:
      "Lets clients of Lair Chat 1.x seal the chat port by their own exchange where it has no TLS. It hides what is said from those who only listen, and from nobody who stands between.",
  }),
  registration: always("LAIR_REGISTRATION", dependingOnBind("open", "invite"), {
    kind: choice("open", "invite", "closed"),
    isFlag: true,
    about:
      "Who may make an account: everybody, whoever has an invite (see `invite create`), or nobody. The setup token and `user add` work in any case.",
  }),
  passwordHashing: always("LAIR_PASSWORD_HASHING", "default", {
    kind: choice(...hashings),
    about:
      "Cost of Argon2id: 19 MiB and 2 passes, or 64 MiB, 3 passes and 4 lanes. Hashes grow at the next sign-in.",
  }),
  logLevel: always("LAIR_LOG_LEVEL", "info", {
    kind: choice("debug", "info", "warn", "error"),
    isFlag: true,
    about: "The least important thing that is logged.",
  }),
  logFormat: optional("LAIR_LOG_FORMAT", "text on a terminal, json otherwise", {
    kind: choice("json", "text"),
    about: "How the log, which goes to stderr, is written.",
  }),
  metricsPort: optional("LAIR_METRICS_PORT", "there are no metrics", {
    kind: port,
    isFlag: true,
    about:
      "Port of `GET /metrics` for Prometheus. It is on 127.0.0.1 whatever LAIR_BIND_ADDRESS says, without TLS, and asks for LAIR_METRICS_TOKEN. What is told names neither people nor rooms.",
  }),
  metricsToken: optional(
    "LAIR_METRICS_TOKEN",
    "with LAIR_METRICS_PORT: made on first run and kept in `metrics-token` beside the database",
    {
      kind: secret,
      isSecret: true,
      about: "What whoever asks for metrics has to show, as `Authorization: Bearer TOKEN`.",
    },
  ),
  tcpMaxConnections: always("LAIR_TCP_MAX_CONNECTIONS", "10000", {
    kind: count(1, 1_000_000),
    about: "Connections at once, to both ports together; more are turned away.",
  }),
  maxConnectionsPerAddress: always(
    "LAIR_MAX_CONNECTIONS_PER_ADDRESS",
    dependingOnBind("1000", "64"),
    {
      kind: count(1, 1_000_000),
      about: "Connections at once from one address, to both ports together.",
    },
  ),
  maxSigningInPerNetwork: always(
    "LAIR_MAX_SIGNING_IN_PER_NETWORK",
    dependingOnBind("1000", "100"),
    {
      kind: count(1, 1_000_000),
      about:
        "Connections at once that have not signed in, from one network: 256 IPv4 addresses, or an IPv6 /56.",
    },
  ),
  trustedProxies: always("LAIR_TRUSTED_PROXIES", nothing, {
    kind: addressRanges,
    about:
      "Proxies of yours: the client's address is taken from their X-Forwarded-For, and from nobody else's.",
  }),
  proxyProtocol: always("LAIR_PROXY_PROTOCOL", "false", {
    kind: flag,
    about:
      "Whether the trusted proxies put a header of the PROXY protocol, version 1 or 2, in front of each connection to the chat port.",
  }),
  wsAllowedOrigins: always("LAIR_WS_ALLOWED_ORIGINS", nothing, {
    kind: origins,
    about:
      "Web pages that may open a WebSocket, beside those of LAIR_PUBLIC_URL and of the address they connect to.",
  }),
  wsQueryToken: always("LAIR_WS_QUERY_TOKEN", "true", {
    kind: flag,
    about:
      "Lets clients of Lair Chat 1.x sign a WebSocket in by a token in its address, which proxies may write into their logs.",
  }),
  limitRegister: always("LAIR_LIMIT_REGISTER", "5/min", {
    kind: rate,
    about: "New accounts per address.",
  }),
  limitLogin: always("LAIR_LIMIT_LOGIN", "10/min", {
    kind: rate,
    about: "Sign-ins per address.",
  }),
  limitRefresh: always("LAIR_LIMIT_REFRESH", "60/min", {
    kind: rate,
    about: "Token refreshes per address. Beside it each session has ten a minute.",
  }),
  limitApi: always("LAIR_LIMIT_API", "100/min", {
    kind: rate,
    about: "Other requests per address, where nobody is signed in.",
  }),
  limitApiUser: always("LAIR_LIMIT_API_USER", "600/min", {
    kind: rate,
    about: "Other requests per signed-in user.",
  }),
  limitMessages: always("LAIR_LIMIT_MESSAGES", "20/s", {
    kind: rate,
    about: "Messages per user. Three times as many may come at once.",
  }),
} as const;

export type SettingName = keyof typeof settings;
type ValueOf<S> =
  S extends Setting<infer T, infer Always> ? (Always extends true ? T : T | undefined) : never;
/** What all settings together say, before they are held against each other. */
export type SettingValues = { readonly [N in SettingName]: ValueOf<(typeof settings)[N]> };

export const settingNames = Object.keys(settings) as readonly SettingName[];

export function settingOf(name: SettingName): Setting {
  return settings[name];
}

/** `tcp_port` for LAIR_TCP_PORT. */
export function tomlKey(setting: Setting): string {
  return setting.env.slice("LAIR_".length).toLowerCase();
}

/** `--tcp-port` for LAIR_TCP_PORT. */
export function flagName(setting: Setting): string {
  return `--${tomlKey(setting).replaceAll("_", "-")}`;
}
