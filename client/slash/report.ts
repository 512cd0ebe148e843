import type { Outcome } from "../actions/actions.ts";
import type { SlashScreen } from "./slash-command.ts";

/** Says that it was done, or in the server's words why not. */
export function report(
  screen: Pick<SlashScreen, "say">,
  outcome: Outcome<unknown>,
  success: string,
): void {
  if (outcome.ok) screen.say("info", success);
  else screen.say("error", outcome.message);
}
