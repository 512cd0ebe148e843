import type { ResolvedConfig, Said } from "./config.ts";
import { settingOf } from "./settings.ts";

/** Every setting, its value and where that comes from; secrets are masked. */
export function describeConfig({ said, configFile }: ResolvedConfig): string {
  const rows = said.map((one) => ({
    name: settingOf(one.name).env,
    value: shownValue(one),
    source: one.source === "file" ? (configFile ?? "file") : one.source,
  }));
  const names = Math.max(...rows.map((row) => row.name.length));
  const values = Math.max(...rows.map((row) => row.value.length));
  return rows
    .map((row) => `${row.name.padEnd(names)}  ${row.value.padEnd(values)}  ${row.source}`)
    .join("\n");
}

function shownValue({ name, text }: Said): string {
  const setting = settingOf(name);
  if (text === undefined) return `(${setting.fallback.text})`;
  return setting.isSecret ? "(secret)" : text;
}
