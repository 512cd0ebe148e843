import type { ConfigInput } from "./config-input.ts";
import { isLoopback } from "./setting-kinds.ts";
import { type SettingName, type SettingValues, settings } from "./settings.ts";

/** Paths of the certificate chain and its key. */
export interface TlsFiles {
  readonly certPath: string;
  readonly keyPath: string;
}

/** Where the certificate comes from; a self-signed one is made and kept beside the database. */
export type TlsSource = TlsFiles | "self-signed";

type Known = Partial<SettingValues>;

/** Settings that are fine one by one and not together; those in `unfit` were reported already. */
export function contradictions(
  known: Known,
  unfit: ReadonlySet<SettingName>,
  { readFile }: Pick<ConfigInput, "readFile">,
): string[] {
  return [
    ...ports(known),
    ...tls(known, unfit, readFile),
    ...plaintext(known),
    ...proxyProtocol(known),
    ...metrics(known, unfit),
  ];
}

/** The certificate to use, once everything has been found right. */
export function tlsSource(values: Known): TlsSource | undefined {
  const { tlsEnabled, tlsCertPath: certPath, tlsKeyPath: keyPath } = values;
  if (!tlsEnabled) return undefined;
  return certPath && keyPath ? { certPath, keyPath } : "self-signed";
}

const portNames = ["tcpPort", "httpPort", "metricsPort"] as const;

function ports(known: Known): string[] {
  return portNames.flatMap((name, index) => {
    const port = known[name];
    const first = portNames.slice(0, index).find((other) => known[other] === port);
    if (port === undefined || port === 0 || first === undefined) return [];
    const { env } = settings[first];
    return [`${settings[name].env}: expected another port than ${env}, got '${port}' for both`];
  });
}

function metrics({ metricsPort, metricsToken }: Known, unfit: ReadonlySet<SettingName>): string[] {
  const isUsed = metricsPort !== undefined || unfit.has("metricsPort");
  if (metricsToken === undefined || isUsed) return [];
  return ["LAIR_METRICS_TOKEN: expected LAIR_METRICS_PORT beside it; without that it is not used"];
}

const pemFiles = [
  {
    name: "tlsCertPath",
    other: "tlsKeyPath",
    holds: "a certificate",
    header: /-----BEGIN (TRUSTED )?CERTIFICATE-----/,
  },
  {
    name: "tlsKeyPath",
    other: "tlsCertPath",
    holds: "a private key",
    header: /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/,
  },
] as const;

function tls(
  known: Known,
  unfit: ReadonlySet<SettingName>,
  readFile: ConfigInput["readFile"],
): string[] {
  return pemFiles.flatMap(({ name, other, holds, header }) => {
    const { env } = settings[name];
    const file = known[name];
    if (file === undefined) {
      // With neither, one is made.
      const isMissing = known.tlsEnabled && known[other] !== undefined && !unfit.has(name);
      return isMissing
        ? [`${env}: expected the path of ${holds} beside ${settings[other].env}`]
        : [];
    }
    if (known.tlsEnabled === false) {
      return [
        `${env}: expected LAIR_TLS_ENABLED to be true beside it; without that it is not used`,
      ];
    }
    const found = pemProblem(file, header, readFile);
    return found === undefined
      ? []
      : [`${env}: expected a readable PEM file with ${holds}, got '${file}' (${found})`];
  });
}

function pemProblem(
  file: string,
  header: RegExp,
  readFile: ConfigInput["readFile"],
): string | undefined {
  try {
    return header.test(readFile(file)) ? undefined : "it has none";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "unreadable";
  }
}

function plaintext({ bindAddress, tlsEnabled, allowPlaintext }: Known): string[] {
  const isOpen = bindAddress !== undefined && !isLoopback(bindAddress);
  if (!isOpen || tlsEnabled !== false || allowPlaintext !== false) return [];
  return [
    `LAIR_BIND_ADDRESS: expected a loopback address, because TLS is off, got '${bindAddress}'; ` +
      "leave LAIR_TLS_ENABLED out, or set LAIR_ALLOW_PLAINTEXT=true behind a proxy that has TLS",
  ];
}

function proxyProtocol({ proxyProtocol: isOn, trustedProxies }: Known): string[] {
  if (isOn !== true || trustedProxies === undefined || trustedProxies.length > 0) return [];
  return [
    "LAIR_PROXY_PROTOCOL: expected LAIR_TRUSTED_PROXIES beside it: it is taken from them only",
  ];
}
