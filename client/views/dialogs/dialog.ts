import type { Outcome, Page } from "../../actions/actions.ts";
import type { State } from "../../store/state.ts";
import type { Editor } from "../../text/editor.ts";
import type { SafeText } from "../../text/safe-text.ts";
import type { Form } from "../shared/form.ts";

/** What stands in place of the conversation, if something does. Never changed in place. */
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
  | FormDialog
  | MenuDialog
  | PanelDialog;

export type SwitcherScope = "all" | "rooms" | "people";

export const noDialog: Dialog = { kind: "none" };

/** Fields to fill in, and what is done with them. */
export interface FormDialog {
  readonly kind: "form";
  readonly spec: FormSpec;
  readonly form: Form;
  readonly isBusy: boolean;
  /** Raw: pass it through safeText. */
  readonly error: string | undefined;
  /** Where Escape leads, and where one is when it is done. */
  readonly back: Dialog;
}

export interface FormSpec {
  /** Raw, as the other texts: they hold names. */
  readonly title: string;
  /** One word for what Enter does. */
  readonly submit: string;
  /** Said while it is being done. */
  readonly busy: string;
  /** Stands below the fields. */
  about(form: Form): string;
  /** Does it. What is wrong with the fields is an outcome like a refusal of the server. */
  run(form: Form): Promise<Outcome<FormDone>>;
}

export interface FormDone {
  /** Raw: pass it through safeText. */
  readonly said?: string;
  /** What follows once the form is gone. */
  readonly next?: () => void;
}

/** A few things to choose from. */
export interface MenuDialog {
  readonly kind: "menu";
  /** Raw, as the other texts: they hold names. */
  readonly title: string;
  /** Stand above the choices. */
  readonly lines: readonly string[];
  readonly items: readonly MenuItem[];
  readonly selected: number;
  readonly isBusy: boolean;
  readonly error: string | undefined;
  readonly back: Dialog;
}

export interface MenuItem {
  /** The key that chooses it at once. */
  readonly letter: string;
  /** Raw: pass it through safeText. */
  readonly label: string;
  /** The command that does the same, or what else there is to know. */
  readonly hint?: string;
  run(): void;
}

/** A list that may be long, of things with which something can be done. */
export interface PanelDialog {
  readonly kind: "panel";
  readonly spec: PanelSpec;
  /** What is looked for. */
  readonly editor: Editor;
  readonly selected: number;
  /** Of a list that changes by itself: the chosen one stays chosen wherever it moves. */
  readonly selectedKey: string | undefined;
  /** Those parts that are here, by their place. */
  readonly pages: ReadonlyMap<number, readonly PanelRow[]>;
  /** Unknown until the first answer. */
  readonly total: number | undefined;
  /** Parts that were asked for. */
  readonly asked: ReadonlySet<number>;
  /** Another one with each other search: late answers to an older one are dropped. */
  readonly question: number;
  /** The question that `pages` answers. */
  readonly answered: number;
  /** True when Enter was pressed before the answer was there. */
  readonly isAwaited: boolean;
  /** Raw: pass it through safeText. */
  readonly failed: string | undefined;
  readonly back: Dialog;
}

export interface PanelSpec {
  /** Raw, as the other texts: they hold names. */
  readonly title: string;
  /** Said where there is nothing. */
  readonly empty: string;
  /** One word for what Enter does. */
  readonly enter: string;
  /** Stands below the list. */
  readonly note?: string;
  readonly isSearchable: boolean;
  readonly source: PanelSource;
}

export type PanelSource =
  | {
      /** What the state has, as it is at any time. */
      readonly kind: "live";
      rows(state: State, wanted: string): LiveRows;
      /** Asks for it anew. */
      load(): void;
    }
  | {
      /** What the server has, in parts. */
      readonly kind: "paged";
      page(wanted: string, offset: number): Promise<Outcome<Page<PanelRow>>>;
    };

export type LiveRows =
  | { readonly state: "loading" }
  | { readonly state: "failed"; readonly message: string }
  | { readonly state: "known"; readonly rows: readonly PanelRow[] };

export interface PanelRow {
  readonly key: string;
  /** Called only for rows that are seen. */
  draw(): { readonly left: SafeText; readonly right: SafeText };
  /** What Enter does; what it opens leads back to `panel`. */
  open(panel: PanelDialog): void;
}
