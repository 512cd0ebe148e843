import type { MessageEntry, State } from "../store/state.ts";

const QUOTED_CHARS = 100;
const MARK = ">";

/**
 * The line that stands above an answer, as text that every client shows: `> ann: the first line…`.
 * What the message itself quotes is left out, so that answers to answers do not grow.
 */
export function quoteOf({ author, content }: Pick<MessageEntry, "author" | "content">): string {
  const lines = content.split(/\r\n|[\r\n]/).map((line) => line.trim());
  const own = lines.filter((line) => line !== "" && !line.startsWith(MARK));
  const [first = lines[0] ?? ""] = own;
  const characters = Array.from(first);
  const isCut = characters.length > QUOTED_CHARS || own.length > 1;
  const shown = characters.slice(0, QUOTED_CHARS).join("").trimEnd();
  return `${MARK} ${author}: ${shown}${isCut ? "…" : ""}`;
}

/** The newest message of the conversation on screen, as far as it is loaded. */
export function newestMessage({ open, conversations }: State): MessageEntry | undefined {
  const entries = open === undefined ? [] : (conversations.get(open)?.entries ?? []);
  const newest = entries.findLast(({ kind }) => kind === "message");
  return newest?.kind === "message" ? newest : undefined;
}
