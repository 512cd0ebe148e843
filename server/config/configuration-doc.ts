import { flagName, type Setting, settingNames, settingOf, tomlKey } from "./settings.ts";

const head = `# Configuration

<!-- Generated from server/config/settings.ts by \`npm run docs\`. Do not edit. -->

Every setting can be given in up to four places. The first that has it counts:

1. an option on the command line, where the table names one (\`lair-chat-server --tcp-port 9000\`);
2. an environment variable;
3. a TOML file, named by \`--config FILE\` or \`LAIR_CONFIG\`, with the keys of the second column;
4. the default.

Whatever is wrong is reported at once and by name, and the server does not start (exit code 78).
A \`LAIR_*\` variable or a key that is not in this table is a mistake too.
\`lair-chat-server config print\` shows every value in effect and where it came from; secrets are masked.

| Environment | TOML key | Option | Default | Meaning |
| --- | --- | --- | --- | --- |
`;

const tail = `
A file with the same meaning as two of the defaults:

\`\`\`toml
tcp_port = 8080
limit_messages = "20/s"
\`\`\`

Rates: \`N/min\` allows N per minute, all at once if need be; \`N/s\` allows N per second and three
times as many at once; \`off\` sets no limit.
`;

/** The text of docs/configuration.md. */
export function configurationMarkdown(): string {
  return `${head}${settingNames.map((name) => row(settingOf(name))).join("\n")}\n${tail}`;
}

function row(setting: Setting): string {
  const option = setting.isFlag ? `\`${flagName(setting)}\`` : "";
  const fallback = setting.always ? defaultOf(setting) : `(${setting.fallback.text})`;
  const meaning = `${setting.about} Expects ${setting.kind.form}.`;
  const cells = [`\`${setting.env}\``, `\`${tomlKey(setting)}\``, option, fallback, meaning];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function defaultOf({ fallback }: Setting): string {
  return fallback.text.includes(" ") ? fallback.text : `\`${fallback.text}\``;
}
