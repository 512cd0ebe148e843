import { slashCommands } from "../../slash/table.ts";
import type { State } from "../../store/state.ts";
import { type Edit, type Editor, insert } from "../../text/editor.ts";
import { type Screen, say } from "../screen.ts";
import { openConversation } from "./open-chat.ts";

/** Names offered when several fit. */
const SHOWN_MAX = 12;

/** Completes the word before the caret: a command, a room or a person. */
export function completeInComposer(screen: Pick<Screen, "store" | "ui">, editor: Editor): Edit {
  const before = editor.text.slice(0, editor.caret);
  const word = /\S*$/.exec(before)?.[0] ?? "";
  const { names, suffix } = candidates(screen.store.get(), before, word);
  const sign = /^[/@#]/.exec(word)?.[0] ?? "";
  const typed = word.slice(sign.length);
  const fitting = [...new Set(names)].filter((name) => startsWith(name, typed));
  const only = fitting[0];
  if (only === undefined || (typed === "" && sign === "")) return { outcome: "done", editor };
  if (fitting.length === 1) return insert(editor, only.slice(typed.length) + suffix);
  const shown = fitting.slice(0, SHOWN_MAX).map((name) => sign + name);
  say(screen, { severity: "info", text: shown.join("  ") });
  return insert(editor, commonPrefix(fitting).slice(typed.length));
}

const startsWith = (name: string, typed: string): boolean =>
  name.toLowerCase().startsWith(typed.toLowerCase());

function commonPrefix(names: readonly string[]): string {
  const [first = "", ...rest] = names;
  let length = first.length;
  for (const name of rest) {
    while (!startsWith(name, first.slice(0, length))) length -= 1;
  }
  return first.slice(0, length);
}

interface Candidates {
  readonly names: readonly string[];
  /** What follows a completed name. */
  readonly suffix: string;
}

function candidates(state: State, before: string, word: string): Candidates {
  if (before === word && word.startsWith("/")) {
    return { names: slashCommands.map(({ name }) => name), suffix: " " };
  }
  const command = /^\/(\S+)\s/.exec(before)?.[1];
  const completes = slashCommands.find(({ name }) => name === command)?.completes;
  if (completes === "rooms" || word.startsWith("#"))
    return { names: roomNames(state), suffix: " " };
  return { names: peopleNames(state), suffix: before === word ? ": " : " " };
}

const roomNames = ({ directory, conversations }: State): string[] => [
  ...[...conversations.values()].filter(({ kind }) => kind === "room").map(({ title }) => title),
  ...directory.rooms.map(({ name }) => name),
];

/** Those of the open conversation first. */
function peopleNames(state: State): string[] {
  const members = openConversation(state)?.members;
  const inRoom = members?.state === "known" ? members.list : [];
  return [...inRoom, ...state.people.values()].map(({ username }) => username);
}
