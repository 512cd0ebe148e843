import type { TSchema } from "typebox";

interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly TSchema[];
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly items?: TSchema;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly description?: string;
}

/** A markdown table of an object's fields, nested ones by their path. */
export function fieldTable(schema: TSchema): string {
  const rows = fieldRows(schema as Shape, "");
  if (rows.length === 0) return "None.";
  return ["| field | type | |", "|---|---|---|", ...rows].join("\n");
}

function fieldRows(shape: Shape, prefix: string): string[] {
  return Object.entries(shape.properties ?? {}).flatMap(([name, value]) => {
    const field = value as Shape;
    const optional = shape.required?.includes(name) ? "" : "optional";
    const about = [optional, field.description ?? "", bounds(field)].filter((part) => part !== "");
    const row = `| \`${prefix}${name}\` | ${typeName(field)} | ${about.join("; ")} |`;
    return [row, ...nested(field, `${prefix}${name}`)];
  });
}

function nested(field: Shape, path: string): string[] {
  if (field.properties !== undefined) return fieldRows(field, `${path}.`);
  if (field.items !== undefined) return nested(field.items as Shape, `${path}[]`);
  return (field.anyOf ?? []).flatMap((choice) => nested(choice as Shape, path));
}

function typeName(field: Shape): string {
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``;
  if (field.anyOf !== undefined)
    return field.anyOf.map((choice) => typeName(choice as Shape)).join(" or ");
  if (field.format === "date-time") return "time";
  if (field.items !== undefined) return `array of ${typeName(field.items as Shape)}`;
  return field.type ?? "any";
}

function bounds(field: Shape): string {
  const said = [
    field.minLength === undefined ? "" : `at least ${field.minLength} characters`,
    field.maxLength === undefined ? "" : `at most ${field.maxLength} characters`,
    field.minimum === undefined ? "" : `at least ${field.minimum}`,
    field.maximum === undefined || field.maximum === Number.MAX_SAFE_INTEGER
      ? ""
      : `at most ${field.maximum}`,
    field.maxItems === undefined ? "" : `at most ${field.maxItems} items`,
  ];
  return said.filter((part) => part !== "").join(", ");
}
