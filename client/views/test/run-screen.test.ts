import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Terminal } from "../../test/terminal.ts";

const program = fileURLToPath(new URL("../../test/screen-program.ts", import.meta.url));
const hook = new URL("../../../scripts/tsx-hook.mjs", import.meta.url).href;
const hasTmux = spawnSync("tmux", ["-V"]).status === 0;
const options = { skip: hasTmux ? false : "tmux is not installed" };

const run = (fault = "", env: Readonly<Record<string, string>> = {}) =>
  Terminal.open({
    command: [process.execPath, "--import", hook, program, fault],
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    env: { LANG: "C.UTF-8", NODE_ENV: "production", ...env },
  });

/** What the shell sees afterwards: its own screen, and a line that is echoed as one types it. */
async function isBackToNormal(terminal: Terminal, exitCode: number): Promise<string> {
  const screen = await terminal.shows(`ended with ${exitCode}`);
  assert.doesNotMatch(screen, /^Rooms|message \d/m);
  await terminal.enter("typed afterwards");
  await terminal.until((now) => now.split("typed afterwards").length === 3, "an echo");
  return screen;
}

test("quitting gives the terminal back as it was", options, async () => {
  await using terminal = await run();
  await terminal.shows("message 50");
  await terminal.press("C-q");
  assert.match(await isBackToNormal(terminal, 0), /reason quit/);
});

for (const [signal, exitCode] of [
  ["SIGTERM", 143],
  ["SIGHUP", 129],
  ["SIGINT", 130],
] as const) {
  test(`${signal} gives the terminal back and is told by the exit code`, options, async () => {
    await using terminal = await run();
    const [, pid] = /#pid-(\d+)/.exec(await terminal.shows("message 50")) ?? [];
    process.kill(Number(pid), signal);
    assert.match(await isBackToNormal(terminal, exitCode), /reason signal/);
  });
}

for (const [fault, said] of [
  ["throw", "Error: thrown ␛]0;owned␇ on purpose"],
  ["reject", "Error: rejected on purpose"],
  ["draw", "TypeError"],
] as const) {
  test(`a fault (${fault}) gives the terminal back before it is explained`, options, async () => {
    await using terminal = await run(fault);
    await terminal.shows("message 50");
    await terminal.enter("/rooms");
    const screen = await isBackToNormal(terminal, 70);
    assert.match(screen, /Lair Chat stopped because of a fault in itself/);
    assert.ok(screen.includes(said), screen);
  });
}

test("what a library logs waits until the terminal is back, and is checked", options, async () => {
  await using terminal = await run("log");
  await terminal.shows("message 50");
  await terminal.enter("/rooms");
  await terminal.shows("Find:");
  assert.doesNotMatch(await terminal.screen(), /on purpose/);
  await terminal.press("C-c");
  assert.match(await isBackToNormal(terminal, 0), /logged ␛\]0;owned␇ on purpose/);
});

for (const timeZone of ["", "Nowhere/Atlantis"]) {
  test(`a time zone nobody knows (${timeZone}) is no reason not to start`, options, async () => {
    await using terminal = await run("", { TZ: timeZone });
    assert.match(await terminal.shows("message 50"), /\d\d:\d\d {10}bob │ message 50/);
  });
}

test("without a terminal it says so instead of starting", async () => {
  const started = promisify(execFile)(process.execPath, ["--import", hook, program]);
  const failure = await started.then(
    () => undefined,
    (error: { code: number; stderr: string }) => error,
  );
  assert.equal(failure?.code, 64);
  assert.match(failure.stderr, /needs a terminal/);
});
