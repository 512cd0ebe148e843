import type { ClientId, MessageId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { RoomRole } from "@lair-chat/protocol/messages/shapes.ts";

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
  /** Newest last, bounded. */
  readonly notices: readonly Notice[];
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
  readonly transport: "plaintext" | "tls";
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
  readonly members: Members;
  /** Entries in ascending `seq` without a hole, but for kinds that only a newer client can show. */
  readonly entries: readonly Entry[];
  /** The part of the log that `entries` stands for; where it is not given, from the first to the last. */
  readonly span?: Span;
  /** Newest seq the server has told us of. */
  readonly head: number;
  /** True when the first entry of the log is in `entries`. */
  readonly reachedStart: boolean;
  readonly history: "idle" | "loading" | { readonly failed: string };
  /** What we are sending, oldest first; shown below the entries. */
  readonly outgoing: readonly Outgoing[];
  /** Everything up to here has been seen. */
  readonly readSeq: number;
  /** Who is writing, and until when that is believed (milliseconds since the epoch). */
  readonly typing: ReadonlyMap<UserId, number>;
  readonly draft: string;
  /** False once we have left: it stays readable until closed. */
  readonly joined: boolean;
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

export type Entry = MessageEntry | JoinEntry | LeaveEntry;

interface EntryBase {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly authorId: UserId;
  /** Raw: pass it through safeText. */
  readonly author: string;
}

export interface MessageEntry extends EntryBase {
  readonly kind: "message";
  readonly id: MessageId;
  readonly clientId: ClientId | undefined;
  /** Raw: pass it through safeText. */
  readonly content: string;
  readonly edited: boolean;
}

export interface JoinEntry extends EntryBase {
  readonly kind: "join";
}

export interface LeaveEntry extends EntryBase {
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
    | { readonly state: "sent"; readonly seq: number }
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
  notices: [],
};
