import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Handler } from "../../commands/handler.ts";
import { usernameKey } from "../users/user-rules.ts";
import {
  replacePasswordHashOperation,
  type UserRow,
  userByIdentifier,
} from "../users/user-store.ts";
import type { AuthDeps } from "./auth-deps.ts";
import type { LoginAttempt } from "./login-lockout.ts";
import { startSessionOperation } from "./session-store.ts";
import { prepareSession, signIn } from "./sign-in.ts";

type Deps = Pick<AuthDeps, "db" | "clock" | "newId" | "passwords" | "tokens" | "bus" | "lockout">;

export function createLogin(deps: Deps): Handler<"login"> {
  return async (call, { identifier, password, ...device }) => {
    const found = await userByIdentifier(deps.db, identifier);
    // A name that nobody has locks as one that somebody has, or the lock would tell them apart.
    const account = found?.id ?? usernameKey(identifier);
    const attempt = deps.lockout.begin(account, call.address);
    const user = await checkedUser(deps, attempt, found, password);
    const passwordHash = await strengthened(deps, user, password);
    const prepared = prepareSession(deps.newId, user.id, device);
    const session = prepared.stored;
    const started = await deps.db.write(startSessionOperation, { session, passwordHash });
    return signIn(deps, call, { ...user, lastSeenAt: deps.clock.now() }, { ...prepared, started });
  };
}

/** @throws ChatError `invalid_credentials`, after the same work whether there is such a user or not */
async function checkedUser(
  { passwords }: Pick<Deps, "passwords">,
  attempt: LoginAttempt,
  found: UserRow | undefined,
  password: string,
): Promise<UserRow> {
  try {
    if (found === undefined) await passwords.verifyNothing(password);
    else if (await passwords.verify(found.passwordHash, password)) {
      attempt.succeeded();
      return found;
    }
  } catch (error) {
    attempt.abandoned();
    throw error;
  }
  throw new ChatError("invalid_credentials");
}

/** Stores a hash at today's cost where the old one was cheaper; resolves with the one that is stored. */
async function strengthened(
  { db, passwords }: Pick<Deps, "db" | "passwords">,
  user: UserRow,
  password: string,
): Promise<string> {
  if (!passwords.needsRehash(user.passwordHash)) return user.passwordHash;
  try {
    const replacement = await passwords.hash(password);
    await db.write(replacePasswordHashOperation, {
      userId: user.id,
      old: user.passwordHash,
      replacement,
    });
    return replacement;
  } catch (error) {
    // Busy: the next sign-in will do it. This one has the right password and need not wait for it.
    if (!(error instanceof ChatError && error.code === "busy")) throw error;
    return user.passwordHash;
  }
}
