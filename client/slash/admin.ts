import type { Role } from "@lair-chat/protocol/messages/shapes.ts";
import type { ServerStats } from "../actions/actions.ts";
import { closestName } from "./closest.ts";
import { splitWord } from "./parse.ts";
import { report } from "./report.ts";
import { demandPerson } from "./room-and-person.ts";
import type { SlashCommand, SlashContext } from "./slash-command.ts";

export const admin = {
  name: "admin",
  usage: "/admin stats|ban|unban|role|notice …",
  summary: "What admins of the server can do; /admin stats, for instance",
  async run(context, argument) {
    const { word, rest } = splitWord(argument);
    const name = word.toLowerCase();
    const act = acts.get(name);
    if (act !== undefined) return act(context, rest);
    const closest = closestName(name, [...acts.keys()]);
    const meant = closest === undefined ? usages.join(", ") : `Did you mean /admin ${closest}?`;
    context.screen.say("error", `Say what: ${meant}`);
  },
} satisfies SlashCommand;

type Act = (context: SlashContext, rest: string) => Promise<void>;

const BAN = "/admin ban NAME [HOURSh] [REASON]";
const UNBAN = "/admin unban NAME";
const ROLE = "/admin role NAME user|moderator|admin";
const NOTICE = "/admin notice TEXT";
const usages = ["/admin stats", BAN, UNBAN, ROLE, NOTICE];

const acts: ReadonlyMap<string, Act> = new Map([
  ["stats", stats],
  ["ban", ban],
  ["unban", unban],
  ["role", setRole],
  ["notice", notice],
]);

async function stats({ actions, screen }: SlashContext): Promise<void> {
  const outcome = await actions.stats();
  if (outcome.ok) screen.say("info", statsText(outcome.value));
  else screen.say("error", outcome.message);
}

const SECONDS_PER_HOUR = 3600;

function statsText({ users, rooms, messages, connections, uptime_seconds }: ServerStats): string {
  const hours = Math.floor(uptime_seconds / SECONDS_PER_HOUR);
  return [
    `${users.total} users (${users.online} online)`,
    `${rooms.total} rooms (${rooms.public} public)`,
    `${messages.total} messages (${messages.today} today)`,
    `${connections.tcp} TCP and ${connections.websocket} WebSocket connections`,
    `up for ${hours} h`,
  ].join(", ");
}

async function ban(context: SlashContext, rest: string): Promise<void> {
  const named = await demandPerson(context, rest, BAN);
  if (named === undefined) return;
  const { id, username } = named.person;
  const { hours, reason } = banTerms(named.rest);
  const outcome = await context.actions.banUser(id, reason, hours);
  const time = hours === undefined ? "until you say otherwise" : `for ${hours} h`;
  report(context.screen, outcome, `${username} is banned from this server ${time}.`);
}

/** `48h spam` is spam for two days; without a number it is for good. */
function banTerms(text: string): { hours: number | undefined; reason: string } {
  const { word, rest } = splitWord(text);
  const hours = /^([1-9]\d{0,5})h$/.exec(word)?.[1];
  return hours === undefined
    ? { hours: undefined, reason: text }
    : { hours: Number(hours), reason: rest };
}

async function unban(context: SlashContext, rest: string): Promise<void> {
  const named = await demandPerson(context, rest, UNBAN);
  if (named === undefined) return;
  const outcome = await context.actions.unbanUser(named.person.id);
  report(context.screen, outcome, `${named.person.username} may use this server again.`);
}

async function setRole(context: SlashContext, rest: string): Promise<void> {
  const named = await demandPerson(context, rest, ROLE);
  if (named === undefined) return;
  const role = named.rest.toLowerCase();
  if (!isRole(role)) return context.screen.say("error", `Say which role: ${ROLE}`);
  const outcome = await context.actions.setUserRole(named.person.id, role);
  report(context.screen, outcome, `${named.person.username} is ${role} on this server now.`);
}

const isRole = (text: string): text is Role =>
  text === "user" || text === "moderator" || text === "admin";

async function notice({ actions, screen }: SlashContext, text: string): Promise<void> {
  if (text === "") return screen.say("error", `Say what: ${NOTICE}`);
  const outcome = await actions.sendNotice(text);
  if (outcome.ok) screen.say("info", `Told to ${outcome.value} connections.`);
  else screen.say("error", outcome.message);
}
