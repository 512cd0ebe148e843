import type { Conversation, Member, State } from "../../store/state.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import { wrapText } from "../../text/wrap.ts";
import { signOfPresence } from "../rooms/sidebar-rows.ts";
import { type Row, span } from "../shared/row.ts";

const roleLetters = { owner: safe`O`, moderator: safe`M`, member: safe` ` } as const;

type People = State["people"];

/** Who is in a room, those online first; the letters are explained below them. */
export function memberRows(conversation: Conversation, people: People, columns: number): Row[] {
  const { members } = conversation;
  if (members.state === "failed") return notes(safeText(members.message), columns);
  if (members.state !== "known") return notes(safe`loading…`, columns);
  const online = members.list.filter((member) => isOnline(member, people));
  const offline = members.list.filter((member) => !isOnline(member, people));
  return [
    ...section(safe`Online (${online.length})`, online, true),
    [],
    ...section(safe`Offline (${offline.length})`, offline, false),
    [],
    ...notes(safe`O owner, M moderator`, columns),
  ];
}

const isOnline = ({ id }: Member, people: People): boolean => people.get(id)?.online === true;

const notes = (text: SafeText, columns: number): Row[] =>
  wrapText(text, columns).map((line) => [span(line, "faint")]);

const collator = new Intl.Collator("en", { sensitivity: "base", numeric: true });

const section = (title: SafeText, members: readonly Member[], areOnline: boolean): Row[] => [
  [span(title, "strong")],
  ...[...members]
    .sort((a, b) => collator.compare(a.username, b.username))
    .map((member) => memberRow(member, areOnline)),
];

const memberRow = ({ username, role }: Member, areOnline: boolean): Row => [
  span(signOfPresence(areOnline), areOnline ? "good" : "faint"),
  span(safe` ${roleLetters[role]} ${safeText(username, { maxLength: 100 })}`),
];
