import type { Command } from "@lair-chat/protocol/define.ts";
import { commands } from "@lair-chat/protocol/registry.ts";
import { documentedCommands, documentedEndpoints, documentedEvents } from "./documented.ts";
import { otherRows } from "./other-promises.ts";
import {
  accountStories,
  adminStories,
  everyCommand,
  everyEvent,
  invitationStories,
  messageStories,
  older,
  olderHttp,
  openApiDocument,
  type Proof,
  rights,
  roomStories,
  sessionEnds,
} from "./proofs.ts";
import type { Row } from "./row.ts";

/** Tests beside the one story of all commands: over both kinds of connection, over TCP, over HTTP. */
interface More {
  readonly connections?: readonly Proof[];
  readonly tcp?: readonly Proof[];
  readonly http?: readonly Proof[];
}

const byRights: More = { connections: [rights], http: [rights] };

const moreOf: Readonly<Partial<Record<keyof typeof documentedCommands, More>>> = {
  Register: {
    connections: [
      older("who makes an account is signed in with it"),
      older("a name that is taken and a weak password make no account"),
    ],
    http: [olderHttp("over HTTP an account is made once by name and address")],
  },
  Login: {
    connections: [
      older("an account is signed in by name and password"),
      older("a wrong password and an unknown name are refused alike"),
    ],
    http: [olderHttp("over HTTP one signs in by name or address, and not with what is wrong")],
  },
  Logout: {
    connections: [older("signing out is answered")],
    http: [olderHttp("over HTTP a token is good until its owner signs out, and no other is")],
  },
  SendMessage: {
    ...byRights,
    tcp: [messageStories("who blocked somebody and whom they blocked write to each other no more")],
  },
  EditMessage: {
    connections: [rights],
    tcp: [messageStories("an edit reaches everybody in the room at once")],
    http: [rights, messageStories("who may change a message, on TCP and over HTTP")],
  },
  DeleteMessage: {
    connections: [rights],
    tcp: [messageStories("a device that was away learns of edits and deletes from the log")],
    http: [rights, messageStories("who may change a message, on TCP and over HTTP")],
  },
  GetMessages: byRights,
  MarkMessagesRead: {
    connections: [rights],
    tcp: [messageStories("unread messages are others' that are still there")],
    http: [rights, messageStories("direct messages are unread by whom they are from")],
  },
  CreateRoom: { tcp: [roomStories("a room is made with its settings, changed")] },
  JoinRoom: byRights,
  LeaveRoom: byRights,
  GetRoom: byRights,
  ListRooms: {
    connections: [rights],
    http: [rights, olderHttp("over HTTP lists of rooms have pages")],
  },
  UpdateRoom: {
    connections: [rights],
    tcp: [roomStories("a room is made with its settings, changed")],
    http: [rights, roomStories("over HTTP a room is administered at the addresses of 0.8.0")],
  },
  DeleteRoom: {
    connections: [rights],
    tcp: [roomStories("a room that is deleted is gone for everybody, and they are told")],
    http: [rights, roomStories("over HTTP a room is administered at the addresses of 0.8.0")],
  },
  InviteToRoom: {
    connections: [rights],
    tcp: [invitationStories("an invitation reaches its invitee at once, and lets him in")],
    http: [rights, invitationStories("over HTTP invitations live at the addresses of 0.8.0")],
  },
  AcceptInvitation: byRights,
  DeclineInvitation: byRights,
  ListInvitations: byRights,
  UpdateProfile: {
    tcp: [accountStories("another e-mail address takes the password, and must be nobody else's")],
  },
  ChangePassword: {
    tcp: [accountStories("a changed password ends all other sessions and keeps this one")],
    http: [accountStories("a refresh token of a session that the change ended is worth nothing")],
  },
  GetCurrentUser: { connections: [older("one asks about oneself and about the others")] },
  ListUsers: {
    connections: [older("one asks about oneself and about the others")],
    http: [olderHttp("over HTTP users are found by id and in pages")],
  },
  GetUser: { http: [olderHttp("over HTTP it is said who is connected")] },
  GetStats: {
    tcp: [adminStories("the numbers are those of the server")],
    http: [adminStories("only admins use what is theirs")],
  },
  BanUser: {
    tcp: [adminStories("a banned user is told why on every connection, and has none any more")],
    http: [adminStories("who is unbanned signs in again; the old sessions stay over")],
  },
  AdminDeleteRoom: {
    ...byRights,
    tcp: [adminStories("a room an admin deletes is gone for its members, who are told why")],
  },
  authenticate: { connections: [older("a token from elsewhere signs a connection in")] },
  typing: { connections: [rights] },
  ping: {
    connections: [older("a ping is answered with the time, before signing in and after it")],
  },
  "get room members": byRights,
  "update member role": byRights,
  "kick member": byRights,
};

const withoutHttp =
  "HTTP has no connection that this could be about: every request brings its token.";

function commandRow([documented, here]: readonly [string, string]): Row {
  const more = moreOf[documented as keyof typeof documentedCommands] ?? {};
  const connected = [everyCommand, ...(more.connections ?? [])];
  const { http }: Command = commands[here as keyof typeof commands];
  return {
    documented,
    here,
    tcp: [...connected, ...(more.tcp ?? [])],
    webSocket: connected,
    http: http === undefined ? { none: withoutHttp } : [everyCommand, ...(more.http ?? [])],
  };
}

export const commandRows: readonly Row[] = Object.entries(documentedCommands).map(commandRow);

const notPushed = "Over HTTP nothing is pushed.";

function eventRow([documented, here]: readonly [string, string]): Row {
  const shown = here === "session_expiring" ? [sessionEnds] : [everyEvent];
  return { documented, here, tcp: shown, webSocket: shown, http: { none: notPushed } };
}

export const eventRows: readonly Row[] = Object.entries(documentedEvents).map(eventRow);

const onlyHttp = "An address of the HTTP API.";

function endpointRow([documented, here]: readonly [string, string]): Row {
  return {
    documented,
    here,
    tcp: { none: onlyHttp },
    webSocket: { none: onlyHttp },
    http: [everyCommand, openApiDocument("every command with an address is in the document")],
  };
}

export const endpointRows: readonly Row[] = Object.entries(documentedEndpoints).map(endpointRow);

export const tables: Readonly<Record<string, readonly Row[]>> = {
  Commands: commandRows,
  Events: eventRows,
  "Addresses of the HTTP API": endpointRows,
  "Everything else": otherRows,
};
