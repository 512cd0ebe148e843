import type { State } from "../../store/state.ts";
import type { Editor } from "../../text/editor.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import type { SwitcherScope } from "../dialogs/dialog.ts";
import { type Caret, fieldRow } from "../shared/field-row.ts";
import { emptyRow, fillRow, type Row, span, spreadRow } from "../shared/row.ts";
import { isOnline, signOfPresence } from "./sidebar-rows.ts";
import type { SwitcherItem } from "./switcher-items.ts";

interface SwitcherInput {
  readonly state: Pick<State, "people" | "directory">;
  readonly scope: SwitcherScope;
  readonly editor: Editor;
  readonly items: readonly SwitcherItem[];
  readonly selected: number;
}

const titles: Readonly<Record<SwitcherScope, SafeText>> = {
  all: safe`Go to a room or a person`,
  rooms: safe`Rooms`,
  people: safe`People`,
};

const PROMPT = safe`Find: `;
const HEAD_ROWS = 3;

/** The finder: a line to type in and what it finds. */
export function switcherRows(
  input: SwitcherInput,
  columns: number,
  height: number,
): { rows: readonly Row[]; caret: Caret } {
  const { editor, items, selected, scope } = input;
  const field = fieldRow(editor, columns - PROMPT.length, false);
  const listHeight = Math.max(0, height - HEAD_ROWS);
  const first = Math.max(0, Math.min(selected - listHeight + 1, items.length - listHeight));
  const top = Math.min(first, selected);
  const list = items
    .slice(top, top + listHeight)
    .map((item, index) => itemRow(item, input, top + index === selected, columns));
  return {
    rows: [
      [span(titles[scope], "heading")],
      [span(PROMPT, "strong"), span(field.text)],
      emptyRow,
      ...(list.length === 0 ? [[span(emptyText(input), "faint")]] : list),
    ],
    caret: { x: PROMPT.length + field.caret, y: 1 },
  };
}

function emptyText({ state, editor }: SwitcherInput): SafeText {
  const { loading, failed } = state.directory;
  if (loading) return safe`looking…`;
  if (failed !== undefined) return safe`The server could not be asked: ${safeText(failed)}`;
  return editor.text === "" ? safe`Nothing here yet.` : safe`Nothing is called so.`;
}

function itemRow(
  item: SwitcherItem,
  input: SwitcherInput,
  isSelected: boolean,
  columns: number,
): Row {
  const { left, right } = describe(item, input.state);
  const marker = isSelected ? safe`> ` : safe`  `;
  const style = isSelected ? "selected" : "plain";
  const row = spreadRow([span(safe`${marker}${left}`, style)], [span(right, style)], columns);
  return fillRow(
    row.map((piece) => ({ ...piece, style })),
    columns,
    style,
  );
}

type Description = { readonly left: SafeText; readonly right: SafeText };

const name = (raw: string): SafeText => safeText(raw, { maxLength: 200 });

function describe(item: SwitcherItem, state: SwitcherInput["state"]): Description {
  if (item.kind === "conversation") return describeConversation(item, state);
  return item.kind === "person" ? describePerson(item) : describeRoom(item);
}

type ItemOf<Kind extends SwitcherItem["kind"]> = Extract<SwitcherItem, { kind: Kind }>;

function describeConversation(
  { key, isRoom, name: raw, unread }: ItemOf<"conversation">,
  { people }: SwitcherInput["state"],
): Description {
  const sign = isRoom ? safe`#` : signOfPresence(isOnline(key, people));
  return {
    left: safe`${sign} ${name(raw)}`,
    right: unread > 0 ? safe`(${unread} unread) ` : safe``,
  };
}

const describePerson = (person: ItemOf<"person">): Description => ({
  left: safe`${signOfPresence(person.isOnline)} ${name(person.name)}`,
  right: person.isOnline ? safe`(message) online ` : safe`(message) offline `,
});

function describeRoom({ name: raw, memberCount, description }: ItemOf<"room">): Description {
  const about = description === undefined ? safe`` : safe`  ${name(description)}`;
  const count = memberCount === 1 ? safe`1 member` : safe`${memberCount} members`;
  return { left: safe`# ${name(raw)}${about}`, right: safe`(join) ${count} ` };
}
