/** Which part of the screen has the keys. */
export type KeyScope = "login" | "chat" | "choice" | "dialog";

interface Binding {
  readonly in: readonly KeyScope[];
  /** The first one is shown in the footer. At least one of them must be a key that every terminal sends. */
  readonly keys: readonly string[];
  /** What it does, as the help says it. */
  readonly help: string;
  /** One or two words for the footer; without it the footer leaves it out. */
  readonly short?: string;
}

const everywhere = ["login", "chat", "choice", "dialog"] as const;
const forms = ["login", "dialog"] as const;

/**
 * Every key of the application, apart from those that edit text (see `editorKeys`). Ctrl-S is left
 * out because a line may still do flow control; Ctrl-I, -M, -H and -[ because they are Tab, Enter,
 * Backspace and Escape.
 */
export const keymap = {
  help: { in: everywhere, keys: ["f1", "alt-h"], help: "Show or hide this help", short: "help" },
  switcher: {
    in: ["chat"],
    keys: ["ctrl-g", "f3"],
    help: "Go to a room or a person, or join a room (Tab does it too when nothing is typed)",
    short: "go to",
  },
  createRoom: { in: ["chat"], keys: ["ctrl-o"], help: "Create a room" },
  previous: {
    in: ["chat"],
    keys: ["ctrl-p", "alt-up"],
    help: "Previous conversation",
  },
  next: {
    in: ["chat"],
    keys: ["ctrl-n", "alt-down"],
    help: "Next conversation",
  },
  nextUnread: {
    in: ["chat"],
    keys: ["f5", "alt-a"],
    help: "Next conversation with something unread",
    short: "unread",
  },
  pageUp: { in: ["chat"], keys: ["pageup"], help: "Scroll up a page" },
  pageDown: { in: ["chat"], keys: ["pagedown"], help: "Scroll down a page" },
  lineUp: { in: ["chat"], keys: ["shift-up", "alt-k"], help: "Scroll up a line" },
  lineDown: { in: ["chat"], keys: ["shift-down", "alt-j"], help: "Scroll down a line" },
  oldest: {
    in: ["chat"],
    keys: ["alt-<", "ctrl-home"],
    help: "Scroll to the oldest message loaded",
  },
  newest: { in: ["chat"], keys: ["alt->", "ctrl-end"], help: "Scroll to the newest message" },
  members: {
    in: ["chat"],
    keys: ["f4", "ctrl-t"],
    help: "Show or hide who is in the room",
    short: "members",
  },
  retry: {
    in: ["chat"],
    keys: ["ctrl-r"],
    help: "Try again: a message that was not sent, or the connection",
  },
  editLast: {
    in: ["chat"],
    keys: ["f6", "alt-e"],
    help: "Edit your last message (the line to write in must be empty)",
  },
  choose: {
    in: ["chat"],
    keys: ["f8", "alt-r"],
    help: "Choose a message with Up and Down: r quotes it for an answer, e edits, d deletes it",
    short: "reply",
  },
  menu: {
    in: ["chat"],
    keys: ["f9", "alt-m"],
    help: "What can be done here: members, settings, invitations, profile, administration",
    short: "menu",
  },
  manageMembers: {
    in: ["chat"],
    keys: ["alt-u"],
    help: "Members of the room: roles, remove, ban, hand the room over",
  },
  invitations: { in: ["chat"], keys: ["f7", "alt-i"], help: "Accept or decline invitations" },
  discard: { in: ["chat"], keys: ["ctrl-x"], help: "Discard a message that was not sent" },
  goTo1: { in: ["chat"], keys: ["alt-1"], help: "The first conversation, and so on to Alt-9" },
  goTo2: { in: ["chat"], keys: ["alt-2"], help: "" },
  goTo3: { in: ["chat"], keys: ["alt-3"], help: "" },
  goTo4: { in: ["chat"], keys: ["alt-4"], help: "" },
  goTo5: { in: ["chat"], keys: ["alt-5"], help: "" },
  goTo6: { in: ["chat"], keys: ["alt-6"], help: "" },
  goTo7: { in: ["chat"], keys: ["alt-7"], help: "" },
  goTo8: { in: ["chat"], keys: ["alt-8"], help: "" },
  goTo9: { in: ["chat"], keys: ["alt-9"], help: "" },
  switchForm: {
    in: ["login"],
    keys: ["f2", "ctrl-t"],
    help: "Change between signing in and creating an account",
    short: "sign in / register",
  },
  selectPrevious: { in: ["dialog"], keys: ["up", "ctrl-p"], help: "Choose the line above" },
  selectNext: { in: ["dialog"], keys: ["down", "ctrl-n"], help: "Choose the line below" },
  chooseOlder: { in: ["choice"], keys: ["up", "alt-k"], help: "" },
  chooseNewer: { in: ["choice"], keys: ["down", "alt-j"], help: "" },
  reload: { in: ["dialog"], keys: ["ctrl-r"], help: "Ask the server for a list again" },
  dialogPageUp: { in: ["dialog"], keys: ["pageup"], help: "" },
  dialogPageDown: { in: ["dialog"], keys: ["pagedown"], help: "" },
  previousField: { in: forms, keys: ["shift-tab"], help: "Previous field (Tab: next field)" },
  back: {
    in: everywhere,
    keys: ["escape"],
    help: "Go back, close, dismiss a notice, stop editing, return to the newest message",
  },
  redraw: { in: everywhere, keys: ["ctrl-l"], help: "Draw the screen again" },
  quit: { in: everywhere, keys: ["ctrl-q", "ctrl-c"], help: "Quit", short: "quit" },
} as const satisfies Record<string, Binding>;

