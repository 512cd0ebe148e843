import { Box, Text } from "ink";
import { createContext, type ReactNode, use } from "react";
import { type Theme, themeFor } from "../theme.ts";
import { fitRow, type Row, type Span } from "./row.ts";

export const ThemeContext = createContext<Theme>(themeFor(true));

interface RowsViewProps {
  readonly rows: readonly Row[];
  readonly columns: number;
  /** Rows of the screen; more than these are not drawn. */
  readonly height: number;
  /** True for what only looks nice: a screen reader leaves it out. */
  readonly isDecoration?: boolean;
}

/**
 * The one place where text meets the terminal. All rows are one text node: Ink's cost is by node
 * and by width, and it draws everything that is mounted on every frame.
 */
export function RowsView({
  rows,
  columns,
  height,
  isDecoration = false,
}: RowsViewProps): ReactNode {
  const theme = use(ThemeContext);
  if (height < 1 || columns < 1) return null;
  const shown = rows.slice(0, height).map((row) => fitRow(row, columns));
  return (
    <Box
      width={columns}
      height={height}
      flexShrink={0}
      overflow="hidden"
      aria-hidden={isDecoration}
    >
      <Text wrap="truncate">{shown.map((row, index) => drawRow(row, index, theme))}</Text>
    </Box>
  );
}

function drawRow(row: Row, index: number, theme: Theme): ReactNode[] {
  const pieces = row.map((piece, place) => drawSpan(piece, `${index}.${place}`, theme));
  return index === 0 ? pieces : ["\n", ...pieces];
}

function drawSpan({ text, style }: Span, key: string, theme: Theme): ReactNode {
  if (style === undefined || style === "plain") return text;
  return (
    <Text key={key} {...theme[style]}>
      {text}
    </Text>
  );
}
