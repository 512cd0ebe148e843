import path from "node:path";
import { parse, TomlError } from "smol-toml";
import type { ConfigInput } from "./config-input.ts";
import { nearest } from "./nearest.ts";
import { type SettingName, settingNames, settingOf, tomlKey } from "./settings.ts";

export interface ConfigFile {
  readonly path: string | undefined;
  readonly values: ReadonlyMap<SettingName, string>;
  readonly problems: readonly string[];
}

const byKey: ReadonlyMap<string, SettingName> = new Map(
  settingNames.map((name) => [tomlKey(settingOf(name)), name]),
);

/** What the TOML file says, if one is named. */
export function readConfigFile(input: ConfigInput): ConfigFile {
  const named = input.configFile ?? input.env["LAIR_CONFIG"];
  if (named === undefined) return { path: undefined, values: new Map(), problems: [] };
  const asked = input.configFile === undefined ? "LAIR_CONFIG" : "--config";
  const file = path.resolve(input.cwd, named);
  const nothing = { path: file, values: new Map<SettingName, string>() };
  try {
    return { path: file, ...sorted(file, parse(input.readFile(file))) };
  } catch (error) {
    if (error instanceof TomlError) {
      // Only the place: the library's text quotes the line, which may hold a secret.
      const place = `line ${error.line}, column ${error.column}`;
      return { ...nothing, problems: [`${file}: expected TOML, found a mistake at ${place}`] };
    }
    if (!isSystemError(error)) throw error;
    return {
      ...nothing,
      problems: [`${asked}: expected a readable file, got '${named}' (${error.code})`],
    };
  }
}

function sorted(file: string, found: Readonly<Record<string, unknown>>) {
  const values = new Map<SettingName, string>();
  const problems: string[] = [];
  for (const [key, value] of Object.entries(found)) {
    const name = byKey.get(key);
    if (name === undefined) problems.push(`${file}: ${unknownKey(key)}`);
    else if (isScalar(value)) values.set(name, String(value));
    else
      problems.push(
        `${file}: ${key}: expected ${settingOf(name).kind.form}, got a list, table or date`,
      );
  }
  return { values, problems };
}

function unknownKey(key: string): string {
  const meant = nearest(key, byKey.keys());
  return `unknown key '${key}'${meant === undefined ? "" : ` (did you mean ${meant}?)`}`;
}

function isScalar(value: unknown): value is string | number | bigint | boolean {
  return ["string", "number", "bigint", "boolean"].includes(typeof value);
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}
