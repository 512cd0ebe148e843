import type { Cell, Table } from "./measurement.ts";

/** A number with as many digits as mean something. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) {
    return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
  }
  if (size >= 10) return value.toFixed(1);
  return size >= 0.1 ? value.toFixed(2) : value.toPrecision(2);
}

function cellText(cell: Cell): string {
  if (cell === undefined || cell === null) return "-";
  return typeof cell === "number" ? numberText(cell) : cell;
}

/** For a terminal: words to the left, numbers to the right. */
export function tableText({ title, columns, rows }: Table): string {
  const texts = [columns, ...rows.map((row) => row.map(cellText))];
  const widths = columns.map((_, column) =>
    Math.max(...texts.map((row) => row[column]?.length ?? 0)),
  );
  const isNumeric = columns.map((_, column) =>
    rows.every((row) => typeof row[column] !== "string"),
  );
  const lines = texts.map((row) =>
    columns
      .map((_, column) => {
        const text = row[column] ?? "";
        const width = widths[column] ?? 0;
        return isNumeric[column] ? text.padStart(width) : text.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
  return [title, ...lines].join("\n");
}

export function tableMarkdown({ title, columns, rows }: Table): string {
  const isNumeric = columns.map((_, column) =>
    rows.every((row) => typeof row[column] !== "string"),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = line(isNumeric.map((numeric) => (numeric ? "---:" : "---")));
  const body = rows.map((row) => line(row.map((cell) => escaped(cellText(cell)))));
  return [`**${title}**`, "", line(columns.map(escaped)), rule, ...body].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}
