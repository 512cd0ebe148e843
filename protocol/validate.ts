import type { TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { Value } from "typebox/value";
import type { Command } from "./define.ts";
import { ChatError, isErrorCode } from "./errors.ts";
import { type CommandName, commands, type Params } from "./registry.ts";

/** How a request is held to its declaration: 1.x clients may send more than they should, ours may not. */
export type Strictness = "strict" | "lenient";

// Compiled on first use: all of them at start cost 50 ms.
const validators = new Map<TSchema, Validator>();

function validatorOf(schema: TSchema): Validator {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const made = Compile(schema) as Validator;
  validators.set(schema, made);
  return made;
}

/**
 * The parameters of a request, checked.
 * @throws ChatError with the code the declaration gives the first offending field, else `validation_failed`
 */
export function checkParams<N extends CommandName>(
  name: N,
  raw: Readonly<Record<string, unknown>>,
  how: Strictness,
): Params<N> {
  const declared: Command = commands[name];
  const input = how === "strict" ? raw : onlyKnown(declared, raw);
  const validator = validatorOf(declared.params);
  if (!validator.Check(input)) throw invalidParams(declared.params, validator, input);
  return input as Params<N>;
}

/** Leaves out what is unknown, and nulls, which 1.x clients send for "not given". */
function onlyKnown(
  declared: Command,
  raw: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const known: Record<string, unknown> = {};
  for (const key of Object.keys(declared.params.properties)) {
    if (Object.hasOwn(raw, key) && raw[key] !== null && raw[key] !== undefined)
      known[key] = raw[key];
  }
  return Value.Clean(declared.params, known) as Record<string, unknown>;
}

interface Problem {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly message: string;
}

function invalidParams(schema: TSchema, validator: Validator, input: unknown): ChatError {
  const problems = ofChosenBranch(validator.Errors(input) as readonly Problem[]);
  const first =
    problems.find((problem) => problem.keyword !== "additionalProperties") ?? problems[0];
  const path = first === undefined ? "" : first.instancePath.slice(1).replaceAll("/", ".");
  const code = errorCodeAt(schema, path.split("."));
  const field = shortened(path);
  if (code !== undefined) return new ChatError(code, { details: { field } });
  const what = first === undefined ? "is not valid" : reason(first);
  return new ChatError("validation_failed", {
    message: `The request is not valid: ${field || "it"} ${what}.`,
    details: { field },
  });
}

const shownCharacters = 64;

/** A field nobody declared can have a name of any length, and the answer must stay small. */
function shortened(path: string): string {
  return path.length <= shownCharacters
    ? path
    : `${path.slice(0, shownCharacters).toWellFormed()}…`;
}

/** Leaves out what is wrong with those branches of a union that were not meant: their `type` is another. */
function ofChosenBranch(problems: readonly Problem[]): readonly Problem[] {
  const notMeant = problems
    .filter(({ keyword }) => keyword === "const")
    .map(({ schemaPath }) => schemaPath.replace(/\/anyOf\/(\d+)\/.*$/, "/anyOf/$1"));
  return problems.filter(
    ({ schemaPath }) => !notMeant.some((branch) => schemaPath.startsWith(branch)),
  );
}

function reason(problem: Problem): string {
  // A strict object says "schema is false" of a field it does not know.
  return problem.keyword === "boolean" ? "is not a known field" : problem.message;
}

/** The innermost `errorCode` on the way to the field that is wrong. */
function errorCodeAt(schema: TSchema, path: readonly string[]) {
  let here: unknown = schema;
  let found: string | undefined;
  for (const name of path) {
    here = child(here, name);
    if (!isRecord(here)) break;
    if (typeof here["errorCode"] === "string") found = here["errorCode"];
  }
  return found !== undefined && isErrorCode(found) ? found : undefined;
}

function child(schema: unknown, name: string): unknown {
  if (!isRecord(schema)) return undefined;
  const properties = schema["properties"];
  if (isRecord(properties) && Object.hasOwn(properties, name)) return properties[name];
  const choices = schema["anyOf"];
  if (!Array.isArray(choices)) return undefined;
  return choices.map((choice) => child(choice, name)).find((found) => found !== undefined);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
