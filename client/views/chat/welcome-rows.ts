import type { State } from "../../store/state.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import { wrapText } from "../../text/wrap.ts";
import { keymap, showKey } from "../keymap.ts";
import { emptyRow, type Row, span } from "../shared/row.ts";

const key = (name: "switcher" | "createRoom" | "help"): SafeText =>
  safeText(showKey(keymap[name].keys[0]));

/** What stands in place of messages while no conversation is open. */
export function welcomeRows({ me, link }: Pick<State, "me" | "link">, columns: number): Row[] {
  if (me === undefined && link.state !== "online") return [emptyRow, [span(safe` One moment…`)]];
  const name = me === undefined ? safe`` : safe`, ${safeText(me.username)}`;
  const lines: SafeText[] = [
    safe`Welcome${name}.`,
    safe``,
    safe`${key("switcher")} finds a room or a person,`,
    safe`${key("createRoom")} creates a room,`,
    safe`${key("help")} shows all keys and commands.`,
  ];
  return [
    emptyRow,
    ...lines.flatMap((line, index) =>
      wrapText(line, columns - 1).map(
        (text): Row => [span(safe` ${text}`, index === 0 ? "strong" : "plain")],
      ),
    ),
  ];
}
