import { safeText } from "../text/safe-text.ts";

/** What libraries said while the screen was up, bounded; the newest are kept. */
export interface ConsoleGuard extends Disposable {
  /** Checked lines, to be printed once the terminal is back to normal. */
  readonly lines: readonly string[];
}

const LINES_MAX = 50;
const LENGTH_MAX = 2_000;

const methods = ["log", "info", "warn", "error", "debug", "trace"] as const;

/**
 * Keeps `console` and Node's warnings off the screen until disposed: they would be written over
 * it, and raw.
 */
export function guardConsole(
  target: Pick<Console, (typeof methods)[number]>,
  processEvents: Pick<NodeJS.Process, "listeners" | "on" | "off">,
): ConsoleGuard {
  const lines: string[] = [];
  const note = (...parts: unknown[]) => {
    lines.push(safeText(parts.map(String).join(" "), { maxLength: LENGTH_MAX }));
    if (lines.length > LINES_MAX) lines.shift();
  };
  const originals = methods.map((method) => [method, target[method]] as const);
  for (const method of methods) target[method] = note;
  // Node itself prints warnings to the terminal through a listener of this event.
  const printers = processEvents.listeners("warning") as ((warning: Error) => void)[];
  for (const printer of printers) processEvents.off("warning", printer);
  processEvents.on("warning", note);
  return {
    lines,
    [Symbol.dispose]() {
      for (const [method, original] of originals) target[method] = original;
      processEvents.off("warning", note);
      for (const printer of printers) processEvents.on("warning", printer);
    },
  };
}
