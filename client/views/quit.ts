import { unsentCount } from "../slash/unsent-count.ts";
import type { State } from "../store/state.ts";
import { type Screen, say } from "./screen.ts";

/** Quits, but says so first when something written has not reached the server: it stays on this machine. */
export function askToQuit({ store, ui, quit }: Pick<Screen, "store" | "ui" | "quit">): void {
  const state = store.get();
  const waiting = unsentCount(state);
  if (waiting === 0 || ui.get().isQuitAsked) {
    quit();
    return;
  }
  const what = waiting === 1 ? "1 message is not" : `${waiting} messages are not`;
  ui.update((before) => ({ ...before, isQuitAsked: true }));
  say({ ui }, { severity: "warning", text: `${what} sent yet, and ${fate(state)}. ${AGAIN}` });
}

const fate = ({ unkept }: State): string =>
  unkept === undefined
    ? "will be when you are back"
    : "cannot be kept on this machine now: what is lost by quitting is printed at the end";

const AGAIN = "The same key again quits.";
