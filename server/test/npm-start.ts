import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import Sqlite from "better-sqlite3";

const root = fileURLToPath(new URL("../..", import.meta.url));
const limitMs = 60_000;

export interface StartedByNpm {
  readonly output: () => string;
  /** Signals the server's own process, not npm's, and waits until npm has ended too. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts the server as the README says, its database in `directory`, and waits until it is ready. */
export async function npmStart(
  directory: string,
  ports: { readonly tcpPort: number; readonly httpPort: number },
): Promise<StartedByNpm> {
  const database = join(directory, "chat.db");
  const child = spawn("npm", ["start", "--silent"], {
    cwd: root,
    env: {
      ...process.env,
      LAIR_DATABASE_URL: `sqlite:${database}`,
      LAIR_TCP_PORT: `${ports.tcpPort}`,
      LAIR_HTTP_PORT: `${ports.httpPort}`,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
  }
  const ended = once(child, "exit") as Promise<[number | null]>;
  const end = Date.now() + limitMs;
  while (!/^Ready\b/m.test(printed)) {
    if (child.exitCode !== null || Date.now() > end) throw new Error(`npm start: ${printed}`);
    await delay(50);
  }
  return {
    output: () => printed,
    kill: async (signal) => {
      process.kill(writerOf(database), signal);
      return (await ended)[0];
    },
  };
}

/** The process that holds the database: npm, a shell and the launcher stand between it and us. */
function writerOf(database: string): number {
  const lock = new Sqlite(`${database}.lock`, { readonly: true });
  try {
    const row = lock.prepare("select pid from holder").get() as { pid: number };
    return row.pid;
  } finally {
    lock.close();
  }
}
