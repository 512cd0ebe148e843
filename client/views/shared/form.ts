import { type Editor, newEditor, setText } from "../../text/editor.ts";
import { applyAction, type EditorAction } from "../../text/editor-actions.ts";
import type { KeyAction } from "../../text/keys.ts";

/** A line to fill in, a choice between yes and no, or one of a few words. */
export type Field =
  | {
      readonly kind: "text";
      readonly name: string;
      readonly label: string;
      readonly hint: string;
      readonly editor: Editor;
      /** Shown as dots. */
      readonly isSecret: boolean;
    }
  | {
      readonly kind: "choice";
      readonly name: string;
      readonly label: string;
      readonly hint: string;
      readonly isChosen: boolean;
    }
  | {
      readonly kind: "option";
      readonly name: string;
      readonly label: string;
      readonly hint: string;
      readonly options: readonly string[];
      readonly chosen: string;
    };

/** Fields one below the other, of which one has the cursor. */
export interface Form {
  readonly fields: readonly Field[];
  readonly focus: number;
}

interface TextFieldOptions {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly limitBytes: number;
  readonly isSecret?: boolean;
  /** What stands in it at first, where it fits. */
  readonly text?: string;
}

export const textField = (options: TextFieldOptions): Field => ({
  kind: "text",
  name: options.name,
  label: options.label,
  hint: options.hint ?? "",
  editor: setText(newEditor(options.limitBytes), options.text ?? "").editor,
  isSecret: options.isSecret ?? false,
});

export const choiceField = (name: string, label: string, hint: string): Field => ({
  kind: "choice",
  name,
  label,
  hint,
  isChosen: false,
});

interface OptionFieldOptions {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly options: readonly string[];
  readonly chosen: string;
}

/** One word of a few, gone through with the arrow keys or the space bar. */
export const optionField = ({
  hint = "space changes it",
  ...field
}: OptionFieldOptions): Field => ({
  kind: "option",
  hint,
  ...field,
});

/** The word chosen in a field; nothing where there is no such field. */
export function optionOf(form: Form, name: string): string {
  const field = form.fields.find((candidate) => candidate.name === name);
  return field?.kind === "option" ? field.chosen : "";
}

/** What was typed into a field; nothing where there is no such field. */
export function textOf(form: Form, name: string): string {
  const field = form.fields.find((candidate) => candidate.name === name);
  return field?.kind === "text" ? field.editor.text : "";
}

export function isChosen(form: Form, name: string): boolean {
  const field = form.fields.find((candidate) => candidate.name === name);
  return field?.kind === "choice" && field.isChosen;
}

/** The form with `text` in a field, where it fits. */
export function withValue(form: Form, name: string, text: string): Form {
  const fields = form.fields.map((field): Field => {
    if (field.name !== name || field.kind !== "text") return field;
    return { ...field, editor: setText(field.editor, text).editor };
  });
  return { ...form, fields };
}

/** The cursor in the field `steps` further down, round and round. */
export function moveFocus(form: Form, steps: number): Form {
  const count = form.fields.length;
  if (count === 0) return form;
  return { ...form, focus: (((form.focus + steps) % count) + count) % count };
}

/** What came of a key: the changed form, the wish to submit it, or why nothing was changed. */
export interface FormEvent {
  readonly form: Form;
  readonly isSubmitted: boolean;
  readonly problem: string | undefined;
}

const stepOf: Readonly<Partial<Record<KeyAction["type"], number>>> = {
  complete: 1,
  moveDown: 1,
  moveUp: -1,
};

/** Applies one action of a key to the form. */
export function pressInForm(form: Form, action: KeyAction): FormEvent {
  const step = stepOf[action.type];
  if (step !== undefined) return changed(moveFocus(form, step));
  if (action.type === "submit") return { ...changed(form), isSubmitted: true };
  const field = form.fields[form.focus];
  if (field === undefined || action.type === "complete" || action.type === "newline") {
    return changed(form);
  }
  if (field.kind === "choice") return withField(form, toggled(field, action));
  if (field.kind === "option") return withField(form, turned(field, action));
  const edit = applyAction(field.editor, asOneLine(action), ONE_ROW);
  if (edit.outcome === "done") return withField(form, { ...field, editor: edit.editor });
  return { ...changed(form), problem: `That is ${edit.excessBytes} bytes too long.` };
}

const changed = (form: Form): FormEvent => ({ form, isSubmitted: false, problem: undefined });

const withField = (form: Form, field: Field): FormEvent =>
  changed({ ...form, fields: form.fields.with(form.focus, field) });

type ChoiceField = Extract<Field, { kind: "choice" }>;

// A field has one row of any width: no wrapping takes part in moving the caret.
const ONE_ROW = 10_000;

/** A pasted line often ends in a line break that nobody meant. */
function asOneLine(action: EditorAction): EditorAction {
  if (action.type !== "paste") return action;
  const text = action.text.replace(/[\r\n]+$/, "").replace(/[\r\n]+/g, " ");
  return { ...action, text };
}

type OptionField = Extract<Field, { kind: "option" }>;

/** A word is also chosen by its first letter. */
function turned(field: OptionField, action: KeyAction): OptionField {
  const { options, chosen } = field;
  const step = action.type === "moveLeft" ? -1 : 1;
  const isTurned =
    action.type === "moveLeft" ||
    action.type === "moveRight" ||
    (action.type === "insert" && action.text === " ");
  if (isTurned) {
    const next = options[(options.indexOf(chosen) + step + options.length) % options.length];
    return { ...field, chosen: next ?? chosen };
  }
  if (action.type !== "insert") return field;
  const letter = action.text.toLowerCase();
  return { ...field, chosen: options.find((option) => option.startsWith(letter)) ?? chosen };
}

const yes = /^[yYjJ1]$/;
const no = /^[nN0]$/;

function toggled(field: ChoiceField, action: KeyAction): ChoiceField {
  if (action.type === "moveLeft" || action.type === "moveRight") {
    return { ...field, isChosen: !field.isChosen };
  }
  if (action.type !== "insert") return field;
  if (action.text === " ") return { ...field, isChosen: !field.isChosen };
  if (yes.test(action.text)) return { ...field, isChosen: true };
  return no.test(action.text) ? { ...field, isChosen: false } : field;
}
