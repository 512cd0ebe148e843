import { useEffect } from "react";
import type { Notice, State } from "../store/state.ts";
import { lookUp } from "./dialogs/open-dialog.ts";
import { type Screen, say } from "./screen.ts";
import type { UiState } from "./ui-state.ts";

/** How long something stays on screen; errors stay until they are dismissed. */
const shownMs: Readonly<Record<Notice["severity"], number | undefined>> = {
  info: 6_000,
  warning: 15_000,
  error: undefined,
};

/** How long to wait for the next letter before the server is asked. */
const SEARCH_MS = 200;

/** Takes away what has been read, and asks the server for what is being looked for. */
export function useFading(screen: Screen, state: State, ui: UiState): void {
  const { clock } = screen;
  const { remark, dialog } = ui;
  useEffect(() => {
    const ms = remark === undefined ? undefined : shownMs[remark.severity];
    return ms === undefined ? undefined : clock.after(ms, () => say(screen, undefined));
  }, [screen, clock, remark]);

  const notice = state.notices.at(-1);
  useEffect(() => {
    const ms = notice === undefined ? undefined : shownMs[notice.severity];
    if (notice === undefined || ms === undefined) return undefined;
    return clock.after(ms, () => screen.actions.dismissNotice(notice.id));
  }, [screen, clock, notice]);

  const scope = dialog.kind === "switcher" ? dialog.scope : undefined;
  const wanted = dialog.kind === "switcher" ? dialog.editor.text : "";
  useEffect(() => {
    if (scope === undefined || wanted === "") return undefined;
    return clock.after(SEARCH_MS, () => lookUp(screen, scope, wanted));
  }, [screen, clock, scope, wanted]);
}
