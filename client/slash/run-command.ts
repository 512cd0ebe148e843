import { closestName } from "./closest.ts";
import type { SlashContext } from "./slash-command.ts";
import { slashCommands } from "./table.ts";

/** Carries out `/name argument`, or says which command was probably meant. */
export function runCommand(
  context: SlashContext,
  name: string,
  argument: string,
): void | Promise<void> {
  const command = slashCommands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command.run(context, argument);
  context.screen.say("error", unknownCommand(name));
}

function unknownCommand(name: string): string {
  const closest = closestName(
    name,
    slashCommands.map((command) => command.name),
  );
  const meant = closest === undefined ? "/help lists them all." : `Did you mean /${closest}?`;
  return `There is no command /${name}. ${meant} Begin with // to send it as a message.`;
}
