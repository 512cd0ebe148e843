import type { SlashCommand } from "./slash-command.ts";
import { unsentCount } from "./unsent-count.ts";

const ANYWAY = "anyway";

export const logout = {
  name: "logout",
  usage: "/logout",
  summary: "End this session and return to signing in",
  run({ actions, screen, state }, argument) {
    const waiting = unsentCount(state());
    if (waiting > 0 && argument !== ANYWAY) {
      const what = waiting === 1 ? "1 message is" : `${waiting} messages are`;
      screen.say("error", `${what} not sent yet. /logout ${ANYWAY} ends the session all the same.`);
      return undefined;
    }
    return actions.signOut();
  },
} satisfies SlashCommand;
