import fc from "fast-check";
import type { TSchema } from "typebox";

interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly TSchema[];
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  /** One for each place in a tuple. */
  readonly items?: TSchema | readonly TSchema[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly format?: string;
}

/** Values that a declaration allows. */
export function arbitraryOf(schema: TSchema): fc.Arbitrary<unknown> {
  const shape = schema as Shape;
  if (shape.const !== undefined) return fc.constant(shape.const);
  if (shape.anyOf !== undefined) return fc.oneof(...shape.anyOf.map(arbitraryOf));
  if (shape.properties !== undefined) return arbitraryObject(shape);
  if (shape.patternProperties !== undefined) return arbitraryRecord(shape.patternProperties);
  return arbitraryOfType(shape);
}

function arbitraryObject(shape: Shape): fc.Arbitrary<unknown> {
  const fields = Object.entries(shape.properties ?? {}).map(([key, value]) => [
    key,
    arbitraryOf(value),
  ]);
  return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: [...(shape.required ?? [])],
    noNullPrototype: true,
  });
}

/** Keys of any name, as long as they have no meaning of their own. */
function arbitraryRecord(values: Readonly<Record<string, TSchema>>): fc.Arbitrary<unknown> {
  const [value] = Object.values(values);
  return fc.dictionary(fc.uuid(), arbitraryOf(value ?? {}), { maxKeys: 4, noNullPrototype: true });
}

function arbitraryArray({ items = {}, minItems = 0, maxItems = 4 }: Shape): fc.Arbitrary<unknown> {
  if (Array.isArray(items)) return fc.tuple(...items.map((item: TSchema) => arbitraryOf(item)));
  return fc.array(arbitraryOf(items as TSchema), {
    minLength: minItems,
    maxLength: Math.max(minItems, Math.min(maxItems, 4)),
  });
}

function arbitraryOfType(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.type) {
    case "string":
      return arbitraryString(shape);
    case "integer":
      return fc.integer({
        min: shape.minimum ?? -1000,
        max: Math.min(shape.maximum ?? 2 ** 31 - 1, 2 ** 31 - 1),
      });
    case "number":
      return fc.double({ min: shape.minimum ?? 0, max: 1e6, noNaN: true });
    case "boolean":
      return fc.boolean();
    case "array":
      return arbitraryArray(shape);
    case "null":
      return fc.constant(null);
    default:
      return fc.constantFrom(1, "any", true, null);
  }
}

function arbitraryString(shape: Shape): fc.Arbitrary<string> {
  if (shape.format === "date-time") return fc.constant("2026-01-31T12:00:00.000Z");
  if (shape.pattern !== undefined) {
    return fc.stringMatching(new RegExp(shape.pattern)).filter((text) => fits(text, shape));
  }
  return fc
    .string({
      unit: "grapheme",
      minLength: shape.minLength ?? 0,
      maxLength: Math.min(shape.maxLength ?? 40, 40),
    })
    .filter((text) => fits(text, shape));
}

function fits(
  text: string,
  { minLength = 0, maxLength = Number.POSITIVE_INFINITY }: Shape,
): boolean {
  const length = [...text].length;
  return length >= minLength && length <= maxLength;
}
