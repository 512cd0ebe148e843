import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { npmStart } from "../../server/test/npm-start.ts";
import { freePort } from "../../server/test/server-process.ts";
import { Terminal } from "./terminal.ts";

const clientBin = fileURLToPath(new URL("../bin.js", import.meta.url));

interface Place {
  readonly directory: string;
  readonly tcpPort: number;
  readonly httpPort: number;
}

async function openClient(place: Place, name: string): Promise<Terminal> {
  const home = join(place.directory, name);
  await mkdir(home, { recursive: true });
  return Terminal.open({
    command: [
      process.execPath,
      clientBin,
      "--server",
      `127.0.0.1:${place.tcpPort}`,
      "--http-url",
      `http://127.0.0.1:${place.httpPort}`,
    ],
    cwd: home,
    env: { HOME: home, XDG_CONFIG_HOME: join(home, "config"), LANG: "C.UTF-8" },
  });
}

async function createAccount(terminal: Terminal, name: string): Promise<void> {
  await terminal.shows("Sign in");
  await terminal.press("F2");
  await terminal.shows("Create an account");
  await terminal.type(name);
  await terminal.press("Tab");
  await terminal.type(`the password of ${name}`);
  await terminal.press("Enter");
  await terminal.shows("Welcome");
  await terminal.shows("online");
}

function count(screen: string, text: string): number {
  return screen.split(text).length - 1;
}

/** Waits until a message is on the screen and known to be stored, and sees that it is there once. */
async function showsOnce(terminal: Terminal, text: string): Promise<void> {
  const screen = await terminal.until(
    (shown) => shown.includes(text) && !shown.includes("sending"),
    `${text}, sent`,
  );
  assert.equal(count(screen, text), 1, screen);
}

test("two people talk in their terminals, and a restarted and a killed server lose and double nothing", {
  timeout: 240_000,
}, async () => {
  const directory = await mkdtemp(join(tmpdir(), "lair-chat-e2e-"));
  const place = { directory, tcpPort: await freePort(), httpPort: await freePort() };
  try {
    await talk(place);
  } finally {
    // The clients may still be saving what must be kept.
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
});

async function talk(place: Place): Promise<void> {
  let server = await npmStart(place.directory, place);
  assert.match(server.output(), /npx lair-chat-client/, "it says how to join");
  await using ann = await openClient(place, "ann");
  await using bob = await openClient(place, "bob");
  await createAccount(ann, "ann");
  await createAccount(bob, "bob-the-builder");

  await ann.enter("/create garden");
  await ann.shows("#garden");
  await bob.enter("/join garden");
  await bob.shows("#garden");
  await ann.shows(/bob-the-buil\S* joined/);

  await ann.enter("hello from ann");
  await showsOnce(bob, "hello from ann");
  await bob.enter("hello from bob");
  await showsOnce(ann, "hello from bob");
  await showsOnce(bob, "hello from bob");

  await ann.enter("/msg bob-the-builder a word in private");
  await showsOnce(ann, "a word in private");
  await bob.shows(/ann.*\(1\)/);
  await bob.enter("/msg ann I heard you");
  await showsOnce(bob, "a word in private");
  await showsOnce(ann, "I heard you");

  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const code = await server.kill(signal);
    if (signal === "SIGTERM") assert.equal(code, 0, "a server that is asked to go ends with 0");
    await ann.shows(/offline|connecting/);
    await ann.enter(`written before ${signal} was over`);
    server = await npmStart(place.directory, place);
    await ann.shows("● online");
    await bob.shows("● online");
    await showsOnce(ann, `written before ${signal} was over`);
    await showsOnce(bob, `written before ${signal} was over`);
    await bob.enter(`answered after ${signal}`);
    await showsOnce(ann, `answered after ${signal}`);
  }
  const screen = await ann.screen();
  for (const text of ["a word in private", "I heard you", "before SIGTERM", "before SIGKILL"]) {
    assert.equal(count(screen, text), 1, screen);
  }
  await secondStart(place, ann);
  await server.kill("SIGTERM");
}

/** The session is kept: the next start needs no password and shows what was said. */
async function secondStart(place: Place, ann: Terminal): Promise<void> {
  await ann.press("C-q");
  const left = await ann.shows("ended with 0");
  assert.ok(!left.includes("online"), "the screen before the client is back");
  await using again = await openClient(place, "ann");
  await again.shows("● online");
  await again.enter("/msg bob-the-builder back without a password");
  await showsOnce(again, "back without a password");
  await showsOnce(again, "answered after SIGKILL");
}
