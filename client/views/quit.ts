import { unsentCount } from "../slash/unsent-count.ts";
import { type Screen, say } from "./screen.ts";

/** Quits, but says so first when something written has not reached the server: it stays on this machine. */
export function askToQuit({ store, ui, quit }: Pick<Screen, "store" | "ui" | "quit">): void {
  const waiting = unsentCount(store.get());
  if (waiting === 0 || ui.get().isQuitAsked) {
    quit();
    return;
  }
  const what = waiting === 1 ? "1 message is not" : `${waiting} messages are not`;
  ui.update((state) => ({ ...state, isQuitAsked: true }));
  say(
    { ui },
    { severity: "warning", text: `${what} sent yet, and will be when you are back. ${AGAIN}` },
  );
}

const AGAIN = "The same key again quits.";
