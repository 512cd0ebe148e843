import { closestName } from "./closest.ts";
import { splitWord } from "./parse.ts";
import { report } from "./report.ts";
import { demandRoom } from "./room-and-person.ts";
import { roomSettings } from "./room-settings.ts";
import type { SlashCommand } from "./slash-command.ts";

const names = roomSettings.map(({ name }) => name);

export const settings = {
  name: "settings",
  usage: "/settings [NAME VALUE]",
  summary: "Show or change the settings of the room on screen",
  async run(context, argument) {
    const room = demandRoom(context);
    if (room === undefined) return;
    const { actions, screen } = context;
    if (argument === "") return screen.show("settings");
    const { word, rest } = splitWord(argument);
    const setting = roomSettings.find(({ name }) => name === word.toLowerCase());
    if (setting === undefined) return screen.say("error", unknownSetting(word));
    const change = setting.change(rest);
    if (change === undefined) {
      return screen.say("error", `/settings ${setting.name}: say ${setting.expected}.`);
    }
    const outcome = await actions.updateRoom(room.id, change);
    report(
      screen,
      outcome,
      `#${room.title}: ${setting.name} is ${rest === "" ? "empty" : rest} now.`,
    );
  },
} satisfies SlashCommand;

function unknownSetting(word: string): string {
  const closest = closestName(word, names);
  const meant = closest === undefined ? "" : ` Did you mean ${closest}?`;
  return `A room has no setting ${word}, but ${names.join(", ")}.${meant}`;
}
