import type { ClientId, InvitationId, MessageId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Room, RoomRole } from "@lair-chat/protocol/messages/shapes.ts";

/** Names a conversation on this side: a room, or the other person of a direct one. */
export type ConversationKey = `room:${RoomId}` | `dm:${UserId}`;

/** Everything the screen shows, but for where the cursor is. Never changed in place. */
export interface State {
  readonly link: Link;
  readonly me: Me | undefined;
  readonly conversations: ReadonlyMap<ConversationKey, Conversation>;
  /** The conversation on screen: its messages count as read. */
  readonly open: ConversationKey | undefined;
  readonly people: ReadonlyMap<UserId, Person>;
  readonly directory: Directory;
  /** Those that wait for an answer of ours, newest first, bounded. */
  readonly invitations: readonly Invitation[];
  /** Newest last, bounded. */
  readonly notices: readonly Notice[];
  /** Why nothing can be kept on this machine, while that is so. */
  readonly unkept?: string;
  /** Which history the server has, and how far we have our own log of it; not known of every server. */
  readonly log?: ServerLog;
}

export interface ServerLog {
  /** Another one after the server was restored from a backup. */
  readonly id: string;
  /** The newest entry of our own log that we have. */
  readonly userSeq: number;
}

/** How we stand with the server. `since` and `retryAt` are milliseconds since the epoch. */
export type Link =
  | { readonly state: "signed_out"; readonly reason?: string }
  | { readonly state: "connecting"; readonly since: number }
  | { readonly state: "catching_up"; readonly since: number }
  | { readonly state: "online"; readonly since: number }
  | { readonly state: "offline"; readonly reason: string; readonly retryAt: number };

export interface Me {
  readonly id: UserId;
  readonly username: string;
  readonly role: "user" | "moderator" | "admin";
  /** As the person gave it, for the header. */
  readonly server: string;
  /** How the bytes travel; never called end-to-end. */
  readonly transport: "plaintext" | "noise" | "tls";
}

export interface Person {
  readonly id: UserId;
  readonly username: string;
  readonly online: boolean;
}

export interface Conversation {
  readonly key: ConversationKey;
  readonly kind: "room" | "dm";
  /** Room name without `#`, or the other's user name. Raw: pass it through safeText. */
  readonly title: string;
  readonly description: string | undefined;
  readonly role: RoomRole | undefined;
  readonly isPrivate: boolean;
  readonly memberCount: number;
  /** Of a room, as the server last told them. */
  readonly settings?: Room["settings"];
  readonly members: Members;
  /** Entries in ascending `seq` without a hole, but for kinds that only a newer client can show. */
  readonly entries: readonly Entry[];
  /** The part of the log that `entries` stands for; where it is not given, from the first to the last. */
  readonly span?: Span;
  /** Newest seq the server has told us of. */
  readonly head: number;
  /** What the server last told of the hashes over the log. */
  readonly chain?: Chained;
  /** Set once the server had less than it once told us, or something else. */
  readonly setBack?: SetBack;
  /** True when the first entry of the log that we may read is in `entries`. */
  readonly reachedStart: boolean;
  /** The seq of that entry, once the server has told it: 1 where nothing is kept from us. */
  readonly historyStartsAt?: number;
  readonly history: "idle" | "loading" | { readonly failed: string };
  /** What we are sending, oldest first; shown below the entries. */
  readonly outgoing: readonly Outgoing[];
  /** Everything up to here has been seen. */
  readonly readSeq: number;
  /** What the server knows of that. */
  readonly serverReadSeq: number;
  /** What the server last counted as unread, and up to which seq; for what is not loaded here. */
  readonly counted?: { readonly unread: number; readonly upTo: number };
  /** Changes to messages before the first entry, by the seq of the message: a page may come that was read before them. */
  readonly changes: ReadonlyMap<number, MessageChange>;
  /** Who is writing, and until when that is believed (milliseconds since the epoch). */
  readonly typing: ReadonlyMap<UserId, number>;
  readonly draft: string;
  /** False once we have left: it stays readable until closed. */
  readonly joined: boolean;
}

/** The hash over a log up to an entry, and with it. */
export interface Chained {
  readonly seq: number;
  readonly value: string;
}

