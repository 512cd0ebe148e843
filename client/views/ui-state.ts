import { limits } from "@lair-chat/protocol/limits.ts";
import type { ConversationKey } from "../store/state.ts";
import { type Editor, newEditor } from "../text/editor.ts";
import { type InputHistory, newInputHistory } from "../text/input-history.ts";
import type { Place } from "./chat/message-window.ts";
import { type LoginForm, newLoginForm } from "./login/login-form.ts";
import type { Form } from "./shared/form.ts";

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
  /** The answer to what was just done here. */
  readonly remark: Remark | undefined;
  /** True once a session has ended here: then its end is no beginning any more. */
  readonly hasSignedOut: boolean;
  /** True once somebody asked to quit and was told that something is not sent yet. */
  readonly isQuitAsked: boolean;
}

export type ComposerKey = ConversationKey | "none";

export interface Composer {
  readonly editor: Editor;
  readonly history: InputHistory;
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

export type SwitcherScope = "all" | "rooms" | "people";

export type Dialog =
  | { readonly kind: "none" }
  | { readonly kind: "help"; readonly top: number }
  | {
      readonly kind: "switcher";
      readonly scope: SwitcherScope;
      readonly editor: Editor;
      readonly selected: number;
    }
  | {
      readonly kind: "invitations";
      readonly selected: number;
      readonly isBusy: boolean;
      /** Raw: pass it through safeText. */
      readonly error: string | undefined;
    }
  | {
      readonly kind: "password";
      readonly form: Form;
      readonly isBusy: boolean;
      /** Raw: pass it through safeText. */
      readonly error: string | undefined;
    }
  | {
      readonly kind: "create_room";
      readonly form: Form;
      readonly isBusy: boolean;
      /** Raw: pass it through safeText. */
      readonly error: string | undefined;
    };

const HISTORY_LENGTH = 100;

export const newComposer = (): Composer => ({
  editor: newEditor(limits.contentBytes),
  history: newInputHistory(HISTORY_LENGTH),
});

export const noDialog: Dialog = { kind: "none" };

export const initialUiState = (): UiState => ({
  login: newLoginForm("sign_in"),
  dialog: noDialog,
  isMembersPaneShown: false,
  composers: new Map(),
  scrolls: new Map(),
  unreadFrom: new Map(),
  remark: undefined,
  hasSignedOut: false,
  isQuitAsked: false,
});

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
