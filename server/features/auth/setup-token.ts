import { hashOpaqueToken, newOpaqueToken } from "../../security/opaque-token.ts";
import { hasAdmin } from "../users/user-store.ts";
import type { AuthDeps } from "./auth-deps.ts";
import { replaceSetupTokenOperation } from "./setup-token-store.ts";

/**
 * To be called at each start: while there is no admin, makes a new one-time token with which
 * `register` makes one, and voids the one before. Only its hash is stored; the token is returned to
 * be printed, and undefined where none is needed.
 */
export async function createSetupToken({ db }: Pick<AuthDeps, "db">): Promise<string | undefined> {
  const token = (await hasAdmin(db)) ? undefined : newOpaqueToken();
  const hash = token === undefined ? null : hashOpaqueToken(token);
  await db.write(replaceSetupTokenOperation, { hash });
  return token;
}
