import type { ReadDb, Reader, WriteDb, WriteTransaction } from "./database.ts";
import { directQuery } from "./direct-query.ts";

/**
 * A query that is built once per connection instead of at every call, for what runs often: building
 * one takes longer than running it. Its values are `sql.placeholder`s.
 */
export function preparedRead<Query>(build: (reader: Reader) => Query): (reader: Reader) => Query {
  const built = new WeakMap<ReadDb, Query>();
  return (reader) => {
    const known = built.get(reader.read);
    if (known !== undefined) return known;
    const query = directQuery(build(reader));
    built.set(reader.read, query);
    return query;
  };
}

/** The same for what changes rows. */
export function preparedWrite<Query>(
  build: (transaction: Pick<WriteTransaction, "db" | "tables">) => Query,
): (transaction: Pick<WriteTransaction, "db" | "tables">) => Query {
  const built = new WeakMap<WriteDb, Query>();
  return (transaction) => {
    const known = built.get(transaction.db);
    if (known !== undefined) return known;
    const query = directQuery(build(transaction));
    built.set(transaction.db, query);
    return query;
  };
}

/** How many rows an executed write changed, in either database's own words. */
export function rowsChanged(result: unknown): number {
  const { changes, rowCount } = result as { readonly changes?: number; readonly rowCount?: number };
  const rows = changes ?? rowCount;
  if (rows === undefined) throw new Error("A write did not say how many rows it changed.");
  return rows;
}