export type ActionName = keyof typeof keymap;

const bindings: readonly (readonly [ActionName, Binding])[] = Object.entries(keymap) as [
  ActionName,
  Binding,
][];

/** The action of a key in a part of the screen. */
export function actionFor(scope: KeyScope, key: string): ActionName | undefined {
  const found = bindings.find(
    ([, binding]) => binding.in.includes(scope) && binding.keys.includes(key),
  );
  return found?.[0];
}

const shownNames: Readonly<Record<string, string>> = {
  pageup: "PgUp",
  pagedown: "PgDn",
  up: "Up",
  down: "Down",
  escape: "Esc",
  home: "Home",
  end: "End",
  tab: "Tab",
  ctrl: "Ctrl",
  alt: "Alt",
  shift: "Shift",
};

/** A key as people write it: `Ctrl-G`. */
export const showKey = (key: string): string =>
  key
    .split(/-(?=.)/)
    .map((part) => shownNames[part] ?? part.toUpperCase())
    .join("-");

/** One line of the help. */
export interface KeyHelp {
  readonly keys: string;
  readonly help: string;
}

/** Every key of the table that has something to say. */
export const keyHelp = (): KeyHelp[] =>
  bindings
    .filter(([, { help }]) => help !== "")
    .map(([, { keys, help }]) => ({ keys: keys.map(showKey).join(", "), help }));

/** The keys worth a place in the footer. */
export const footerKeys = (scope: KeyScope): { key: string; label: string }[] =>
  bindings.flatMap(([, binding]) => {
    const first = binding.keys[0];
    if (!binding.in.includes(scope) || binding.short === undefined || first === undefined) {
      return [];
    }
    return [{ key: showKey(first), label: binding.short }];
  });

/** Keys of the text fields; client/text/keys.ts gives them their meaning. */
export const editorKeys: readonly KeyHelp[] = [
  { keys: "Enter", help: "Send" },
  { keys: "Alt-Enter, Ctrl-J", help: "Start a new line" },
  { keys: "Up, Down", help: "Move between rows; from the edge, messages sent before" },
  { keys: "Ctrl-A, Ctrl-E", help: "Start and end of the line" },
  { keys: "Ctrl-B, Ctrl-F", help: "One character back and forth (also the arrow keys)" },
  { keys: "Alt-B, Alt-F", help: "One word back and forth" },
  { keys: "Ctrl-W, Alt-D", help: "Cut the word before or after the cursor" },
  { keys: "Ctrl-U, Ctrl-K", help: "Cut to the start or the end of the line" },
  { keys: "Ctrl-Y", help: "Paste what was cut" },
  { keys: "Ctrl-Z", help: "Undo" },
  { keys: "Tab", help: "Complete a command or a name" },
];
