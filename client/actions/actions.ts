import type { ClientId, InvitationId, MessageId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type {
  Role,
  Room,
  RoomRole,
  User,
  Invitation as WireInvitation,
} from "@lair-chat/protocol/messages/shapes.ts";
import type { Params, Result } from "@lair-chat/protocol/registry.ts";
import type { ConversationKey } from "../store/state.ts";

/** How a thing the person asked for went; `message` says what happened and what to do. Raw: pass it through safeText. */
export type Outcome<T = void> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly message: string;
      /** Once this server is trusted, the same may be asked for again. */
      readonly unknownServer?: UnknownServer;
    };

/** A server whose certificate nobody vouches for, so that the person has to judge it. */
export interface UnknownServer {
  readonly at: string;
  /** Of its key, as the server prints it. */
  readonly fingerprint: string;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface NewAccount extends Credentials {
  readonly email: string;
  /** The one-time token of a server's first start, or empty. */
  readonly setupToken: string;
  /** For servers that take nobody without one, or empty. */
  readonly invite?: string;
}

/** What is to be different about a room; the rest stays. */
export interface RoomChange {
  readonly name?: string;
  /** Empty takes it away. */
  readonly description?: string;
  readonly isPrivate?: boolean;
  readonly settings?: RoomSettingsChange;
}

/** Those settings of a room that have no name of their own above, as the wire has them. */
export type RoomSettingsChange = Omit<
  NonNullable<Params<"update_room">["settings"]>,
  "public" | "description"
>;

/** A part of a list that is too long to be had at once. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Of the whole list. */
  readonly total: number;
}

/** Names in these are raw: pass them through safeText. */
export type RoomBan = Result<"list_bans">["bans"][number];
export type BlockedUser = Result<"list_blocked_users">["users"][number];
export type ListedRoom = Result<"list_rooms">["rooms"][number];
export type ListedUser = User & { readonly online: boolean };
export type SentInvitation = WireInvitation;
export type ServerInvite = Result<"list_registration_invites">["invites"][number];
export type NoticeSeverity = NonNullable<Params<"send_server_notice">["severity"]>;

export type ServerStats = Result<"get_stats">["stats"];

/** Everything a person can do. Views call these and read the store; nothing here throws for what can go wrong outside. */
export interface Actions {
  signIn(credentials: Credentials): Promise<Outcome>;
  register(account: NewAccount): Promise<Outcome>;
  /** From now on the server that shows this fingerprint is trusted; the person has compared it. */
  trustServer(fingerprint: string): void;
  /** Ends the session on the server and forgets it here. */
  signOut(): Promise<void>;
  /** Tries at once instead of waiting for the backoff. */
  reconnectNow(): void;

  openConversation(key: ConversationKey): void;
  closeConversation(): void;
  /** Opens the direct conversation with somebody, new or old. */
  openDirect(userId: UserId, username: string): void;
  /** The page of history before the oldest entry; does nothing at the start of the log. */
  loadOlder(key: ConversationKey): Promise<Outcome>;

  /** Shows the message at once and sends it, now or when the connection is back. */
  send(key: ConversationKey, content: string): Outcome;
  retry(key: ConversationKey, clientId: ClientId): void;
  discard(key: ConversationKey, clientId: ClientId): void;
  /** Keeps what is being written, and tells the others that something is. */
  setDraft(key: ConversationKey, text: string): void;

  editMessage(messageId: MessageId, content: string): Promise<Outcome>;
  deleteMessage(messageId: MessageId): Promise<Outcome>;

  createRoom(room: {
    name: string;
    description: string;
    isPrivate: boolean;
  }): Promise<Outcome<RoomId>>;
  joinRoom(roomId: RoomId): Promise<Outcome>;
  leaveRoom(roomId: RoomId): Promise<Outcome>;
  /** Refreshes `directory.rooms`. */
  searchRooms(search: string): Promise<Outcome>;
  /** Refreshes `directory.users`. */
  searchUsers(search: string): Promise<Outcome>;
  loadMembers(roomId: RoomId): Promise<Outcome>;

  /** The room as the server has it now. */
  getRoom(roomId: RoomId): Promise<Outcome<Room>>;
  updateRoom(roomId: RoomId, change: RoomChange): Promise<Outcome>;
  deleteRoom(roomId: RoomId): Promise<Outcome>;
  kick(roomId: RoomId, userId: UserId): Promise<Outcome>;
  /** `reason` may be empty. */
  ban(roomId: RoomId, userId: UserId, reason: string): Promise<Outcome>;
  unban(roomId: RoomId, userId: UserId): Promise<Outcome>;
  /** Who is kept out of the room. */
  listBans(roomId: RoomId, offset: number): Promise<Outcome<Page<RoomBan>>>;
  setMemberRole(roomId: RoomId, userId: UserId, role: RoomRole): Promise<Outcome>;
  transferOwnership(roomId: RoomId, userId: UserId): Promise<Outcome>;

  /** `message` may be empty. */
  inviteToRoom(roomId: RoomId, userId: UserId, message: string): Promise<Outcome>;
  /** Refreshes `invitations`. */
  loadInvitations(): Promise<Outcome>;
  acceptInvitation(id: InvitationId): Promise<Outcome<RoomId>>;
  declineInvitation(id: InvitationId): Promise<Outcome>;
  /** Those one has sent, answered or not, the newest first. */
  listSentInvitations(offset: number): Promise<Outcome<Page<SentInvitation>>>;
  /** Takes back one that was sent. */
  cancelInvitation(id: InvitationId): Promise<Outcome>;

  blockUser(userId: UserId): Promise<Outcome>;
  unblockUser(userId: UserId): Promise<Outcome>;
  listBlocked(offset: number): Promise<Outcome<Page<BlockedUser>>>;
  /** One's own account, with what only its owner may see. */
  profile(): Promise<Outcome<User>>;
  /** An empty address takes it away. */
  updateEmail(email: string, password: string): Promise<Outcome>;
  changePassword(current: string, next: string): Promise<Outcome>;

  /** A page of the people of this server by name. */
  listUsers(search: string, offset: number): Promise<Outcome<Page<ListedUser>>>;
  /** A page of the rooms that one may see, by name. */
  listRooms(search: string, offset: number): Promise<Outcome<Page<ListedRoom>>>;

  /** For admins of the server, as the rest below. */
  stats(): Promise<Outcome<ServerStats>>;
  /** `reason` may be empty; without `hours` it is for good. */
  banUser(userId: UserId, reason: string, hours?: number): Promise<Outcome>;
  unbanUser(userId: UserId): Promise<Outcome>;
  setUserRole(userId: UserId, role: Role): Promise<Outcome>;
  /** Any room, one's own or not; `reason` may be empty. */
  deleteAnyRoom(roomId: RoomId, reason: string): Promise<Outcome>;
  /** Makes an invite to the server; its token is told only here. What is not given is as the server likes it. */
  createServerInvite(invite: {
    uses: number | undefined;
    hours: number | undefined;
    note: string;
  }): Promise<Outcome<Result<"create_registration_invite">>>;
  listServerInvites(offset: number): Promise<Outcome<Page<ServerInvite>>>;
  revokeServerInvite(id: ServerInvite["id"]): Promise<Outcome>;
  /** Tells everybody who is connected; resolves with how many that were. */
  sendNotice(text: string, severity?: NoticeSeverity): Promise<Outcome<number>>;

  dismissNotice(id: number): void;
}
