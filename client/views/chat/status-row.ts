import type { Conversation, Link, State } from "../../store/state.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import { type Row, type Span, span, spreadRow } from "../shared/row.ts";
import type { Scroll } from "../ui-state.ts";

interface StatusInput {
  readonly conversation: Conversation | undefined;
  /** True while a message that was sent is being changed. */
  readonly isEditing: boolean;
  readonly scroll: Scroll | undefined;
  readonly people: State["people"];
  readonly ownId: string | undefined;
  readonly link: Link;
  readonly now: number;
}

/** Between messages and composer: what is wrong, who is writing, and what lies below the window. */
export function statusRow(input: StatusInput, columns: number): Row {
  return spreadRow([leftOf(input)], belowRow(input.conversation, input.scroll), columns);
}

function leftOf({ conversation, isEditing, people, ownId, link, now }: StatusInput): Span {
  if (isEditing) return span(safe`Editing your message: Enter saves, Esc leaves it`, "strong");
  if (link.state === "offline") return span(whyOffline(link.reason), "warning");
  if (conversation === undefined) return span(safe``);
  if (!conversation.joined) return span(safe`You have left this room.`, "faint");
  const names = [...conversation.typing]
    .filter(([id, until]) => until > now && id !== ownId)
    .map(([id]) => safeText(people.get(id)?.username ?? "somebody", { maxLength: 40 }));
  return span(writers(names), "faint");
}

/** True while somebody is believed to be writing: then time matters to the screen. */
export const isSomebodyWriting = (conversation: Conversation | undefined): boolean =>
  conversation !== undefined && conversation.typing.size > 0;

const whyOffline = (reason: string): SafeText =>
  safe`! ${safeText(reason, { maxLength: 200 })} Ctrl-R tries now.`;

const NAMES_SHOWN = 2;

function writers(names: readonly SafeText[]): SafeText {
  const [first, second] = names;
  if (first === undefined) return safe``;
  if (second === undefined) return safe`${first} is writing…`;
  return names.length > NAMES_SHOWN
    ? safe`${names.length} people are writing…`
    : safe`${first} and ${second} are writing…`;
}

function belowRow(conversation: Conversation | undefined, scroll: Scroll | undefined): Row {
  if (conversation === undefined || scroll === undefined) return [];
  const { entries } = conversation;
  const firstNew = entries.findLastIndex(({ seq }) => seq <= scroll.newestSeq) + 1;
  const count = entries.slice(firstNew).filter(({ kind }) => kind === "message").length;
  return count === 0
    ? [span(safe`↓ more below (Esc)`, "faint")]
    : [span(safe`↓ ${count} new (Esc)`, "unread")];
}
