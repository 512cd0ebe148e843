import type { Conversation, Member, State } from "../../store/state.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import { wrapText } from "../../text/wrap.ts";
import { signOfPresence } from "../rooms/sidebar-rows.ts";
import { type Row, span } from "../shared/row.ts";
import { byName } from "./member-order.ts";

const roleLetters = { owner: safe`O`, moderator: safe`M`, member: safe` ` } as const;

type People = State["people"];

/** Who is in a room, those online first, as many as there is room for; the letters are explained below them. */
export function memberRows(
  { members }: Pick<Conversation, "members">,
  people: People,
  columns: number,
  height: number,
): Row[] {
  if (members.state === "failed") return notes(safeText(members.message), columns);
  if (members.state !== "known") return notes(safe`loading…`, columns);
  const sorted = byName(members.list);
  const online = sorted.filter((member) => isOnline(member, people));
  const offline = sorted.filter((member) => !isOnline(member, people));
  const lines: readonly Line[] = [
    safe`Online (${online.length})`,
    ...online,
    safe``,
    safe`Offline (${offline.length})`,
    ...offline,
  ];
  const legend = [[], ...notes(safe`O owner, M moderator`, columns)];
  const room = Math.max(1, height - legend.length);
  const draw = (line: Line) => lineRow(line, people);
  if (lines.length <= room) return [...lines.map(draw), ...legend];
  const shown = lines.slice(0, room - 1);
  const hidden = lines.slice(room - 1).filter((line) => typeof line !== "string").length;
  return [...shown.map(draw), ...notes(safe`… ${hidden} more: Alt-U`, columns), ...legend];
}

/** A heading, or somebody. */
type Line = SafeText | Member;

const lineRow = (line: Line, people: People): Row =>
  typeof line === "string" ? [span(line, "strong")] : memberRow(line, isOnline(line, people));

const isOnline = ({ id }: Member, people: People): boolean => people.get(id)?.online === true;

const notes = (text: SafeText, columns: number): Row[] =>
  wrapText(text, columns).map((line) => [span(line, "faint")]);

const memberRow = ({ username, role }: Member, areOnline: boolean): Row => [
  span(signOfPresence(areOnline), areOnline ? "good" : "faint"),
  span(safe` ${roleLetters[role]} ${safeText(username, { maxLength: 100 })}`),
];
