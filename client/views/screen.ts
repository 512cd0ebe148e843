import type { Actions } from "../actions/actions.ts";
import type { Clock } from "../clock.ts";
import type { Store } from "../store/create-store.ts";
import type { State } from "../store/state.ts";
import type { TimeFormat } from "../text/format-time.ts";
import type { WindowSize } from "./layout.ts";
import type { PacedStore } from "./paced-store.ts";
import type { Remark, UiState } from "./ui-state.ts";

/** What the screen says about where it is. */
export interface About {
  /** As the person gave it. */
  readonly server: string;
  readonly httpUrl: string;
  /** How the bytes travel; never called end-to-end. */
  readonly transport: "plaintext" | "noise" | "tls";
  readonly version: string;
  /** Whom the form for signing in asks the password of, if that was said at the start. */
  readonly user?: string | undefined;
  /** `chat` when an earlier session is being taken up again. */
  readonly initial: "login" | "chat";
  /** False when the server creates no accounts for newcomers. */
  readonly canRegister: boolean;
}

/** The seams between the views and everything else; each function takes what it needs of it. */
export interface Screen {
  readonly store: PacedStore<State>;
  readonly ui: Store<UiState>;
  readonly size: Store<WindowSize>;
  readonly actions: Actions;
  readonly about: About;
  readonly clock: Pick<Clock, "now" | "after">;
  readonly time: TimeFormat;
  /** Draws everything again, for a terminal that something else has written to. */
  redraw(): void;
  quit(): void;
}

/** Shows the answer to what was just done, until the next one. */
export function say({ ui }: Pick<Screen, "ui">, remark: Remark | undefined): void {
  ui.update((state) => (state.remark === remark ? state : { ...state, remark }));
}

/** True while there is nobody to show a chat to; an earlier session gets its chance first. */
export function isLoginShown(
  { me, link }: Pick<State, "me" | "link">,
  { initial }: Pick<About, "initial">,
  { hasSignedOut }: Pick<UiState, "hasSignedOut">,
): boolean {
  const isSignedOut = link.state === "signed_out";
  if (me !== undefined && !isSignedOut) return false;
  return initial === "login" || hasSignedOut || (isSignedOut && link.reason !== undefined);
}
