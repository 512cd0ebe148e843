import { PROTOCOL_VERSION } from "@lair-chat/protocol/version.ts";
import { Command, InvalidArgumentError, Option } from "commander";
import { type Config, parseConfig, resolveConfig } from "../config/config.ts";
import { type ConfigInput, systemInput } from "../config/config-input.ts";
import { describeConfig } from "../config/describe-config.ts";
import { flag } from "../config/setting-kinds.ts";
import { flagName, type SettingName, settingNames, settingOf } from "../config/settings.ts";
import packageInfo from "../package.json" with { type: "json" };

const roles = ["user", "moderator", "admin"] as const;

/** The command line of `lair-chat-server`; `done` is told the exit code of the command that ran. */
export function createProgram(done: (exitCode: number) => void): Command {
  const program = new Command("lair-chat-server")
    .description("Lair Chat server. Without a command it serves.")
    .version(`${packageInfo.version} (protocol ${PROTOCOL_VERSION}, Node ${process.version})`)
    .showHelpAfterError("(lair-chat-server --help lists everything)")
    .exitOverride();
  const input = addSettings(program);
  const config = () => parseConfig(input());
  program
    .command("serve", { isDefault: true })
    .description("run the server (the default)")
    .action(async () => {
      const { serve } = await import("./serve.ts");
      done(await serve(config()));
    });
  program
    .command("migrate")
    .description("bring the database up to date and do nothing else")
    .action(async () => {
      const { migrate } = await import("./migrate.ts");
      migrate(config());
    });
  program
    .command("config")
    .description("what the server is told")
    .command("print")
    .description("show every setting, its value and where that comes from; secrets are masked")
    .action(() => console.log(describeConfig(resolveConfig(input()))));
  addStorageCommands(program, config, done);
  addUserCommands(program, config);
  addInviteCommands(program, config);
  return program;
}

function addInviteCommands(program: Command, config: () => Config): void {
  const invite = program
    .command("invite")
    .description("invites to make an account with; to change any, stop the server first");
  invite
    .command("create")
    .description("make an invite and print its token, once")
    .option("--uses <count>", "accounts that can be made with it", wholeNumber, 1)
    .option("--expires <time>", "how long it is good, in hours or days: 12h, 7d", hoursOf, 7 * 24)
    .option("--note <text>", "what for, for the list")
    .action(async (options: { uses: number; expires: number; note?: string }) => {
      const { createInvite } = await import("./invite-commands.ts");
      const { uses, expires: hours, note } = options;
      await createInvite(config(), { uses, hours, note });
    });
  invite
    .command("list")
    .description("list all invites; the server may be running")
    .action(async () => {
      const { showInvites } = await import("./invite-commands.ts");
      await showInvites(config());
    });
  invite
    .command("revoke <id>")
    .description("make an invite useless; accounts that were made with it stay")
    .action(async (id: string) => {
      const { revokeInvite } = await import("./invite-commands.ts");
      await revokeInvite(config(), id);
    });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError("Say a whole number.");
  return Number(text);
}

const hoursIn: Readonly<Record<string, number>> = { h: 1, d: 24 };

function hoursOf(text: string): number {
  const [, count = "", unit = ""] = /^(\d{1,6})([hd])$/.exec(text) ?? [];
  const hours = Number(count) * (hoursIn[unit] ?? 0);
  if (hours === 0) throw new InvalidArgumentError("Say hours or days, like 12h or 7d.");
  return hours;
}

function addStorageCommands(
  program: Command,
  config: () => Config,
  done: (exitCode: number) => void,
): void {
  program
    .command("backup <file>")
    .description("copy the database, looked through, to a file; the server may be running")
    .option("--force", "replace the file if there is one")
    .action(async (file: string, { force = false }: { force?: boolean }) => {
      const { backup } = await import("./backup.ts");
      await backup(config(), file, force);
    });
  program
    .command("restore <file>")
    .description("put a backup in the place of the database, which is kept; stop the server first")
    .action(async (file: string) => {
      const { restore } = await import("./restore.ts");
      restore(config(), file);
    });
  program
    .command("verify [file]")
    .description("look through the database, or a backup of one, for damage; changes nothing")
    .action(async (file: string | undefined) => {
      const { verify } = await import("./verify.ts");
      done(verify(config(), file));
    });
}

function addUserCommands(program: Command, config: () => Config): void {
  const user = program
    .command("user")
    .description("accounts; to change any, stop the server first");
  user
    .command("add <name>")
    .description("make an account; the password is asked for, or read from standard input")
    .addOption(new Option("--role <role>", "what it may do").choices(roles).default("user"))
    .option("--email <address>", "its e-mail address")
    .action(async (name: string, options: { role: (typeof roles)[number]; email?: string }) => {
      const { addUser } = await import("./user-commands.ts");
      await addUser(config(), name, options);
    });
  user
    .command("list")
    .description("list all accounts; the server may be running")
    .action(async () => {
      const { listUsers } = await import("./user-commands.ts");
      await listUsers(config());
    });
  user
    .command("set-role <name> <role>")
    .description(`make somebody ${roles.join(", ")}`)
    .action(async (name: string, role: string) => {
      const { setRole } = await import("./user-commands.ts");
      await setRole(config(), name, roleOf(user, role));
    });
}

function roleOf(command: Command, text: string): (typeof roles)[number] {
  return (
    roles.find((role) => role === text) ??
    command.error(`error: '${text}' is no role: say ${roles.join(", ")}`)
  );
}

/** An option per setting; they may stand before or behind the command. */
function addSettings(program: Command): () => ConfigInput {
  const names = new Map<string, SettingName>();
  program.option("--config <file>", "TOML file with settings (or LAIR_CONFIG)");
  for (const name of settingNames) {
    const setting = settingOf(name);
    if (!setting.isFlag) continue;
    const value = setting.kind === flag ? "[true|false]" : "<value>";
    const option = new Option(`${flagName(setting)} ${value}`, setting.about);
    program.addOption(option);
    names.set(option.attributeName(), name);
  }
  return () => {
    const given = program.opts<Readonly<Record<string, string | true | undefined>>>();
    const flags: { [N in SettingName]?: string } = {};
    for (const [attribute, name] of names) {
      const value = given[attribute];
      if (value !== undefined) flags[name] = String(value);
    }
    const configFile = given["config"];
    return systemInput({ flags, configFile: configFile === true ? undefined : configFile });
  };
}
