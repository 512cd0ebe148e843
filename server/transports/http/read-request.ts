import type { HttpRoute } from "@lair-chat/protocol/define.ts";

type Values = Readonly<Record<string, unknown>>;

/** What an HTTP request brings. */
export interface HttpInput {
  readonly path: Values;
  readonly query: Values;
  readonly body: Values;
}

/** The parameters of the command that a route stands for, not yet checked. */
export function readParams(route: HttpRoute, { path, query, body }: HttpInput): Values {
  // The path says which thing is meant: nothing in the body may say otherwise.
  const input = { ...declaredQuery(route.query ?? {}, query), ...body, ...path };
  return route.toParams === undefined ? input : route.toParams(input);
}

function declaredQuery(declared: Values, query: Values): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(declared)) {
    if (Object.hasOwn(query, name)) values[name] = fromText(query[name], typesOf(schema));
  }
  return values;
}

/** Text as what it is declared to be; what does not fit stays as it is, for the check to name it. */
function fromText(value: unknown, types: ReadonlySet<unknown>): unknown {
  if (typeof value !== "string") return value;
  const isNumber = types.has("integer") || types.has("number");
  if (isNumber && /^-?\d{1,16}$/.test(value)) return Number(value);
  if (types.has("boolean") && (value === "true" || value === "false")) return value === "true";
  return value;
}

/** The JSON types a schema allows. */
function typesOf(schema: unknown): ReadonlySet<unknown> {
  const { type, anyOf } = schema as { type?: unknown; anyOf?: unknown };
  const choices = Array.isArray(anyOf) ? anyOf.flatMap((choice) => [...typesOf(choice)]) : [];
  return new Set([type, ...choices]);
}
