import { after } from "node:test";
import type { SessionId, UserId } from "@lair-chat/protocol/ids.ts";
import type { Params, Result } from "@lair-chat/protocol/registry.ts";
import { v7 } from "uuid";
import type { Call, Session, SignedInCall } from "../commands/handler.ts";
import type { AuthDeps } from "../features/auth/auth-deps.ts";
import { createAuthHandlers } from "../features/auth/auth-handlers.ts";
import { createConfirmPassword } from "../features/auth/confirm-password.ts";
import { createLoginLockout } from "../features/auth/login-lockout.ts";
import { createRefreshBuckets } from "../features/auth/refresh.ts";
import { createSessionCheck, type SessionCheck } from "../features/auth/session-check.ts";
import { createUsersHandlers } from "../features/users/users-handlers.ts";
import { createHashQueue } from "../security/hash-queue.ts";
import { createPasswordHasher, type HashCost } from "../security/password-hash.ts";
import { createAccessTokens } from "../security/tokens.ts";
import { openSqlite, type SqliteDatabase } from "../storage/open-sqlite.ts";
import { forgetEverythingOperation } from "./account-operations.ts";
import { temporaryFolder } from "./storage-fixture.ts";

/** A clock that stands until it is moved. */
export interface HandClock {
  now(): number;
  pass(ms: number): void;
}

function handClock(start = Date.UTC(2026, 0, 2, 3, 4, 5)): HandClock {
  let now = start;
  return {
    now: () => now,
    pass: (ms) => {
      now += ms;
    },
  };
}

/** The least that Argon2 takes: what it costs is not tested here. */
const cheapHash: HashCost = { memoryKiB: 8, passes: 1, lanes: 1 };

/** A caller, and what a handler did to its connection. */
export interface TestCall extends Call {
  readonly signedIn: readonly Session[];
  readonly signedOut: readonly true[];
}

export function callFrom(address = "127.0.0.1"): TestCall {
  const signedIn: Session[] = [];
  const signedOut: true[] = [];
  return {
    session: undefined,
    address,
    transport: "tcp",
    strictness: "strict",
    signIn: async (session) => void signedIn.push(session),
    signOut: () => void signedOut.push(true),
    signedIn,
    signedOut,
  };
}

export function callAs(session: Session): TestCall & SignedInCall {
  return { ...callFrom(), session };
}

export interface Accounts {
  readonly db: SqliteDatabase;
  readonly clock: HandClock;
  readonly deps: AuthDeps;
  readonly auth: ReturnType<typeof createAuthHandlers>;
  readonly users: ReturnType<typeof createUsersHandlers>;
  readonly check: SessionCheck;
  /** Sessions whose connections were told to close. */
  readonly ended: readonly SessionId[];
  readonly online: Set<UserId>;
  /** Makes an account; resolves with the reply and the session it was signed in with. */
  register(
    username: string,
    more?: Partial<Params<"register">>,
  ): Promise<{ readonly reply: Result<"register">; readonly session: Session }>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface AccountsOptions {
  readonly registration?: AuthDeps["registration"];
  readonly cost?: HashCost;
}

export const goodPassword = "correct horse battery";

interface Storage {
  readonly db: SqliteDatabase;
  readonly clock: HandClock;
  [Symbol.asyncDispose](): Promise<void>;
}

let shared: Promise<Storage> | undefined;
after(async () => (await shared)?.[Symbol.asyncDispose]());

async function openStorage(): Promise<Storage> {
  const folder = temporaryFolder();
  const clock = handClock();
  const db = await openSqlite({
    file: folder.file("lair-chat.db"),
    writerThread: new URL("./account-writer-thread.ts", import.meta.url),
    now: clock.now,
    onFatal: ({ error }) => {
      throw error;
    },
  });
  return {
    db,
    clock,
    [Symbol.asyncDispose]: async () => {
      await db[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** The handlers of accounts and users over a real, empty database, with a clock in the test's hand. */
export async function openAccounts(options: AccountsOptions = {}): Promise<Accounts> {
  shared ??= openStorage();
  const { db, clock } = await shared;
  await db.write(forgetEverythingOperation, {});
  const queue = createHashQueue();
  const ended: SessionId[] = [];
  const online = new Set<UserId>();
  const deps: AuthDeps = {
    db,
    clock,
    newId: v7,
    passwords: createPasswordHasher(queue, options.cost ?? cheapHash),
    tokens: createAccessTokens({ secret: new Uint8Array(32).fill(7), clock }),
    lockout: createLoginLockout(clock),
    refreshes: createRefreshBuckets(),
    bus: { endSession: (id) => void ended.push(id), userLogGrew: () => undefined },
    registration: options.registration ?? "open",
  };
  const presence = { isOnline: (id: UserId) => online.has(id), onlineUsers: () => online };
  const auth = createAuthHandlers(deps);
  return {
    db,
    clock,
    deps,
    auth,
    users: createUsersHandlers({
      db,
      presence,
      bus: deps.bus,
      confirmPassword: createConfirmPassword(deps),
    }),
    check: createSessionCheck(deps),
    ended,
    online,
    register: async (username, more) => {
      const call = callFrom();
      const reply = await auth.register(call, { username, password: goodPassword, ...more });
      const [session] = call.signedIn;
      if (session === undefined) throw new Error("register signed nobody in");
      return { reply, session };
    },
    [Symbol.asyncDispose]: () => queue[Symbol.asyncDispose](),
  };
}
