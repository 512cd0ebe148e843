import { createHash } from "node:crypto";
import { ResumingClient } from "./resuming-client.ts";
import { WireClient } from "./wire-client.ts";

// A reader in a process of its own, which can be stopped. Arguments: port, token, room. It says what
// it has whenever that has changed: the newest seq, and a hash over all entries in their order.

const [port, token = "", room = ""] = process.argv.slice(2);
const reader = new ResumingClient(() => WireClient.connect({ port: Number(port) }));

let seen = 0;
let said = 0;

/** Once nothing new has come for a while: a hash over megabytes for each message would take long. */
function tell(): void {
  const held = reader.held.get(room);
  if (held === undefined || held.seq === said) return;
  const isMoving = held.seq !== seen;
  seen = held.seq;
  if (isMoving) return;
  said = held.seq;
  const digest = createHash("sha256").update(held.entries.join("\n")).digest("hex");
  process.stdout.write(`has ${held.seq} ${held.entries.length} ${digest}\n`);
}

async function catchUp(): Promise<void> {
  await reader.connect(token);
  await reader.resume();
  tell();
}

/** Only a lost connection is no fault. */
function isLost(error: unknown): boolean {
  return error instanceof Error && /connection (is|was) closed|ECONNREFUSED/.test(error.message);
}

for (;;) {
  try {
    if (!reader.isConnected) await catchUp();
    await reader.settle();
    tell();
  } catch (error) {
    if (!isLost(error)) throw error;
    await reader.drop();
  }
}
