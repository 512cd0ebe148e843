import type { RegistrationInviteId } from "@lair-chat/protocol/ids.ts";
import { checkParams } from "@lair-chat/protocol/validate.ts";
import { v7 } from "uuid";
import type { Config } from "../config/config.ts";
import {
  addInviteOperation,
  type InviteRow,
  listInvites,
  withdrawInviteOperation,
} from "../features/auth/registration-invite-store.ts";
import { visible } from "../observability/visible-text.ts";
import { hashOpaqueToken, newOpaqueToken } from "../security/opaque-token.ts";
import { withDatabase, withReader } from "./command-database.ts";

export interface CreateInviteOptions {
  readonly uses: number;
  readonly hours: number;
  readonly note?: string | undefined;
}

const hourMs = 3_600_000;

/** `invite create`: prints the token, which is not to be had a second time. */
export async function createInvite(
  config: Config,
  { uses, hours, note }: CreateInviteOptions,
): Promise<void> {
  const shape = { uses, expires_in_hours: hours, ...(note === undefined ? {} : { note }) };
  checkParams("create_registration_invite", shape, "strict");
  const token = newOpaqueToken();
  await withDatabase(config, "invite create", async (db) => {
    const { expiresAt } = await db.write(addInviteOperation, {
      id: v7() as string as RegistrationInviteId,
      tokenHash: hashOpaqueToken(token),
      createdBy: null,
      note: note ?? null,
      maxUses: uses,
      lifeMs: hours * hourMs,
    });
    const often = uses === 1 ? "once" : `${uses} times`;
    console.log(token);
    console.log(`Good ${often}, until ${minute(expiresAt)}. It is not shown again.`);
  });
  if (config.registration === "closed") {
    console.log("Registration is closed: set LAIR_REGISTRATION=invite for it to be taken.");
  }
}

/** `invite revoke` */
export async function revokeInvite(config: Config, id: string): Promise<void> {
  checkParams("revoke_registration_invite", { invite_id: id }, "strict");
  await withDatabase(config, "invite revoke", async (db) => {
    await db.write(withdrawInviteOperation, { id: id as RegistrationInviteId });
  });
  console.log("Revoked.");
}

const rowsPerPage = 500;

/** `invite list` */
export async function showInvites(config: Config): Promise<void> {
  const now = Date.now();
  await withReader(config, async (reader) => {
    console.log(columns("ID", "STATE", "USED", "EXPIRES", "NOTE"));
    for (let offset = 0; ; offset += rowsPerPage) {
      const { invites } = await listInvites(reader, { limit: rowsPerPage, offset });
      for (const row of invites) console.log(line(row, now));
      if (invites.length < rowsPerPage) return;
    }
  });
}

function line(row: InviteRow, now: number): string {
  const used = `${row.uses}/${row.maxUses}`;
  return columns(row.id, stateOf(row, now), used, minute(row.expiresAt), row.note ?? "");
}

function stateOf({ revokedAt, expiresAt, uses, maxUses }: InviteRow, now: number): string {
  if (revokedAt !== null) return "revoked";
  if (expiresAt <= now) return "expired";
  return uses >= maxUses ? "used up" : "open";
}

function minute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const widths = [36, 7, 9, 20, 0] as const;

function columns(...texts: readonly string[]): string {
  return texts
    .map((text, index) => visible(text).padEnd(widths[index] ?? 0))
    .join("  ")
    .trimEnd();
}
