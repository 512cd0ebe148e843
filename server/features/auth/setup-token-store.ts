import { ChatError } from "@lair-chat/protocol/errors.ts";
import { eq } from "drizzle-orm";
import { sameHash } from "../../security/opaque-token.ts";
import { type Reader, type WriteTransaction, writeOperation } from "../../storage/database.ts";

const key = "setup_token_hash";

/** Whether a token of this hash would be taken; the transaction that uses it asks again. */
export async function isSetupToken({ read, tables }: Reader, hash: string): Promise<boolean> {
  const { serverState } = tables;
  const [row] = await read.select().from(serverState).where(eq(serverState.key, key));
  return row !== undefined && sameHash(row.value, hash);
}

/** Part of the transaction that makes the first admin. @throws ChatError `setup_token_invalid` */
export async function consumeSetupToken(
  { db, tables }: WriteTransaction,
  hash: string,
): Promise<void> {
  const { serverState } = tables;
  const [row] = await db.select().from(serverState).where(eq(serverState.key, key));
  if (row === undefined || !sameHash(row.value, hash)) throw new ChatError("setup_token_invalid");
  await db.delete(serverState).where(eq(serverState.key, key));
}

/** Puts one in the place of the one before; null leaves none. */
export const replaceSetupTokenOperation = writeOperation(
  "replace_setup_token",
  async ({ db, tables }, args: { readonly hash: string | null }) => {
    const { serverState } = tables;
    await db.delete(serverState).where(eq(serverState.key, key));
    if (args.hash !== null) await db.insert(serverState).values({ key, value: args.hash });
  },
);
