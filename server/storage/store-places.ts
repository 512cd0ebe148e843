import { eq, sql } from "drizzle-orm";
import type { WriteTransaction } from "./database.ts";
import type { TransactionPlaces } from "./log-places.ts";
import { preparedWrite } from "./prepared.ts";

const at = sql.placeholder;

const moveHead = preparedWrite(({ db, tables: { conversations } }) =>
  db
    .update(conversations)
    .set({
      lastSeq: sql`${at("seq")}`,
      lastEntryAt: sql`${at("createdAt")}`,
      chain: sql`${at("chain")}`,
    })
    .where(eq(conversations.id, at("id")))
    .prepare("move_head_of_log"),
);

/** Stores where logs end, before their transaction is committed. */
export async function storePlaces(
  tx: Pick<WriteTransaction, "db" | "tables">,
  places: TransactionPlaces,
): Promise<void> {
  for (const [id, place] of places.moved()) await moveHead(tx).execute({ id, ...place });
}
