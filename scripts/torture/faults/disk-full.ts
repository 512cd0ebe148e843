import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Arena } from "../arena.ts";
import type { Fault } from "../fault.ts";
import { Session } from "../session.ts";
import { smallCrowd } from "../small-crowd.ts";

/** Room for what the server keeps in reserve, and some more. */
const diskBytes = 160 * 1024 * 1024;
const recoverMs = 15_000;

const crowd = { ...smallCrowd, window: 8, contentBytes: 500 };

export const diskFull: Fault = {
  name: "disk-full",
  about:
    "A server on a small file system (tmpfs), which is filled to the last byte and freed again, several times.",
  isApart: true,
  needs: ["mount namespaces", "procfs"],
  async run({ folder, random, portion, found, violated }) {
    const directory = join(folder, "server");
    mkdirSync(directory, { mode: 0o700 });
    const mount = `mount -t tmpfs -o size=${diskBytes},mode=700 none . && cd "$PWD" && exec "$@"`;
    const server = { wrapper: ["unshare", "-Urm", "sh", "-c", mount, "sh"] };
    const seed = random.below(1_000_000);
    await using arena = await Arena.open({ ...crowd, folder, seed, server });
    // What this process sees at `directory` lies below the mount: the way in is by the server's own.
    const ballast = join(`/proc/${arena.server.pid}/root`, directory, "ballast");
    const cycles = Math.min(portion, 10);
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      await arena.progress(20);
      fill(ballast);
      await delay(300 + random.below(700));
      if (!(await canRead(arena))) violated("on a full disk nothing can be read any more");
      rmSync(ballast);
      if (!(await arena.progress(5, recoverMs))) {
        violated(`no write was taken within ${recoverMs} ms of there being space again`);
      }
    }
    const { verdict, unanswered } = await arena.settle();
    found(verdict);
    if (unanswered > 0) violated(`${unanswered} sends never got an answer`);
    return { fullCycles: cycles };
  },
};

function fill(ballast: string): void {
  const blocks = [1024 * 1024, 64 * 1024, 4096];
  for (const bytes of blocks) {
    const block = Buffer.alloc(bytes);
    try {
      while (true) writeFileSync(ballast, block, { flag: "a", mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }
}

async function canRead(arena: Arena): Promise<boolean> {
  const [reader] = arena.people.readers.values();
  if (reader === undefined) return false;
  const session = new Session("tcp", arena.addresses.direct, {
    event: () => undefined,
    closed: () => undefined,
  });
  try {
    await session.signIn(reader.token);
    await session.call("get_log", { target: reader.target, limit: 10 });
    return true;
  } catch {
    return false;
  } finally {
    session.destroy();
  }
}
