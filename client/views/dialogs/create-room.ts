import { limits } from "@lair-chat/protocol/limits.ts";
import { failed } from "../../actions/outcome.ts";
import type { Screen } from "../screen.ts";
import { choiceField, isChosen, textField, textOf } from "../shared/form.ts";
import { type FormSpec, noDialog } from "./dialog.ts";
import { openForm } from "./form-dialog.ts";

const PUBLIC = "Everybody on this server can find the room and join it. The server can read it.";
const PRIVATE =
  "A private room is hidden from everybody who is not in it; you invite people with /invite NAME. The server can read it.";

/** Opens the dialog that creates a room, with a name filled in. */
export function openCreateRoom(screen: Pick<Screen, "ui" | "actions">, name: string): void {
  const fields = [
    textField({ name: "name", label: "Name", limitBytes: limits.roomNameChars, text: name }),
    textField({
      name: "description",
      label: "Description",
      hint: "optional",
      limitBytes: limits.descriptionChars,
    }),
    choiceField("isPrivate", "Private", "space, y or n"),
  ];
  openForm(screen, createRoomSpec(screen), fields, noDialog);
}

const createRoomSpec = ({ actions }: Pick<Screen, "actions">): FormSpec => ({
  title: "Create a room",
  submit: "create",
  busy: "Creating the room…",
  about: (form) => (isChosen(form, "isPrivate") ? PRIVATE : PUBLIC),
  async run(form) {
    const name = textOf(form, "name").trim().replace(/^#/, "");
    if (name === "") return failed("Type a name for the room.");
    const outcome = await actions.createRoom({
      name,
      description: textOf(form, "description").trim(),
      isPrivate: isChosen(form, "isPrivate"),
    });
    if (!outcome.ok) return outcome;
    const next = () => actions.openConversation(`room:${outcome.value}`);
    return { ok: true, value: { next } };
  },
});
