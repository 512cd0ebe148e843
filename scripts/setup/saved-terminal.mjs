// The terminal as it was before a full-screen program, for when that program cannot give it back itself.
import { spawnSync } from "node:child_process";
import { isatty } from "node:tty";

// Off with whatever a full-screen program switches on: styles, pasting in brackets, keys reported in
// another way, mouse, other screen; the cursor comes back.
const reset = "\u001B[0m\u001B[?2004l\u001B[<u\u001B[?1000l\u001B[?1006l\u001B[?1049l\u001B[?25h";

/** Notes how the terminal is set; the answer puts it back so. Without a terminal neither does anything. */
export function savedTerminal() {
  if (!isatty(1)) return () => {};
  // Node can only undo what it did itself, and raw mode was another process's doing.
  const settings = stty(["-g"]);
  return () => {
    process.stdout.write(reset);
    if (settings !== undefined) stty([settings]);
  };
}

/** What stty says of the terminal we read from; undefined where there is no stty or no terminal. */
function stty(args) {
  if (process.platform === "win32" || !isatty(0)) return undefined;
  const { status, stdout } = spawnSync("stty", args, {
    stdio: ["inherit", "pipe", "ignore"],
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : undefined;
}
