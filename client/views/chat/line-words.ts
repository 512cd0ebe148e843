import type { LeaveEntry, LineEntry, RoomChangeEntry } from "../../store/state.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";

/** What happened in a conversation beside what was said, in words. */
export function wordsFor(entry: LineEntry): SafeText {
  switch (entry.kind) {
    case "join":
      return safe`${safeText(entry.author)} joined`;
    case "leave":
      return safe`${safeText(entry.author)} ${leftBecause(entry)}`;
    case "role":
      return safe`${safeText(entry.author)} is ${roleWords[entry.role]} now`;
    case "room_change":
      return roomChangeWords(entry);
    case "deleted":
      return safe`message deleted`;
  }
}

const roleWords = {
  owner: safe`an owner`,
  moderator: safe`a moderator`,
  member: safe`a plain member`,
} as const;

const TOPIC_MAX = 200;

/** The changes that people know by another name than the server's. */
function roomChangeWords(entry: RoomChangeEntry): SafeText {
  const { changes, title, description, isPrivate, isModerated } = entry;
  const has = (...names: string[]) => names.some((name) => changes.includes(name));
  const topic = safeText(description ?? "", { maxLength: TOPIC_MAX });
  const words = [
    ...(has("name") ? [safe`the room is called #${safeText(title)} now`] : []),
    ...(has("description", "settings.description")
      ? [topic === "" ? safe`the topic was removed` : safe`the topic is: ${topic}`]
      : []),
    ...(has("settings.public", "settings.is_private")
      ? [isPrivate ? safe`the room is private now` : safe`the room is public now`]
      : []),
    ...(has("settings.moderated")
      ? [isModerated ? safe`only moderators may write now` : safe`everybody may write now`]
      : []),
  ];
  const [first = safe`the room's settings changed`, ...others] = words;
  return others.reduce((all, next) => safe`${all}; ${next}`, first);
}

const plainReasons: ReadonlySet<string> = new Set(["", "left"]);

function leftBecause({ reason }: LeaveEntry): SafeText {
  return plainReasons.has(reason)
    ? safe`left`
    : safe`left (${safeText(reason, { maxLength: 80 })})`;
}
