import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface TerminalOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
}

const defaultLimitMs = 30_000;
/** Between two looks at the screen. */
const lookEveryMs = 50;

/** A real terminal (tmux on a socket of its own) with one program in it. */
export class Terminal {
  readonly #socket: string;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  static async open(options: TerminalOptions): Promise<Terminal> {
    const { columns = 80, rows = 24 } = options;
    const terminal = new Terminal(`lair-test-${randomUUID()}`);
    const env = Object.entries(options.env).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    // A shell stays behind, so that what the program leaves on the screen can be looked at.
    const shell = `${options.command.map(quoted).join(" ")}; echo "ended with $?"; exec cat`;
    await terminal.#tmux(
      ["-f", "/dev/null", "new-session", "-d", "-x", `${columns}`, "-y", `${rows}`],
      [...env, "-c", options.cwd, shell],
    );
    return terminal;
  }

  /** Types text as it is. */
  async type(text: string): Promise<void> {
    await this.#tmux(["send-keys", "-l", "--", text]);
  }

  /** Presses keys by tmux's names: Enter, Tab, PageUp, C-t, F1. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux(["send-keys", ...keys]);
  }

  /** Types a line and sends it. */
  async enter(text: string): Promise<void> {
    await this.type(text);
    await this.press("Enter");
  }

  /** The screen as text, a line per row. */
  async screen(): Promise<string> {
    return (await this.#tmux(["capture-pane", "-p"])).stdout;
  }

  /** Waits until the screen shows it. */
  async shows(wanted: string | RegExp, limitMs = defaultLimitMs): Promise<string> {
    return this.until((screen) => matches(screen, wanted), `${wanted}`, limitMs);
  }

  async until(
    fits: (screen: string) => boolean,
    what: string,
    limitMs = defaultLimitMs,
  ): Promise<string> {
    const end = Date.now() + limitMs;
    for (;;) {
      const screen = await this.screen();
      if (fits(screen)) return screen;
      if (Date.now() > end) throw new Error(`the screen never showed ${what}:\n${screen}`);
      await delay(lookEveryMs);
    }
  }

  /** Process ids below the terminal, the program's first. */
  async programPid(): Promise<number> {
    const { stdout } = await this.#tmux(["display-message", "-p", "#{pane_pid}"]);
    return Number(stdout.trim());
  }

  /** What tmux knows of the terminal, in its own words: `#{alternate_on} #{cursor_flag}`. */
  async told(format: string): Promise<string> {
    const { stdout } = await this.#tmux(["display-message", "-p", format]);
    return stdout.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux(["kill-server"]);
  }

  #tmux(before: readonly string[], after: readonly string[] = []) {
    return run("tmux", ["-L", this.#socket, ...before, ...after]);
  }
}

function matches(screen: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? screen.includes(wanted) : wanted.test(screen);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
