import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { place } from "../../local-store/test/places.ts";
import { type OpeningWord, openMoved } from "./opening-process.ts";

const program = fileURLToPath(new URL("./opening-process.ts", import.meta.url));
const KILLS = 15;

/** Kills it some time after it has made so many; answers with all that it had begun. */
async function killedAfter(count: number, prefix: string): Promise<readonly string[]> {
  const child = fork(program, [prefix], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const ended = once(child, "exit");
  const begun: string[] = [];
  let made = 0;
  child.on("message", (raw) => {
    const word = raw as OpeningWord;
    if ("begun" in word) begun.push(word.begun);
    else made += 1;
    if (made >= count) setTimeout(() => child.kill("SIGKILL"), Math.random() * 8);
  });
  const [code] = await ended;
  assert.equal(code, null, "it never ends by itself");
  return begun;
}

test("whenever a client is killed while its database is being made, the next start finds it whole or makes it whole, and has what was to be moved in", async () => {
  await using here = await place();
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const paths = await killedAfter(kill % 4, here.path(`kill-${kill}`));
    assert.ok(paths.length > 0);
    for (const path of paths) {
      const { local, notices } = openMoved(path);
      assert.deepEqual(notices, [], path);
      const [found, ...others] = local.load().conversations;
      assert.deepEqual(others, []);
      assert.equal(found?.draft, "half");
      assert.deepEqual(
        found?.outgoing.map(({ content }) => content),
        ["hello"],
      );
      local.close();
    }
  }
});
