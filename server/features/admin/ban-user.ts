import type { Handler } from "../../commands/handler.ts";
import { bannedError } from "../auth/ban-rules.ts";
import type { AdminDeps } from "./admin-deps.ts";
import { banUserOperation } from "./admin-store.ts";

const hourMs = 3_600_000;

type Deps = Pick<AdminDeps, "db" | "bus" | "log">;

export function createBanUser({ db, bus, log }: Deps): Handler<"ban_user"> {
  return async ({ session }, { user_id: userId, reason, duration_hours: hours }) => {
    const ban = await db.write(banUserOperation, {
      by: session.userId,
      userId,
      reason: reason ?? null,
      durationMs: typeof hours === "number" ? hours * hourMs : null,
    });
    log.info({ actorId: session.userId, userId }, "audit: a user was banned");
    bus.endUser(userId, bannedError(ban));
    const { expiresAt } = ban;
    return { expires_at: expiresAt === null ? null : new Date(expiresAt).toISOString() };
  };
}
