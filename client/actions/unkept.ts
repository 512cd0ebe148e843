import type { Kept } from "../local-store/store-write.ts";
import type { Conversation } from "../store/state.ts";

/** Something that was written and is nowhere but in memory. */
export interface Unkept {
  /** Where it was to go. Raw, as the content: pass them through safeText. */
  readonly title: string;
  readonly content: string;
}

/** Messages and drafts that are not on disk, given what is. */
export function unkeptIn(saved: Kept, { conversations }: Kept): readonly Unkept[] {
  return [...conversations.values()].flatMap((conversation) => {
    const { kind, title } = conversation;
    const contents = contentsOf(saved.conversations.get(conversation.key), conversation);
    return contents.map((content) => ({ title: kind === "room" ? `#${title}` : title, content }));
  });
}

function contentsOf(before: Conversation | undefined, after: Conversation): readonly string[] {
  const known = new Set(before?.outgoing.map(({ clientId }) => clientId));
  const unsent = after.outgoing.filter(
    ({ clientId, status }) => status.state !== "sent" && !known.has(clientId),
  );
  const isNewDraft = after.draft.trim() !== "" && after.draft !== before?.draft;
  return [...unsent.map(({ content }) => content), ...(isNewDraft ? [after.draft] : [])];
}
