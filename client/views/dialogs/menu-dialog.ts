import type { Outcome } from "../../actions/actions.ts";
import type { KeyAction } from "../../text/keys.ts";
import { safe, safeText } from "../../text/safe-text.ts";
import { wrapText } from "../../text/wrap.ts";
import type { WindowSize } from "../layout.ts";
import { type Screen, say } from "../screen.ts";
import { emptyRow, type Row, span } from "../shared/row.ts";
import { centredTop, choiceRow } from "./choice-row.ts";
import type { Dialog, MenuDialog, MenuItem } from "./dialog.ts";
import { showDialog } from "./open-dialog.ts";
import { askAgain } from "./panel-dialog.ts";

type MenuScreen = Pick<Screen, "ui" | "store" | "clock">;

interface Menu {
  readonly title: string;
  readonly lines?: readonly string[];
  readonly items: readonly MenuItem[];
  readonly back: Dialog;
}

export function openMenu(screen: Pick<Screen, "ui">, { lines = [], ...menu }: Menu): void {
  const fresh = { kind: "menu", selected: 0, isBusy: false, error: undefined, lines } as const;
  showDialog(screen, { ...fresh, ...menu });
}

interface Question {
  readonly title: string;
  /** What cannot be undone. */
  readonly warning: string;
  /** The whole sentence of what is done. */
  readonly yes: string;
  readonly back: Dialog;
  run(): void;
}

/** Asks before something that cannot be undone; what is chosen at first does nothing. */
export function confirm(screen: MenuScreen, { title, warning, yes, back, run }: Question): void {
  const items = [
    { letter: "n", label: "No, go back", run: () => goBack(screen, back) },
    { letter: "y", label: yes, run },
  ];
  openMenu(screen, { title, lines: [warning], items, back });
}

/** Shows what was there before; a list is asked for again, because something may be different now. */
export function goBack(screen: MenuScreen, back: Dialog): void {
  if (back.kind === "panel") askAgain(screen, back);
  else showDialog(screen, back);
}

interface Work {
  run(): Promise<Outcome<unknown>>;
  readonly said: string;
  /** Where one is when it is done. */
  readonly back: Dialog;
}

/** Does what was chosen in the menu on screen; a refusal stays there to be read. */
export async function carryOut(screen: MenuScreen, { run, said, back }: Work): Promise<void> {
  const { dialog } = screen.ui.get();
  if (dialog.kind !== "menu") return;
  const busy: MenuDialog = { ...dialog, isBusy: true, error: undefined };
  showDialog(screen, busy);
  const outcome = await run();
  // Somebody may have left it in the meantime.
  const isThere = screen.ui.get().dialog === busy;
  if (!outcome.ok && isThere) {
    return showDialog(screen, { ...busy, isBusy: false, error: outcome.message });
  }
  if (isThere) goBack(screen, back);
  const text = outcome.ok ? said : outcome.message;
  say(screen, { severity: outcome.ok ? "info" : "error", text });
}

interface Loading<T> {
  readonly title: string;
  readonly back: Dialog;
  load(): Promise<Outcome<T>>;
  show(loaded: T): void;
}

/** Shows something as soon as the server has answered, and until then that it is being asked. */
export async function showLoaded<T>(
  screen: Pick<Screen, "ui">,
  { title, back, load, show }: Loading<T>,
): Promise<void> {
  const fresh = { kind: "menu", lines: [], items: [], selected: 0, error: undefined } as const;
  const waiting: MenuDialog = { ...fresh, title, isBusy: true, back };
  showDialog(screen, waiting);
  const outcome = await load();
  if (screen.ui.get().dialog !== waiting) return;
  if (outcome.ok) show(outcome.value);
  else showDialog(screen, { ...waiting, isBusy: false, error: outcome.message });
}

export function moveInMenu(screen: MenuScreen, menu: MenuDialog, step: number): void {
  if (menu.isBusy) return;
  const selected = Math.max(0, Math.min(menu.items.length - 1, menu.selected + step));
  showDialog(screen, { ...menu, selected, error: undefined });
}

/** Enter takes the chosen one, its letter any of them. */
export function typeInMenu(screen: MenuScreen, menu: MenuDialog, action: KeyAction): void {
  const item = menu.isBusy ? undefined : itemFor(menu, action);
  if (item === undefined) return;
  // What was said about the thing before does not belong to this one.
  say(screen, undefined);
  item.run();
}

function itemFor({ items, selected }: MenuDialog, action: KeyAction): MenuItem | undefined {
  if (action.type === "submit") return items[selected];
  if (action.type !== "insert") return undefined;
  const letter = action.text.toLowerCase();
  return items.find((item) => item.letter === letter);
}

/** Rows that are left to the choices, however much stands above them. */
const CHOICE_ROWS = 4;
const OUTCOME_ROWS = 3;
const LOW_ROWS = 8;

/** What it is about, the choices, and how it goes. */
export function menuRows(menu: MenuDialog, { columns, rows: height }: WindowSize): readonly Row[] {
  const { title, lines, items, selected, isBusy, error } = menu;
  const textRows = Math.max(1, height - CHOICE_ROWS - OUTCOME_ROWS);
  const text = lines.flatMap((line) => wrapText(safeText(line), columns)).slice(0, textRows);
  // In a low window nothing is given away.
  const gap = height < LOW_ROWS ? [] : [emptyRow];
  const head = [
    [span(safeText(title), "heading")],
    ...text.map((line): Row => [span(line)]),
    ...gap,
  ];
  const said = isBusy ? safe`One moment…` : safeText(error === undefined ? "" : `! ${error}`);
  const foot = said === "" ? [] : wrapText(said, columns).slice(0, OUTCOME_ROWS);
  const room = Math.max(1, height - head.length - foot.length - gap.length);
  const top = centredTop(selected, items.length, room);
  return [
    ...head,
    ...items.slice(top, top + room).map((item, index) => {
      const left = safe`${safeText(item.letter)}  ${safeText(item.label)}`;
      return choiceRow(
        { left, right: safeText(item.hint ?? "") },
        top + index === selected,
        columns,
      );
    }),
    ...gap,
    ...foot.map((line): Row => [span(line, isBusy ? "faint" : "error")]),
  ];
}
