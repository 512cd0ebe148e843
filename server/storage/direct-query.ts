import type Sqlite from "better-sqlite3";
import { Column, is, Param, Placeholder, SQL } from "drizzle-orm";

/*
 * The query builder declares a query; running it through the builder as well costs more than SQLite
 * takes for it: every run asks each value and each column of what class it is. Here that is asked
 * once, when the query is prepared. What is not of the plain kind known here stays the builder's.
 */

type Values = Readonly<Record<string, unknown>>;
type Bind = (values: Values) => unknown;
type Row = Record<string, unknown>;

/** What a prepared query of the builder consists of on SQLite; its types keep most of that to themselves. */
interface Prepared {
  readonly stmt: Sqlite.Statement;
  readonly query: { readonly params: readonly unknown[] };
  readonly executeMethod: "run" | "all" | "get" | "values";
  readonly fields?: readonly Field[] | undefined;
  readonly customResultMapper?: unknown;
}

interface Field {
  readonly path: readonly string[];
  readonly field: unknown;
}

interface Decoder {
  mapFromDriverValue(value: unknown): unknown;
}

/** As much of a prepared query as its users need. */
interface Executable {
  execute(values?: Values): Promise<unknown>;
}

/** The same query without the builder in between; given back as it is where that cannot be, as on Postgres. */
export function directQuery<Query>(query: Query): Query {
  const made = isPrepared(query) ? directOf(query) : undefined;
  return made === undefined ? query : (made as Query);
}

function isPrepared(query: unknown): query is Prepared {
  return typeof query === "object" && query !== null && "stmt" in query && "query" in query;
}

function directOf(prepared: Prepared): Executable | undefined {
  const { stmt, query, executeMethod } = prepared;
  const binds = query.params.map(bindOf);
  const valuesOf = (values: Values) => binds.map((bind) => bind(values));
  if (executeMethod === "run") {
    return { execute: async (values = {}) => stmt.run(...valuesOf(values)) };
  }
  const rowOf = rowsOf(prepared);
  if (rowOf === undefined) return undefined;
  const raw = stmt.raw() as Sqlite.Statement<unknown[], readonly unknown[]>;
  return { execute: async (values = {}) => raw.all(...valuesOf(values)).map(rowOf) };
}

function bindOf(param: unknown): Bind {
  if (is(param, Placeholder)) return (values) => valueFrom(values, param.name);
  if (is(param, Param) && is(param.value, Placeholder)) {
    const { encoder } = param;
    const { name } = param.value;
    return (values) => encoder.mapToDriverValue(valueFrom(values, name));
  }
  return () => param;
}

function valueFrom(values: Values, name: string): unknown {
  const value = values[name];
  if (value === undefined) throw new Error(`A query was run without a value for "${name}".`);
  return value;
}

/** How a row is read, where it is one object of columns; undefined where it is several, or not of columns. */
function rowsOf({ executeMethod, fields, customResultMapper }: Prepared) {
  if (executeMethod !== "all" || fields === undefined || customResultMapper !== undefined) {
    return undefined;
  }
  const columns: Array<readonly [name: string, decoder: Decoder]> = [];
  for (const { path, field } of fields) {
    const [name] = path;
    const decoder = decoderOf(field);
    if (name === undefined || path.length > 1 || decoder === undefined) return undefined;
    columns.push([name, decoder]);
  }
  return (values: readonly unknown[]): Row => {
    const row: Row = {};
    for (const [index, [name, decoder]] of columns.entries()) {
      const value = values[index];
      row[name] = value === null ? null : decoder.mapFromDriverValue(value);
    }
    return row;
  };
}

function decoderOf(field: unknown): Decoder | undefined {
  if (is(field, Column)) return field;
  return is(field, SQL) ? (field as unknown as { readonly decoder: Decoder }).decoder : undefined;
}
