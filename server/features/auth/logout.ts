import type { Handler } from "../../commands/handler.ts";
import type { AuthDeps } from "./auth-deps.ts";
import { revokeSessionOperation } from "./session-store.ts";

export function createLogout({ db, bus }: Pick<AuthDeps, "db" | "bus">): Handler<"logout"> {
  return async (call) => {
    const { id, userId } = call.session;
    await db.write(revokeSessionOperation, { sessionId: id });
    // First, so that this connection is known to be leaving and still gets its reply.
    call.signOut();
    bus.endSession(id);
    bus.userLogGrew(userId);
    return {};
  };
}
