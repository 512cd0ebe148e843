import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { DeletedEntry, LeaveEntry, LineEntry, RoomChangeEntry } from "../../store/state.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";

/** What somebody is called, as far as that is known; `"you"` for the reader. Raw: pass it through safeText. */
export type NameOf = (id: UserId) => string | undefined;

/** What happened in a conversation beside what was said, in words. */
export function wordsFor(entry: LineEntry, nameOf: NameOf): SafeText {
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
      return deletionWords(entry, nameOf);
  }
}

/** Whose it was is said where somebody else erased it. Nobody else is called "you": the server takes no account of that name. */
function deletionWords({ authorId, deletedBy }: DeletedEntry, nameOf: NameOf): SafeText {
  const name = (id: UserId | undefined): SafeText | undefined => {
    const raw = id === undefined ? undefined : nameOf(id);
    return raw === undefined ? undefined : safeText(raw, { maxLength: NAME_MAX });
  };
  const by = name(deletedBy);
  if (authorId === deletedBy) {
    return by === undefined ? safe`message deleted by its author` : safe`${by} deleted the message`;
  }
  const author = name(authorId);
  const what = author === undefined ? safe`message` : safe`message by ${author}`;
  return by === undefined ? safe`${what} deleted` : safe`${what} deleted by ${by}`;
}

const NAME_MAX = 80;

const roleWords = {
  owner: safe`an owner`,
  moderator: safe`a moderator`,
  member: safe`a plain member`,
} as const;

const TOPIC_MAX = 200;

/** One kind of change, by the names that the server may have for it. */
interface ChangeWords {
  readonly names: readonly string[];
  words(entry: RoomChangeEntry): SafeText;
}

const changeWords: readonly ChangeWords[] = [
  {
    names: ["name"],
    words: ({ title }) => safe`the room is called #${safeText(title)} now`,
  },
  {
    names: ["description", "settings.description"],
    words({ description }) {
      const topic = safeText(description ?? "", { maxLength: TOPIC_MAX });
      return topic === "" ? safe`the topic was removed` : safe`the topic is: ${topic}`;
    },
  },
  {
    names: ["settings.public", "settings.is_private"],
    words: ({ settings }) =>
      settings.is_private ? safe`the room is private now` : safe`the room is public now`,
  },
  {
    names: ["settings.moderated"],
    words: ({ settings }) =>
      settings.moderated ? safe`only moderators may write now` : safe`everybody may write now`,
  },
  {
    names: ["settings.max_members"],
    words: ({ settings: { max_members: most } }) =>
      most === null
        ? safe`any number may be in the room now`
        : safe`at most ${most} may be in the room now`,
  },
  {
    names: ["settings.join_role"],
    words: ({ settings }) => safe`who joins is ${roleWords[settings.join_role]} from now on`,
  },
  {
    names: ["settings.history"],
    words: ({ settings }) =>
      settings.history === "shared"
        ? safe`members may read everything that was said now`
        : safe`members may read only what was said since they joined now`,
  },
];

/** The changes that people know by another name than the server's. */
function roomChangeWords(entry: RoomChangeEntry): SafeText {
  const words = changeWords
    .filter(({ names }) => names.some((name) => entry.changes.includes(name)))
    .map((change) => change.words(entry));
  const [first = safe`the room's settings changed`, ...others] = words;
  return others.reduce((all, next) => safe`${all}; ${next}`, first);
}

const plainReasons: ReadonlySet<string> = new Set(["", "left"]);

function leftBecause({ reason }: LeaveEntry): SafeText {
  return plainReasons.has(reason)
    ? safe`left`
    : safe`left (${safeText(reason, { maxLength: 80 })})`;
}
