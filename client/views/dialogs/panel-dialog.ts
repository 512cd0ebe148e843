import { limits } from "@lair-chat/protocol/limits.ts";
import { newEditor } from "../../text/editor.ts";
import { applyAction } from "../../text/editor-actions.ts";
import type { KeyAction } from "../../text/keys.ts";
import { type Screen, say } from "../screen.ts";
import type { Dialog, PanelDialog, PanelRow, PanelSpec } from "./dialog.ts";
import { showDialog } from "./open-dialog.ts";

type PanelScreen = Pick<Screen, "ui" | "store" | "clock">;

/** Rows that the server gives at once. */
const PAGE = limits.pageSizeMax;
/** So far from the chosen row everything is asked for: more than a window shows. */
const AHEAD = 60;
/** More parts than these are not kept; what is looked at is asked for again. */
const PAGES_KEPT = 12;
/** How long to wait for the next letter before the server is asked. */
const SEARCH_MS = 200;
// One row of any width: nothing wraps in the line one types in.
const ONE_ROW = 10_000;

export function openPanel(screen: PanelScreen, spec: PanelSpec, back: Dialog): void {
  const panel: PanelDialog = {
    kind: "panel",
    spec,
    editor: newEditor(limits.searchChars),
    selected: 0,
    selectedKey: undefined,
    pages: new Map(),
    total: undefined,
    asked: new Set(),
    question: 0,
    answered: 0,
    isAwaited: false,
    failed: undefined,
    back,
  };
  askAgain(screen, panel);
}

/** Shows it and asks for everything anew; what is there stays until the answer comes. */
export function askAgain(screen: PanelScreen, panel: PanelDialog): void {
  const next = {
    ...panel,
    question: panel.question + 1,
    asked: new Set<number>(),
    failed: undefined,
  };
  showDialog(screen, next);
  if (panel.spec.source.kind === "live") panel.spec.source.load();
  else fill(screen, next);
}

/** The row at a place, if it is here. */
export const pagedRow = ({ pages }: PanelDialog, index: number): PanelRow | undefined =>
  pages.get(Math.floor(index / PAGE))?.[index % PAGE];

/** Where the chosen row of a list stands that may have changed since it was chosen. */
export function chosenIndex(rows: readonly PanelRow[], panel: PanelDialog): number {
  const found = rows.findIndex(({ key }) => key === panel.selectedKey);
  return found >= 0 ? found : within(panel.selected, rows.length);
}

export function moveInPanel(screen: PanelScreen, panel: PanelDialog, step: number): void {
  if (panel.spec.source.kind === "live") {
    const rows = liveRows(screen, panel);
    const to = within(chosenIndex(rows, panel) + step, rows.length);
    showDialog(screen, { ...panel, selected: to, selectedKey: rows[to]?.key });
  } else {
    const selected = within(panel.selected + step, panel.total ?? 0);
    const moved = { ...panel, selected, failed: undefined };
    showDialog(screen, moved);
    fill(screen, moved);
  }
}

const within = (index: number, count: number): number => Math.max(0, Math.min(index, count - 1));

/** Enter opens the chosen row; letters look for one. */
export function typeInPanel(screen: PanelScreen, panel: PanelDialog, action: KeyAction): void {
  if (action.type === "submit") {
    say(screen, undefined);
    enter(screen, panel);
  }
  if (action.type === "submit" || action.type === "complete" || action.type === "newline") return;
  if (!panel.spec.isSearchable) return;
  const { editor } = applyAction(panel.editor, action, ONE_ROW);
  if (editor.text === panel.editor.text) showDialog(screen, { ...panel, editor });
  else look(screen, { ...panel, editor, selected: 0, selectedKey: undefined });
}

/** Whoever types a name and Enter means what is found, and not what was shown before. */
function enter(screen: PanelScreen, panel: PanelDialog): void {
  const isPaged = panel.spec.source.kind === "paged";
  if (isPaged && panel.answered !== panel.question) {
    const awaited = { ...panel, isAwaited: true };
    showDialog(screen, awaited);
    fill(screen, awaited);
  } else {
    chosenRow(screen, panel)?.open(panel);
  }
}

function look(screen: PanelScreen, panel: PanelDialog): void {
  const question = panel.question + 1;
  showDialog(screen, { ...panel, question, asked: new Set(), isAwaited: false });
  if (panel.spec.source.kind === "live") return;
  screen.clock.after(SEARCH_MS, () => {
    const now = current(screen, question);
    if (now !== undefined) fill(screen, now);
  });
}

function chosenRow(screen: Pick<Screen, "store">, panel: PanelDialog): PanelRow | undefined {
  if (panel.spec.source.kind === "paged") return pagedRow(panel, panel.selected);
  const rows = liveRows(screen, panel);
  return rows[chosenIndex(rows, panel)];
}

function liveRows({ store }: Pick<Screen, "store">, panel: PanelDialog): readonly PanelRow[] {
  const { source } = panel.spec;
  if (source.kind !== "live") return [];
  const live = source.rows(store.get(), panel.editor.text);
  return live.state === "known" ? live.rows : [];
}

/** The panel as it is now, if it is on screen and still asks that question. */
function current({ ui }: Pick<Screen, "ui">, question: number): PanelDialog | undefined {
  const { dialog } = ui.get();
  return dialog.kind === "panel" && dialog.question === question ? dialog : undefined;
}

/** Asks for the parts around the chosen row that are not here. */
function fill(screen: PanelScreen, panel: PanelDialog): void {
  const missing = wantedPages(panel).filter(
    (page) =>
      !panel.asked.has(page) && !(panel.answered === panel.question && panel.pages.has(page)),
  );
  if (missing.length === 0) return;
  showDialog(screen, { ...panel, failed: undefined, asked: new Set([...panel.asked, ...missing]) });
  for (const page of missing) void ask(screen, panel, page);
}

function wantedPages({ selected, total }: PanelDialog): number[] {
  const last = Math.max(0, (total ?? 1) - 1);
  const ends = [Math.max(0, selected - AHEAD), selected, Math.min(last, selected + AHEAD)];
  return [...new Set(ends.map((index) => Math.floor(index / PAGE)))];
}

async function ask(screen: PanelScreen, { spec, editor, question }: PanelDialog, page: number) {
  if (spec.source.kind !== "paged") return;
  const outcome = await spec.source.page(editor.text.trim(), page * PAGE);
  const now = current(screen, question);
  if (now === undefined || now.spec !== spec) return;
  const asked = new Set([...now.asked].filter((one) => one !== page));
  if (!outcome.ok) return showDialog(screen, { ...now, asked, failed: outcome.message });
  const { items, total } = outcome.value;
  const known = now.answered === question ? [...now.pages] : [];
  const pages = new Map([...known.slice(1 - PAGES_KEPT), [page, items] as const]);
  const selected = within(now.selected, total);
  const next = { ...now, asked, pages, total, selected, answered: question, isAwaited: false };
  showDialog(screen, next);
  fill(screen, next);
  if (now.isAwaited) chosenRow(screen, next)?.open(next);
}
