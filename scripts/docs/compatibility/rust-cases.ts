import {
  invitationStories,
  older,
  olderConnections,
  olderHttp,
  type Proof,
  tcpListener,
  webSocket,
} from "./proofs.ts";

/** A case that the integration tests of Lair Chat 0.8.0 check, and what shows the same here. */
export interface RustCase {
  readonly proofs: readonly Proof[];
  /** What is otherwise here, and why. */
  readonly differs?: string;
}

export type RustSuite = Readonly<Record<string, RustCase>>;

const by = (...proofs: readonly Proof[]): RustCase => ({ proofs });

const hello = older("the server says hello first");
const ping = older("a ping is answered with the time, before signing in and after it");
const registers = older("who makes an account is signed in with it");
const refusedAccounts = older("a name that is taken and a weak password make no account");
const signsIn = older("an account is signed in by name and password");
const refusedSignIns = older("a wrong password and an unknown name are refused alike");
const unauthorized = older("what needs an account is refused with a plain error");
const signsOut = older("signing out is answered");
const rooms = older("rooms are made, listed, joined and left");
const messages = older("messages are sent, read, edited and deleted");
const direct = older("a direct message is read by the other");
const people = older("one asks about oneself and about the others");
const invited = older("an invitation reaches the invited at once");
const sealed = older("over TCP with the key exchange all that follows is sealed");
const places = olderConnections("a server with two places takes two connections");
const counted = olderConnections("as many connections as are allowed are counted, and served");

const tcpCases: RustSuite = {
  test_server_sends_hello_on_connect: by(hello),
  test_handshake_success: by(hello),
  test_ping_pong_before_auth: by(ping),
  test_register_success: by(registers),
  test_register_duplicate_username: by(refusedAccounts),
  test_register_weak_password: by(refusedAccounts),
  test_login_success: by(signsIn),
  test_login_wrong_password: by(refusedSignIns),
  test_login_nonexistent_user: by(refusedSignIns),
  test_create_room: by(rooms),
  test_list_rooms: by(rooms),
  test_join_room: by(rooms),
  test_send_message: by(messages),
  test_get_messages: by(messages),
  test_get_current_user: by(people),
  test_list_users: by(people),
  test_unauthorized_operation: by(unauthorized),
  test_logout: by(signsOut),
  test_ping_pong_authenticated: by(ping),
  test_server_advertises_encryption: by(sealed),
  test_encryption_handshake: by(sealed),
  test_encrypted_communication: by(sealed, registers),
  test_encrypted_ping_pong: by(sealed, ping),
  test_encrypted_room_and_messages: by(sealed, rooms, messages),
  test_edit_message: by(messages),
  test_delete_message: by(messages),
  test_leave_room: by(rooms),
  test_direct_message: by(direct),
  test_connection_limit_enforced: {
    proofs: [
      places,
      tcpListener("beyond the number of connections there is a typed error and a close"),
    ],
    differs: "Who is turned away is told so before the close; 0.8.0 closes without a word.",
  },
  test_connection_count_increases: by(counted),
  test_unlimited_connections_when_zero: {
    proofs: [counted],
    differs: "There is always a limit, from 1 to 1,000,000: without one, files run out first.",
  },
  test_connection_limit_at_capacity: by(places),
  test_invitation_received_event_delivery: by(invited),
};

const health = olderConnections("whoever watches the server is told that it lives and serves");
const noMetrics: RustCase = {
  proofs: [],
  differs: "There is no /metrics yet; what admins may know is in get_stats.",
};
const accounts = olderHttp("over HTTP an account is made once by name and address");
const badAccounts = olderHttp("over HTTP no account is made with a bad name or password");
const httpSignIn = olderHttp(
  "over HTTP one signs in by name or address, and not with what is wrong",
);
const tokens = olderHttp("over HTTP a token is good until its owner signs out, and no other is");
const ownedRooms = olderHttp("over HTTP a room is made, found, changed and deleted by its owner");
const joinedRooms = olderHttp("over HTTP rooms are joined once and left");
const roomPages = olderHttp("over HTTP lists of rooms have pages, of all and of one's own");
const httpMessages = olderHttp("over HTTP messages are sent, read, edited and deleted");
const users = olderHttp("over HTTP users are found by id and in pages");
const online = olderHttp("over HTTP it is said who is connected");
const members = olderHttp("over HTTP members are listed for members");
const roles = olderHttp("over HTTP owners, and nobody else, change what members are");
const kicks = olderHttp("over HTTP owners and moderators remove members, and no moderators");
const invitations = olderHttp(
  "over HTTP an invitation is made, listed, declined, made again and accepted",
);
const inviters = olderHttp("over HTTP moderators invite, members and strangers do not");

