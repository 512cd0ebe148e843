import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { temporaryFolder } from "../test/storage-fixture.ts";

const run = promisify(execFile);
const limitMs = 20_000;
const lookMs = 50;
const script = `
  import { readNewPassword } from ${JSON.stringify(new URL("./read-password.ts", import.meta.url).href)};
  const password = await readNewPassword().catch((error) => error);
  console.log(password instanceof Error ? "REFUSED " + password.name + " " + password.message : "GOT <" + password + ">");
`;

/** A real terminal in which the question is asked. */
async function terminal() {
  const folder = temporaryFolder();
  const tmux = (...args: readonly string[]) =>
    run("tmux", ["-u", "-S", folder.file("tmux"), "-f", "/dev/null", ...args]);
  const node = [process.execPath, "--input-type=module-typescript", "-e", script];
  const command = node.map((part) => `'${part.replaceAll("'", `'\\''`)}'`).join(" ");
  await tmux(
    "new-session",
    "-d",
    "-x",
    "80",
    "-y",
    "24",
    `${command}; stty -a | tr ' ' '\\n' | grep -x 'echo;*'; cat`,
  );
  return {
    type: (...keys: readonly string[]) => tmux("send-keys", ...keys),
    /** Waits until the screen shows it. */
    shows: async (expected: RegExp): Promise<string> => {
      const end = performance.now() + limitMs;
      for (;;) {
        const { stdout } = await tmux("capture-pane", "-p");
        if (expected.test(stdout)) return stdout;
        assert.ok(performance.now() < end, `the screen never showed ${expected}:\n${stdout}`);
        await pause(lookMs);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await tmux("kill-server").catch(() => undefined);
      folder[Symbol.dispose]();
    },
  };
}

function hasTmux(): boolean {
  try {
    execFileSync("tmux", ["-V"]);
    return true;
  } catch {
    return false;
  }
}

const options = { skip: !hasTmux() && "tmux is not installed" };

test("a password is typed twice, corrected on the way, and never shown", options, async () => {
  await using screen = await terminal();
  await screen.shows(/Password:/);
  await screen.type("-l", "wrong");
  await screen.type("C-u");
  await screen.type("-l", "geheimnüsx");
  await screen.type("BSpace");
  await screen.type("Enter");
  const before = await screen.shows(/The same again:/);
  assert.doesNotMatch(before, /wr|geh|\*/);
  await screen.type("-l", "geheimnüs");
  await screen.type("Enter");
  // The terminal echoes again afterwards.
  await screen.shows(/GOT <geheimnüs>.*^echo;?$/ms);
});

test("two different passwords are refused", options, async () => {
  await using screen = await terminal();
  await screen.shows(/Password:/);
  await screen.type("-l", "one");
  await screen.type("Enter");
  await screen.shows(/The same again:/);
  await screen.type("-l", "two");
  await screen.type("Enter");
  await screen.shows(/REFUSED ChatError The two passwords differ/);
});

test("Ctrl-C at the prompt gives up and leaves the terminal as it was", options, async () => {
  await using screen = await terminal();
  await screen.shows(/Password:/);
  await screen.type("C-c");
  await screen.shows(/REFUSED Interrupted.*^echo;?$/ms);
});
