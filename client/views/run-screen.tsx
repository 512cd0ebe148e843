import { systemClock } from "../clock.ts";
import { safeText } from "../text/safe-text.ts";
import { guardConsole } from "./console-guard.ts";
import { type OpenScreen, openScreen, type ScreenOptions, type Terminal } from "./open-screen.tsx";

/** Why the screen ended, and the exit code that says so. */
export type ExitReason =
  | { readonly kind: "quit"; readonly exitCode: 0 }
  | { readonly kind: "signal"; readonly signal: EndingSignal; readonly exitCode: number }
  | { readonly kind: "crash"; readonly error: unknown; readonly exitCode: 70 }
  | { readonly kind: "no_terminal"; readonly exitCode: 64 };

export type EndingSignal = keyof typeof signalCodes;

/** 128 and the number of the signal, as shells count. */
const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const endingSignals = Object.keys(signalCodes) as EndingSignal[];

type RunOptions = Pick<ScreenOptions, "store" | "actions" | "about"> &
  Partial<Pick<ScreenOptions, "clock" | "timeZone" | "isColoured">>;

/**
 * Shows the application until somebody quits, the process is told to end, or something breaks.
 * The terminal is back as it was whichever it is; a crash is explained there in checked text.
 */
export async function runScreen(options: RunOptions): Promise<ExitReason> {
  const terminal: Terminal = process;
  if (!(terminal.stdin.isTTY === true && terminal.stdout.isTTY)) {
    terminal.stderr.write("The chat needs a terminal: standard input and output must be one.\n");
    return { kind: "no_terminal", exitCode: 64 };
  }
  using guard = guardConsole(console, process);
  const reason = await runGuarded({
    clock: systemClock,
    timeZone: localTimeZone(),
    isColoured: true,
    ...options,
    terminal,
  });
  for (const line of guard.lines) terminal.stderr.write(`${line}\n`);
  if (reason.kind === "crash") terminal.stderr.write(crashReport(reason.error));
  return reason;
}

/** What `TZ` says; where it says nothing that is known, times are shown in UTC. */
function localTimeZone(): string {
  const timeZone: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return timeZone === undefined || timeZone === "Etc/Unknown" ? "UTC" : timeZone;
}

/** The first thing that ends the screen, once the terminal is restored. */
async function runGuarded(options: ScreenOptions): Promise<ExitReason> {
  const ended = Promise.withResolvers<ExitReason>();
  const crashed = (error: unknown) => ended.resolve({ kind: "crash", error, exitCode: 70 });
  let isEnding = false;
  const signalled = (signal: NodeJS.Signals) => {
    const ending = signal as EndingSignal;
    isEnding = true;
    ended.resolve({ kind: "signal", signal: ending, exitCode: signalCodes[ending] });
  };
  for (const signal of endingSignals) process.on(signal, signalled);
  // Rejections that nobody handles come here as well.
  process.on("uncaughtException", crashed);
  // The terminal itself can go away under us, as when a connection drops.
  options.terminal.stdout.on("error", crashed);
  try {
    using screen: OpenScreen = openScreen(options);
    const closed = screen.closed.then((): ExitReason => ({ kind: "quit", exitCode: 0 }));
    const reason = await Promise.race([closed, ended.promise]);
    screen[Symbol.dispose]();
    await screen.closed;
    return reason;
  } catch (error) {
    return { kind: "crash", error, exitCode: 70 };
  } finally {
    // The same signal often comes twice, from the terminal and from whoever started us: the second
    // one must not cut short the saving that follows.
    if (!isEnding) for (const signal of endingSignals) process.off(signal, signalled);
    process.off("uncaughtException", crashed);
    options.terminal.stdout.off("error", crashed);
  }
}

const STACK_LINES = 8;
const SORRY =
  "Lair Chat stopped because of a fault in itself.\nWhat it showed as sent is safe on the server.\n";

function crashReport(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = safeText(text, { multiline: true }).split("\n").slice(0, STACK_LINES);
  return `${SORRY}\n${lines.join("\n")}\n`;
}
