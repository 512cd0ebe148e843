import type { Result } from "@lair-chat/protocol/registry.ts";
import type { InviteRow } from "../auth/registration-invite-store.ts";

type WireInvite = Result<"create_registration_invite">["invite"];

/** An invite as administrators see it, which is without its token. */
export function toWireInvite(row: InviteRow): WireInvite {
  return {
    id: row.id,
    created_by: row.createdBy,
    note: row.note,
    max_uses: row.maxUses,
    uses: row.uses,
    created_at: timestamp(row.createdAt),
    expires_at: timestamp(row.expiresAt),
    revoked_at: row.revokedAt === null ? null : timestamp(row.revokedAt),
  };
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
