import type { ReactNode } from "react";
import { safe } from "../../text/safe-text.ts";
import { smallestWindow, type WindowSize } from "../layout.ts";
import type { Caret } from "./field-row.ts";
import { span } from "./row.ts";
import { RowsView } from "./rows-view.tsx";

interface TooSmallProps {
  readonly size: WindowSize;
  readonly placeCaret: (caret: Caret | undefined) => void;
}

/** Instead of a picture nobody could read. */
export function TooSmallView({ size, placeCaret }: TooSmallProps): ReactNode {
  placeCaret(undefined);
  const { columns, rows } = smallestWindow;
  const wanted = [span(safe`Window too small: at least ${columns}x${rows}`)];
  return <RowsView rows={[wanted]} columns={size.columns} height={size.rows} />;
}
