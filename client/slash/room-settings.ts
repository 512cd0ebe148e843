import { limits } from "@lair-chat/protocol/limits.ts";
import type { Room } from "@lair-chat/protocol/messages/shapes.ts";
import type { RoomChange } from "../actions/actions.ts";

/** Something that can be set about a room: a field of the form and a word of /settings. */
export interface RoomSetting {
  /** As the command has it. */
  readonly name: string;
  /** As the form has it. */
  readonly label: string;
  /** What it can be, in a few words. */
  readonly expected: string;
  /** Where it is one of a few words. */
  readonly options?: readonly string[];
  readonly limitBytes?: number;
  /** What it is, as one would write it. */
  shown(room: Room): string;
  /** What is to be different; undefined where the text makes no sense. */
  change(text: string): RoomChange | undefined;
}

const NONE = "none";
const MEMBERS_MAX = 1_000_000;

export const roomSettings: readonly RoomSetting[] = [
  {
    name: "name",
    label: "Name",
    expected: "a name",
    limitBytes: limits.roomNameChars,
    shown: ({ name }) => name,
    change: (text) => (text === "" ? undefined : { name: text.replace(/^#/, "") }),
  },
  {
    name: "topic",
    label: "Topic",
    expected: "some text, or nothing",
    limitBytes: limits.descriptionChars,
    shown: ({ description }) => description ?? "",
    change: (description) => ({ description }),
  },
  {
    name: "private",
    label: "Private",
    expected: "no (everybody can find and join it) or yes (by invitation only)",
    options: ["no", "yes"],
    shown: ({ settings }) => yesOrNo(settings.is_private),
    change: whereYesOrNo((isPrivate) => ({ isPrivate })),
  },
  {
    name: "limit",
    label: "Members at most",
    expected: `a number up to ${MEMBERS_MAX}, or none`,
    limitBytes: `${MEMBERS_MAX}`.length,
    shown: ({ settings }) => settings.max_members?.toString() ?? NONE,
    change: limitOf,
  },
  {
    name: "moderated",
    label: "Moderated",
    expected: "no (all members write) or yes (only moderators and owners do)",
    options: ["no", "yes"],
    shown: ({ settings }) => yesOrNo(settings.moderated),
    change: whereYesOrNo((moderated) => ({ settings: { moderated } })),
  },
  {
    name: "join-as",
    label: "New ones are",
    expected: "member or moderator: what one becomes by joining",
    options: ["member", "moderator"],
    shown: ({ settings }) => settings.join_role,
    change: (text) =>
      text === "member" || text === "moderator" ? { settings: { join_role: text } } : undefined,
  },
  {
    name: "history",
    label: "New ones read",
    expected: "shared (all of the past) or joined (only what is said after they join)",
    options: ["shared", "joined"],
    shown: ({ settings }) => settings.history,
    change: (text) =>
      text === "shared" || text === "joined" ? { settings: { history: text } } : undefined,
  },
];

const yesOrNo = (is: boolean): string => (is ? "yes" : "no");

const truths: ReadonlyMap<string, boolean> = new Map([
  ["yes", true],
  ["on", true],
  ["no", false],
  ["off", false],
]);

function whereYesOrNo(
  changeOf: (is: boolean) => RoomChange,
): (text: string) => RoomChange | undefined {
  return (text) => {
    const is = truths.get(text.toLowerCase());
    return is === undefined ? undefined : changeOf(is);
  };
}

function limitOf(text: string): RoomChange | undefined {
  if (text === "" || text.toLowerCase() === NONE) return { settings: { max_members: null } };
  const number = /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN;
  return number <= MEMBERS_MAX ? { settings: { max_members: number } } : undefined;
}

/** Several changes as one. */
export function allChanges(changes: readonly RoomChange[]): RoomChange {
  const settings = Object.assign({}, ...changes.map((change) => change.settings ?? {}));
  const all: RoomChange = Object.assign({}, ...changes);
  return Object.keys(settings).length === 0 ? all : { ...all, settings };
}
