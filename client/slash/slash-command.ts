import type { Actions } from "../actions/actions.ts";
import type { State } from "../store/state.ts";

/** What can be opened in place of the conversation; those from admin on are for admins of the server. */
export type ScreenName =
  | "menu"
  | "members"
  | "settings"
  | "bans"
  | "invitations"
  | "sent"
  | "blocked"
  | "profile"
  | "password"
  | "admin"
  | "users"
  | "rooms"
  | "notice"
  | "invite"
  | "invites";

/** What a command may ask of the screen. */
export interface SlashScreen {
  /** Says something below the messages until the next thing happens. Raw: pass it through safeText. */
  say(severity: "info" | "error", text: string): void;
  showHelp(): void;
  /** Opens the finder over rooms or people. */
  showFinder(scope: "rooms" | "people"): void;
  /** Opens the dialog that creates a room, with a name filled in. */
  showCreateRoom(name: string): void;
  toggleMembers(): void;
  /** Opens what stands in place of the conversation. */
  show(name: ScreenName): void;
  /** Lets the person choose a message, to do something about it. */
  chooseMessage(): void;
  /** Puts the last message of one's own into the line to write in. */
  editLast(): void;
  quit(): void;
}

export interface SlashContext {
  /** The state as it is now: ask again after waiting. */
  readonly state: () => State;
  readonly actions: Actions;
  readonly screen: SlashScreen;
}

/** What is typed as `/name argument`. One file per command; table.ts lists them. */
export interface SlashCommand {
  readonly name: string;
  /** As the help shows it: `/join NAME`. */
  readonly usage: string;
  /** One sentence for the help, without a full stop. */
  readonly summary: string;
  /** What its argument names, for completion. */
  readonly completes?: "rooms" | "people";
  /** `argument` is what follows the name, without blanks around it. */
  run(context: SlashContext, argument: string): void | Promise<void>;
}
