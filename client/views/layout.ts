/** Where everything stands, counted in cells. */
export interface Layout {
  readonly columns: number;
  readonly rows: number;
  /** Rows between header and footer. */
  readonly bodyRows: number;
  /** 0 when there is no room for it. */
  readonly sidebarColumns: number;
  readonly mainColumns: number;
  /** 0 when it is hidden. */
  readonly membersColumns: number;
}

export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

export const HEADER_ROWS = 1;
export const FOOTER_ROWS = 1;

const SIDEBAR_COLUMNS = 22;
const MEMBERS_COLUMNS = 20;
/** Below this the sidebar would leave too little for reading. */
const SIDEBAR_FROM = 60;
const MEMBERS_FROM = 50;
const MEMBERS_BESIDE_SIDEBAR_FROM = 90;
/** The line between two panes. */
const BORDER_COLUMNS = 1;

/** Below this nothing useful can be drawn. */
export const smallestWindow: WindowSize = { columns: 20, rows: 6 };

export const isTooSmall = ({ columns, rows }: WindowSize): boolean =>
  columns < smallestWindow.columns || rows < smallestWindow.rows;

/** Shares out the window; with members shown in a middling width the sidebar gives way to them. */
export function layoutFor({ columns, rows }: WindowSize, isMembersPaneShown: boolean): Layout {
  const hasMembers = isMembersPaneShown && columns >= MEMBERS_FROM;
  const sidebarFrom = hasMembers ? MEMBERS_BESIDE_SIDEBAR_FROM : SIDEBAR_FROM;
  const sidebarColumns = columns >= sidebarFrom ? SIDEBAR_COLUMNS : 0;
  const membersColumns = hasMembers ? MEMBERS_COLUMNS : 0;
  const borders = [sidebarColumns, membersColumns].filter((pane) => pane > 0).length;
  return {
    columns,
    rows,
    bodyRows: Math.max(0, rows - HEADER_ROWS - FOOTER_ROWS),
    sidebarColumns,
    membersColumns,
    mainColumns: columns - sidebarColumns - membersColumns - borders * BORDER_COLUMNS,
  };
}

/** A dialog has the whole body, a little indented. */
export const DIALOG_INDENT = 2;
export const DIALOG_TOP = 1;

/** The part of the window that a dialog can fill. */
export const dialogArea = ({ columns, rows }: WindowSize): WindowSize => ({
  columns: Math.max(1, columns - 2 * DIALOG_INDENT),
  rows: Math.max(1, rows - HEADER_ROWS - FOOTER_ROWS - DIALOG_TOP),
});
