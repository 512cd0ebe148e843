import type { RoomId } from "@lair-chat/protocol/ids.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import type { Role } from "@lair-chat/protocol/messages/shapes.ts";
import type { NoticeSeverity, ServerStats } from "../actions/actions.ts";
import { closestName } from "./closest.ts";
import { plainRoomName } from "./open-room.ts";
import { splitWord } from "./parse.ts";
import { report } from "./report.ts";
import { demandPerson } from "./room-and-person.ts";
import type { SlashCommand, SlashContext } from "./slash-command.ts";

export const admin = {
  name: "admin",
  usage: "/admin [WHAT …]",
  summary: "What admins of the server do; alone it opens their screen",
  async run(context, argument) {
    if (argument === "") return context.screen.show("admin");
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
const DELETE = "/admin deleteroom NAME|ID yes [REASON]";
const NOTICE = "/admin notice [!|!!] TEXT";
const usages = [
  "/admin stats",
  "/admin users",
  "/admin rooms",
  "/admin invite",
  "/admin invites",
  BAN,
  UNBAN,
  ROLE,
  DELETE,
  NOTICE,
];

const acts: ReadonlyMap<string, Act> = new Map([
  ["stats", stats],
  ["users", async ({ screen }) => screen.show("users")],
  ["rooms", async ({ screen }) => screen.show("rooms")],
  ["invites", async ({ screen }) => screen.show("invites")],
  ["invite", async ({ screen }) => screen.show("invite")],
  ["ban", ban],
  ["unban", unban],
  ["role", setRole],
  ["deleteroom", deleteAnyRoom],
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

const YES = "yes";
const idRegex = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function deleteAnyRoom(context: SlashContext, text: string): Promise<void> {
  const { actions, screen } = context;
  // A name may hold blanks; what follows the last word of it begins with "yes".
  const [, name = "", sure, reason = ""] = /^(.*?)(?:\s+(yes)(?:\s+(.*))?)?$/s.exec(text) ?? [];
  if (name === "") return screen.say("error", `Say which: ${DELETE}`);
  const room = await roomNamed(context, name);
  if (room === undefined) return;
  if (sure !== YES) {
    const asked = `This deletes #${room.name} with everything in it, for everybody. /admin deleteroom ${name} ${YES} does it.`;
    return screen.say("error", asked);
  }
  const outcome = await actions.deleteAnyRoom(room.id, reason.trim());
  report(screen, outcome, `#${room.name} is deleted.`);
}

/** A room of that name or id; one that even admins do not see can only be meant by its id. */
async function roomNamed(
  { actions, screen }: SlashContext,
  name: string,
): Promise<{ readonly id: RoomId; readonly name: string } | undefined> {
  if (idRegex.test(name)) return { id: name.toLowerCase() as RoomId, name };
  const wanted = plainRoomName(name);
  const outcome = await actions.listRooms(wanted.slice(0, limits.searchChars), 0);
  if (!outcome.ok) {
    screen.say("error", outcome.message);
    return undefined;
  }
  const found = outcome.value.items.find(({ room }) => plainRoomName(room.name) === wanted);
  if (found === undefined) screen.say("error", `There is no room called #${wanted} that you see.`);
  return found?.room;
}

const severities: ReadonlyMap<string, NoticeSeverity> = new Map([
  ["!", "warning"],
  ["!!", "critical"],
]);

async function notice({ actions, screen }: SlashContext, argument: string): Promise<void> {
  if (argument === "") return screen.show("notice");
  const { word, rest } = splitWord(argument);
  const severity = severities.get(word) ?? "info";
  const text = severity === "info" ? argument : rest;
  if (text === "") return screen.say("error", `Say what: ${NOTICE}`);
  const outcome = await actions.sendNotice(text, severity);
  if (outcome.ok) screen.say("info", `Told to ${outcome.value} connections.`);
  else screen.say("error", outcome.message);
}
