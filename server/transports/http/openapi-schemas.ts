import { type ErrorCode, isErrorCode } from "@lair-chat/protocol/errors.ts";
import { type TProperties, Type } from "typebox";

/** JSON Schema as OpenAPI 3.1 takes it. */
export interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

/** An object of these fields. */
export function schemaOf(fields: TProperties): Schema {
  return plainSchema(Type.Object(fields));
}

/** A declaration without what only our own checks read. */
export function plainSchema(declared: object): Schema {
  return JSON.parse(
    JSON.stringify(declared, (key, value) => (key === "errorCode" ? undefined : value)),
  );
}

/** The errors that single fields, however deep, are answered with when they are not valid. */
export function fieldErrorCodes(declared: unknown): readonly ErrorCode[] {
  if (typeof declared !== "object" || declared === null) return [];
  return Object.entries(declared).flatMap(([key, value]) =>
    key === "errorCode" && typeof value === "string" && isErrorCode(value)
      ? [value]
      : fieldErrorCodes(value),
  );
}
