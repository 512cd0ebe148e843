import type { ColumnKit } from "./column-kit.ts";

export function serverTables(kit: ColumnKit) {
  /** What the server knows of itself: `log_id`, the hash of the setup token, the readiness probe. */
  const serverState = kit.table("server_state", {
    key: kit.text("key").primaryKey(),
    value: kit.text("value").notNull(),
  });
  return { serverState };
}
