import { Command, CommanderError } from "commander";
import type { Unkept } from "./actions/unkept.ts";
import { type App, createApp } from "./app.ts";
import {
  type ClientConfig,
  ConfigError,
  type ConfigFlags,
  DEFAULT_SERVER,
  type ForgetConfig,
  parseConfig,
  parseForget,
  surroundings,
} from "./config.ts";
import { addressLabel, securityOf } from "./connection/address.ts";
import { AccountFileError } from "./files/account-file-error.ts";
import { openKnownServers } from "./files/known-servers.ts";
import packageInfo from "./package.json" with { type: "json" };
import { safeText } from "./text/safe-text.ts";

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_FAULT = 70;

const program = new Command("lair-chat-client")
  .description("Lair Chat in the terminal")
  .version(`${packageInfo.version} (Node ${process.version})`)
  .option(
    "--server <host:port>",
    `where the server takes chat connections (default: ${DEFAULT_SERVER})`,
  )
  .option("--http-url <url>", "its HTTP address (default: port 8082 of the same host)")
  .option("-w, --websocket", "chat over the HTTP address, where the chat port is out of reach")
  .option("--noise", "the chat port has no TLS: use the server's own encryption there")
  .option("--noise-key <key>", "the server's key for that, as its operator gave it to you")
  .option("--trust-fingerprint <SHA256:...>", "trust the server whose key has this fingerprint")
  .option("--forget-server <host:port>", "trust that server no more, and end")
  .option("--user <name>", "go on with this user's session, not with the one used last")
  .option("--ca <file>", "believe certificates signed by this one too (PEM)")
  .option("--insecure", "take a server's key unseen the first time: for tests only")
  .option("--account-dir <folder>", "where sessions are kept (or LAIR_CLIENT_DIR)")
  // What it was given stands in what it says.
  .configureOutput({
    writeErr: (text) => process.stderr.write(safeText(text, { multiline: true })),
  })
  .showHelpAfterError("(lair-chat-client --help lists everything)")
  .exitOverride();

// Whatever this process makes is nobody else's to read.
process.umask(0o077);
process.exitCode = await run();

async function run(): Promise<number> {
  try {
    program.parse();
    const flags = program.opts<ConfigFlags>();
    const around = surroundings(packageInfo.version);
    const forgotten = parseForget(flags, around);
    if (forgotten !== undefined) return await forget(forgotten);
    const config = parseConfig(flags, around);
    const app = createApp(config);
    try {
      const started = await app.start();
      const last = app.lastOpen();
      if (last !== undefined) app.actions.openConversation(last);
      return await show(app, config, started === "session" ? "chat" : "login");
    } finally {
      await app[Symbol.asyncDispose]();
      printLost(app.lost());
    }
  } catch (error) {
    return explain(error);
  }
}

async function forget({ server, accountDir }: ForgetConfig): Promise<number> {
  const wasKnown = await openKnownServers({ folder: accountDir, now: Date.now }).forget(server);
  console.log(
    wasKnown
      ? `${safeText(server)} is forgotten: the next time its key is a new one, so compare the fingerprints.`
      : `${safeText(server)} was not remembered.`,
  );
  return wasKnown ? 0 : EXIT_FAILED;
}

/** React and the views are loaded only now, so that --help and a wrong flag are answered at once. */
async function show(
  { store, actions }: App,
  { endpoint, version, user, isColoured }: ClientConfig,
  initial: "login" | "chat",
): Promise<number> {
  const { runScreen } = await import("./views/run-screen.tsx");
  const about = {
    server: addressLabel(endpoint.address),
    httpUrl: endpoint.httpUrl.origin,
    transport: securityOf(endpoint),
    version,
    user,
    initial,
    canRegister: true,
  } as const;
  const { exitCode } = await runScreen({ store, actions, about, isColoured });
  return exitCode;
}

/** The last place where somebody can still read it. */
function printLost(lost: readonly Unkept[]): void {
  if (lost.length === 0) return;
  print("This could neither be sent nor kept on this machine:");
  for (const { title, content } of lost) {
    console.error(safeText(`${title}: ${content}`, { multiline: true }));
  }
}

function explain(error: unknown): number {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof ConfigError) {
    for (const problem of error.problems) print(problem);
    return EXIT_USAGE;
  }
  if (error instanceof AccountFileError) {
    print(error.message);
    return EXIT_FAILED;
  }
  print(`This is a fault in the client itself: ${String(error)}`);
  return EXIT_FAULT;
}

function print(text: string): void {
  console.error(safeText(text));
}
