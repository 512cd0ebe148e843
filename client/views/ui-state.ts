import type { MessageId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { ConversationKey } from "../store/state.ts";
import { type Editor, newEditor } from "../text/editor.ts";
import { type InputHistory, newInputHistory } from "../text/input-history.ts";
import type { Place } from "./chat/message-window.ts";
import { type Dialog, noDialog } from "./dialogs/dialog.ts";
import { type LoginForm, newLoginForm } from "./login/login-form.ts";
import { withValue } from "./shared/form.ts";

/** What this screen remembers and the server need not know. Never changed in place. */
export interface UiState {
  readonly login: LoginForm;
  readonly dialog: Dialog;
  readonly isMembersPaneShown: boolean;
  /** One for each conversation somebody has typed in, and one for when none is open. */
  readonly composers: ReadonlyMap<ComposerKey, Composer>;
  readonly scrolls: ReadonlyMap<ConversationKey, Scroll>;
  /** The seq after which the unread messages began when the conversation was opened. */
  readonly unreadFrom: ReadonlyMap<ConversationKey, number>;
  /** The message that the keys are for; undefined while they write. */
  readonly chosen: Chosen | undefined;
  /** The answer to what was just done here. */
  readonly remark: Remark | undefined;
  /** True once a session has ended here: then its end is no beginning any more. */
  readonly hasSignedOut: boolean;
  /** True once somebody asked to quit and was told that something is not sent yet. */
  readonly isQuitAsked: boolean;
}

/** A message of the open conversation. */
export interface Chosen {
  readonly key: ConversationKey;
  readonly seq: number;
}

export type ComposerKey = ConversationKey | "none";

export interface Composer {
  readonly editor: Editor;
  readonly history: InputHistory;
  /** The message that gets this text; undefined for a new one. */
  readonly editing?: MessageId;
}

/** Where a conversation is scrolled to; without one it shows its end. */
export interface Scroll {
  /** The row at the bottom of the window. */
  readonly bottom: Place;
  /** The newest seq when the end was left: what is above it is new. */
  readonly newestSeq: number;
}

export interface Remark {
  readonly severity: "info" | "warning" | "error";
  /** Raw: pass it through safeText. */
  readonly text: string;
}

const HISTORY_LENGTH = 100;

export const newComposer = (): Composer => ({
  editor: newEditor(limits.contentBytes),
  history: newInputHistory(HISTORY_LENGTH),
});

export const initialUiState = (user = ""): UiState => ({
  login: loginFormFor(user),
  dialog: noDialog,
  isMembersPaneShown: false,
  composers: new Map(),
  scrolls: new Map(),
  unreadFrom: new Map(),
  chosen: undefined,
  remark: undefined,
  hasSignedOut: false,
  isQuitAsked: false,
});

/** With a name there, the password comes next. */
function loginFormFor(user: string): LoginForm {
  const login = newLoginForm("sign_in");
  if (user === "") return login;
  const form = withValue(login.form, "username", user);
  return { ...login, form: { ...form, focus: 1 } };
}

/** The map with one entry replaced, or without it when `value` is undefined. */
export function withEntry<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  key: Key,
  value: Value | undefined,
): ReadonlyMap<Key, Value> {
  const next = new Map(map);
  if (value === undefined) next.delete(key);
  else next.set(key, value);
  return next;
}