const httpCases: RustSuite = {
  test_health_check: {
    proofs: [health],
    differs: 'The status is "ok", as the guide to 0.8.0 has it; its code says "healthy".',
  },
  test_readiness_check: by(health),
  test_metrics_endpoint_without_metrics_returns_error: noMetrics,
  test_metrics_endpoint_with_metrics_enabled: noMetrics,
  test_metrics_contains_expected_gauges: noMetrics,
  test_get_user_shows_online_status_offline: by(online),
  test_get_user_shows_online_status_when_connected: by(online),
  test_register_success: by(accounts),
  test_register_duplicate_username: by(accounts),
  test_register_duplicate_email: by(accounts),
  test_register_weak_password: by(badAccounts),
  test_register_invalid_username: by(badAccounts),
  test_login_success_with_username: by(httpSignIn),
  test_login_success_with_email: by(httpSignIn),
  test_login_wrong_password: by(httpSignIn),
  test_login_nonexistent_user: by(httpSignIn),
  test_logout: by(tokens),
  test_create_room: by(ownedRooms),
  test_list_rooms: by(roomPages),
  test_join_and_leave_room: by(joinedRooms),
  test_send_message: by(httpMessages),
  test_get_messages: by(httpMessages),
  test_edit_message: by(httpMessages),
  test_delete_message: by(httpMessages),
  test_get_current_user: by(tokens),
  test_list_users: by(users),
  test_unauthenticated_request: by(tokens),
  test_invalid_session: by(tokens),
  test_create_invitation: by(invitations),
  test_list_invitations: by(invitations),
  test_accept_invitation_public_room: by(invitations),
  test_accept_invitation_private_room: by(invitations),
  test_decline_invitation: by(invitations),
  test_reinvite_after_decline: by(invitations),
  test_accept_invitation_not_found: by(invitations),
  test_get_room: by(ownedRooms),
  test_get_room_not_found: by(ownedRooms),
  test_update_room: by(ownedRooms),
  test_update_room_not_owner: by(ownedRooms),
  test_delete_room: by(ownedRooms),
  test_list_rooms_joined_only: by(roomPages),
  test_list_rooms_with_limit_public: by(roomPages),
  test_list_rooms_with_limit_joined_only: by(roomPages),
  test_join_room_already_member: by(joinedRooms),
  test_get_user_by_id: by(users),
  test_get_user_not_found: by(users),
  test_list_users_with_pagination: by(users),
  test_admin_stats_requires_permission: by(
    olderHttp("over HTTP numbers of the server are for admins"),
  ),
  test_get_room_members: by(members),
  test_get_room_members_requires_membership: by(members),
  test_update_member_role: by(roles),
  test_update_member_role_requires_owner: by(roles),
  test_kick_member: by(kicks),
  test_kick_member_permission_check: by(kicks),
  test_moderator_can_kick_member: by(kicks),
  test_moderator_cannot_kick_moderator: by(kicks),
  test_create_invitation_requires_moderator: by(inviters),
  test_moderator_can_create_invitation: by(inviters),
  test_non_member_cannot_create_invitation: by(inviters),
  test_cannot_accept_others_invitation: by(inviters),
  test_cannot_decline_others_invitation: by(inviters),
};

const byAddress = olderConnections("a token in the address of a WebSocket signs in at once");

const webSocketCases: RustSuite = {
  test_ws_server_sends_hello_on_connect: by(hello),
  test_ws_handshake_success: by(hello),
  test_ws_version_mismatch: by(
    olderConnections("a version that nobody speaks is refused by name, over TCP and WebSocket"),
  ),
  test_ws_register_success: by(registers),
  test_ws_login_success: by(signsIn),
  test_ws_authenticate_with_token: by(older("a token from elsewhere signs a connection in")),
  test_ws_pre_auth_with_token: by(byAddress),
  test_ws_pre_auth_invalid_token: by(byAddress),
  test_ws_ping_pong_before_auth: by(ping),
  test_ws_ping_pong_after_auth: by(ping),
  test_ws_create_room: by(rooms),
  test_ws_send_message: by(messages),
  test_ws_get_messages: by(messages),
  test_ws_edit_message: by(messages),
  test_ws_delete_message: by(messages),
  test_ws_join_room: by(rooms),
  test_ws_leave_room: by(rooms),
  test_ws_list_rooms: by(rooms),
  test_ws_get_current_user: by(people),
  test_ws_list_users: by(people),
  test_ws_unauthorized_before_auth: by(unauthorized),
  test_ws_key_exchange_not_supported: by(
    olderConnections("over a WebSocket no keys are exchanged, and the connection goes on"),
  ),
  test_ws_logout: by(signsOut),
  test_ws_direct_message: by(direct),
  test_ws_list_invitations: by(invited, invitationStories("an invitation reaches its invitee")),
  test_ws_invalid_json: by(older("what is no JSON is told so")),
  test_ws_binary_message_rejected: by(
    webSocket("binary messages are refused with a reason and code 1003"),
  ),
};

export const rustSuites: Readonly<
  Record<string, { readonly cases: RustSuite; readonly count: number }>
> = {
  "tcp_integration.rs": { cases: tcpCases, count: 33 },
  "http_integration.rs": { cases: httpCases, count: 61 },
  "websocket_integration.rs": { cases: webSocketCases, count: 27 },
};
