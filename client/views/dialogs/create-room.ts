import { limits } from "@lair-chat/protocol/limits.ts";
import { safe, safeText } from "../../text/safe-text.ts";
import { wrapText } from "../../text/wrap.ts";
import type { Caret } from "../shared/field-row.ts";
import { choiceField, isChosen, textField, withValue } from "../shared/form.ts";
import { formRows } from "../shared/form-rows.ts";
import { emptyRow, type Row, span } from "../shared/row.ts";
import type { Dialog } from "../ui-state.ts";

type CreateRoomDialog = Extract<Dialog, { kind: "create_room" }>;

export function newCreateRoomDialog(name: string): CreateRoomDialog {
  const form = {
    fields: [
      textField({ name: "name", label: "Name", limitBytes: limits.roomNameChars }),
      textField({
        name: "description",
        label: "Description",
        hint: "optional",
        limitBytes: limits.descriptionChars,
      }),
      choiceField("isPrivate", "Private", "space, y or n"),
    ],
    focus: 0,
  };
  return {
    kind: "create_room",
    form: withValue(form, "name", name),
    isBusy: false,
    error: undefined,
  };
}

const PUBLIC = safe`Everybody on this server can find the room and join it. The server can read it.`;
const PRIVATE = safe`A private room is hidden from everybody who is not in it; you invite people with /invite NAME. The server can read it.`;

/** The dialog's rows and where the caret stands in them. */
export function createRoomRows(
  { form, isBusy, error }: CreateRoomDialog,
  columns: number,
): { rows: readonly Row[]; caret: Caret } {
  const fields = formRows(form, columns);
  const lines = wrapText(isChosen(form, "isPrivate") ? PRIVATE : PUBLIC, columns);
  const outcome = isBusy ? safe`Creating the room…` : safeText(error ?? "");
  return {
    rows: [
      [span(safe`Create a room`, "heading")],
      emptyRow,
      ...fields.rows,
      emptyRow,
      ...lines.map((line) => [span(line, "faint")]),
      emptyRow,
      ...wrapText(outcome, columns).map((line) => [span(line, isBusy ? "faint" : "error")]),
    ],
    caret: { x: fields.caret.x, y: fields.caret.y + 2 },
  };
}
