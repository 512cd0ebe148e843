import { ConfigError } from "./config-error.ts";
import { readConfigFile } from "./config-file.ts";
import type { ConfigInput } from "./config-input.ts";
import { contradictions, type TlsSource, tlsSource } from "./contradictions.ts";
import { nearest } from "./nearest.ts";
import { Unfit } from "./setting-kinds.ts";
import {
  type Basis,
  flagName,
  type Setting,
  type SettingName,
  type SettingValues,
  settingNames,
  settingOf,
} from "./settings.ts";

/** What the server was told, checked and complete; the parts of it are handed to those who need them. */
export type Config = Omit<SettingValues, "tlsEnabled" | "tlsCertPath" | "tlsKeyPath"> & {
  /** Undefined where all ports are plaintext. */
  readonly tls: TlsSource | undefined;
};

export type Source = "command line" | "environment" | "file" | "default";

/** One setting's text and where it was found. */
export interface Said {
  readonly name: SettingName;
  readonly text: string | undefined;
  readonly source: Source;
}

export interface ResolvedConfig {
  readonly config: Config;
  readonly said: readonly Said[];
  readonly configFile: string | undefined;
}

/** Not ours to read, but not mistakes either: what the tooling, the tests and the client go by. */
const foreign = /^LAIR_(CONFIG|SKIP_SETUP|FAIL|TEST_.*|CLIENT_.*)$/;

/** @throws ConfigError with every mistake there is */
export function parseConfig(input: ConfigInput): Config {
  return resolveConfig(input).config;
}

/** The same, with where each value came from. @throws ConfigError */
export function resolveConfig(input: ConfigInput): ResolvedConfig {
  const file = readConfigFile(input);
  const problems = [...file.problems, ...unknownVariables(input.env)];
  const values: Partial<Record<SettingName, unknown>> = {};
  const said: Said[] = [];
  const unfit = new Set<SettingName>();
  for (const name of settingNames) {
    const found = lookUp(name, { input, file: file.values, basis: basisOf(values) });
    said.push(found);
    if (found.text === undefined) continue;
    const value = settingOf(name).kind.read(found.text, input.cwd);
    if (value instanceof Unfit) {
      unfit.add(name);
      problems.push(mistake(found, value));
    } else values[name] = value;
  }
  problems.push(...contradictions(values as Partial<SettingValues>, unfit, input));
  if (problems.length > 0) throw new ConfigError(problems);
  return { config: finished(values as SettingValues), said, configFile: file.path };
}

function lookUp(
  name: SettingName,
  from: {
    readonly input: ConfigInput;
    readonly file: ReadonlyMap<SettingName, string>;
    readonly basis: Basis;
  },
): Said {
  const setting = settingOf(name);
  const places: readonly (readonly [Source, string | undefined])[] = [
    ["command line", from.input.flags[name]],
    ["environment", from.input.env[setting.env]],
    ["file", from.file.get(name)],
  ];
  const [source, text] = places.find(([, value]) => value !== undefined) ?? [
    "default" as const,
    setting.fallback.of(from.basis),
  ];
  return { name, text, source };
}

function basisOf({ bindAddress, allowPlaintext }: Partial<Record<SettingName, unknown>>): Basis {
  return {
    bindAddress: typeof bindAddress === "string" ? bindAddress : "127.0.0.1",
    allowPlaintext: allowPlaintext === true,
  };
}

function mistake({ name, text = "", source }: Said, { expected }: Unfit): string {
  const setting = settingOf(name);
  return `${nameAt(setting, source)}: expected ${expected}, got ${shown(setting, text)}`;
}

function nameAt(setting: Setting, source: Source): string {
  return source === "command line" ? flagName(setting) : setting.env;
}

const shownCharacters = 80;

function shown(setting: Setting, text: string): string {
  if (setting.isSecret) return `${Buffer.byteLength(text)} bytes (not shown)`;
  // Quoted as JSON, so that nothing in it drives the terminal it is printed on.
  const quoted = JSON.stringify(text.slice(0, shownCharacters)).slice(1, -1);
  return `'${quoted}${text.length > shownCharacters ? "…" : ""}'`;
}

function unknownVariables(env: ConfigInput["env"]): string[] {
  const known = new Set<string>(settingNames.map((name) => settingOf(name).env));
  return Object.keys(env)
    .filter((key) => key.startsWith("LAIR_") && !known.has(key) && !foreign.test(key))
    .map((key) => {
      const meant = nearest(key, known);
      return `${key}: unknown setting${meant === undefined ? "" : ` (did you mean ${meant}?)`}`;
    });
}

function finished(values: SettingValues): Config {
  const { tlsEnabled: _enabled, tlsCertPath: _cert, tlsKeyPath: _key, ...rest } = values;
  // What is optional and was not said has to be there as undefined.
  const { publicUrl, jwtSecret, jwtSecretPrevious, metricsPort, metricsToken } = rest;
  const optional = { publicUrl, jwtSecret, jwtSecretPrevious, metricsPort, metricsToken };
  return { ...rest, ...optional, tls: tlsSource(values) };
}
