import type { LoggedEntry, ServerLog } from "./histories.ts";
import type { ServerAddress } from "./link.ts";
import type { People } from "./people.ts";
import { type Reply, Session } from "./session.ts";
import { corruptEntry, loggedEntry, placedEntry } from "./wire-entry.ts";

const page = 500;

/** Reads every conversation from its first entry to its last, as one of its members sees it. */
export async function readServerLog(address: ServerAddress, people: People): Promise<ServerLog> {
  const log = new Map<string, readonly LoggedEntry[]>();
  for (const [conversation, { token, target }] of people.readers) {
    const session = new Session("tcp", address, {
      event: () => undefined,
      closed: () => undefined,
    });
    await session.signIn(token);
    log.set(conversation, await readConversation(session, target));
    session.destroy();
  }
  return log;
}

async function readConversation(session: Session, target: object): Promise<readonly LoggedEntry[]> {
  const entries: LoggedEntry[] = [];
  let after = 0;
  for (let more = true; more; ) {
    const reply = await session.call("get_log", { target, after, limit: page });
    for (const event of reply["entries"] as readonly Reply[]) entries.push(entryOf(event));
    const last = entries.at(-1)?.seq ?? 0;
    // Without progress it would be asked for ever; what is missing then, the checker says.
    more = reply["has_more"] === true && last > after;
    after = Math.max(after, last);
  }
  return entries;
}

function entryOf(event: Reply): LoggedEntry {
  if (event["corrupt"] === true) return corruptEntry(Number(event["seq"]));
  const placed = placedEntry(event);
  if (placed === undefined) throw new Error(`an entry of no known kind: ${String(event["type"])}`);
  return loggedEntry(placed);
}

/** By conversation its newest seq. */
export function headsOf(log: ServerLog): Readonly<Record<string, number>> {
  return Object.fromEntries([...log].map(([key, entries]) => [key, entries.at(-1)?.seq ?? 0]));
}
