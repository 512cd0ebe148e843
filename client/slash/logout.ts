import type { SlashCommand } from "./slash-command.ts";
import { onlyHere } from "./unsent-count.ts";

const ANYWAY = "anyway";

export const logout = {
  name: "logout",
  usage: "/logout",
  summary: "End this session and return to signing in",
  run({ actions, screen, state }, argument) {
    const { unsent, drafts } = onlyHere(state());
    if (unsent + drafts > 0 && argument !== ANYWAY) {
      const what = [
        ...(unsent === 0 ? [] : [unsent === 1 ? "1 unsent message" : `${unsent} unsent messages`]),
        ...(drafts === 0 ? [] : [drafts === 1 ? "1 draft" : `${drafts} drafts`]),
      ].join(" and ");
      screen.say(
        "error",
        `That would delete ${what}. /logout ${ANYWAY} does it; /quit keeps them.`,
      );
      return undefined;
    }
    screen.say("info", "Signing out…");
    return actions.signOut();
  },
} satisfies SlashCommand;
