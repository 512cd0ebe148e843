import type { RoomId } from "@lair-chat/protocol/ids.ts";
import type { Actions, Outcome } from "../actions/actions.ts";

/** What the views asked for, in order: the name of the action and its arguments. */
export type Recorded = readonly [name: keyof Actions, ...args: readonly unknown[]];

export interface RecordingActions {
  readonly actions: Actions;
  readonly recorded: readonly Recorded[];
  /** What was asked for under one name. */
  of(name: keyof Actions): readonly (readonly unknown[])[];
  /** Called after each of them. */
  onRecorded: () => void;
}

const done: Outcome = { ok: true, value: undefined };
const noItems = { ok: true, value: { items: [], total: 0 } } as const;
const notAllowed = { ok: false, message: "You are not allowed to do that." } as const;

/** Actions that only note down that they were called, apart from those given. */
export function recordingActions(given: Partial<Actions> = {}): RecordingActions {
  const recorded: Recorded[] = [];
  const actions: Actions = {
    signIn: async () => done,
    register: async () => done,
    trustServer: () => {},
    signOut: async () => {},
    reconnectNow: () => {},
    openConversation: () => {},
    closeConversation: () => {},
    openDirect: () => {},
    loadOlder: async () => done,
    send: () => done,
    retry: () => {},
    discard: () => {},
    setDraft: () => {},
    createRoom: async () => ({ ok: true, value: "new-room" as RoomId }),
    joinRoom: async () => done,
    leaveRoom: async () => done,
    searchRooms: async () => done,
    searchUsers: async () => done,
    loadMembers: async () => done,
    editMessage: async () => done,
    deleteMessage: async () => done,
    updateRoom: async () => done,
    getRoom: async () => notAllowed,
    deleteRoom: async () => done,
    kick: async () => done,
    ban: async () => done,
    unban: async () => done,
    listBans: async () => noItems,
    setMemberRole: async () => done,
    transferOwnership: async () => done,
    inviteToRoom: async () => done,
    loadInvitations: async () => done,
    acceptInvitation: async () => ({ ok: true, value: "new-room" as RoomId }),
    declineInvitation: async () => done,
    listSentInvitations: async () => noItems,
    cancelInvitation: async () => done,
    blockUser: async () => done,
    unblockUser: async () => done,
    listBlocked: async () => noItems,
    profile: async () => notAllowed,
    updateEmail: async () => done,
    changePassword: async () => done,
    listUsers: async () => noItems,
    listRooms: async () => noItems,
    stats: async () => notAllowed,
    banUser: async () => done,
    unbanUser: async () => done,
    setUserRole: async () => done,
    deleteAnyRoom: async () => done,
    createServerInvite: async () => notAllowed,
    listServerInvites: async () => noItems,
    revokeServerInvite: async () => done,
    sendNotice: async () => ({ ok: true, value: 3 }),
    dismissNotice: () => {},
    ...given,
  };
  const recording = new Proxy(actions, {
    get(target, name: keyof Actions) {
      return (...args: never[]) => {
        recorded.push([name, ...args]);
        queueMicrotask(() => result.onRecorded());
        return (target[name] as (...rest: never[]) => unknown)(...args);
      };
    },
  });
  const result: RecordingActions = {
    actions: recording,
    recorded,
    of: (name) => recorded.filter(([called]) => called === name).map(([, ...args]) => args),
    onRecorded: () => {},
  };
  return result;
}