/** The history of a conversation was set back to an earlier state. */
export interface SetBack {
  /** When we found out; milliseconds since the epoch. */
  readonly at: number;
  /** Where the log ended then. */
  readonly seq: number;
  /** Whether those messages of ours that are missing since have been offered again. */
  readonly isOffered: boolean;
}

/** A stretch of a log, both ends included; empty where `to` is before `from`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type Members =
  | { readonly state: "unknown" | "loading" }
  | { readonly state: "failed"; readonly message: string }
  | { readonly state: "known"; readonly list: readonly Member[] };

export interface Member {
  readonly id: UserId;
  readonly username: string;
  readonly role: RoomRole;
}

/** What became of a message after it was written. */
export type MessageChange =
  | { readonly kind: "edit"; readonly messageSeq: number; readonly content: string }
  | {
      readonly kind: "delete";
      readonly messageSeq: number;
      readonly deletedBy: UserId;
      readonly authorId: UserId | undefined;
    };

export type Entry = MessageEntry | LineEntry;

/** What stands in the log beside what was said. */
export type LineEntry = DeletedEntry | JoinEntry | LeaveEntry | RoleEntry | RoomChangeEntry;

interface EntryBase {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

interface PersonEntry extends EntryBase {
  readonly authorId: UserId;
  /** Raw: pass it through safeText. */
  readonly author: string;
}

/** The place of a message that was erased. */
export interface DeletedEntry extends EntryBase {
  readonly kind: "deleted";
  readonly id: MessageId;
  /** Who had written it, where the server says so. */
  readonly authorId: UserId | undefined;
  readonly deletedBy: UserId;
}

/** `author` is something else in the room since then. */
export interface RoleEntry extends PersonEntry {
  readonly kind: "role";
  readonly role: RoomRole;
}

export interface RoomChangeEntry extends EntryBase {
  readonly kind: "room_change";
  /** Which of them changed, as the server names them. Raw: pass it through safeText. */
  readonly changes: readonly string[];
  /** Raw: pass it through safeText. */
  readonly title: string;
  /** Raw: pass it through safeText. */
  readonly description: string | undefined;
  readonly settings: Room["settings"];
}

export interface MessageEntry extends PersonEntry {
  readonly kind: "message";
  readonly id: MessageId;
  readonly clientId: ClientId | undefined;
  /** Raw: pass it through safeText. */
  readonly content: string;
  readonly edited: boolean;
}

export interface JoinEntry extends PersonEntry {
  readonly kind: "join";
}

export interface LeaveEntry extends PersonEntry {
  readonly kind: "leave";
  readonly reason: string;
}

/** A message of ours on its way. It leaves this list when the log's own copy arrives. */
export interface Outgoing {
  readonly clientId: ClientId;
  readonly content: string;
  readonly createdAt: number;
  readonly status:
    | { readonly state: "sending" }
    /** Acknowledged: on the server's disk under this seq. */
    | { readonly state: "sent"; readonly seq: number; readonly chain?: string }
    /** Refused: it is not stored, and trying again may or may not help. */
    | { readonly state: "failed"; readonly message: string };
}

export interface Directory {
  readonly rooms: readonly DirectoryRoom[];
  readonly users: readonly Person[];
  readonly loading: boolean;
  readonly failed: string | undefined;
}

export interface DirectoryRoom {
  readonly id: RoomId;
  readonly name: string;
  readonly description: string | undefined;
  readonly memberCount: number;
  readonly isMember: boolean;
  readonly isPrivate: boolean;
}

/** A room that somebody wants us in. */
export interface Invitation {
  readonly id: InvitationId;
  readonly roomId: RoomId;
  /** Raw, as the other texts: pass them through safeText. */
  readonly roomName: string;
  readonly inviter: string;
  readonly message: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface Notice {
  readonly id: number;
  readonly severity: "info" | "warning" | "error";
  /** Raw: pass it through safeText. */
  readonly text: string;
  readonly at: number;
}

export const initialState: State = {
  link: { state: "signed_out" },
  me: undefined,
  conversations: new Map(),
  open: undefined,
  people: new Map(),
  directory: { rooms: [], users: [], loading: false, failed: undefined },
  invitations: [],
  notices: [],
};
