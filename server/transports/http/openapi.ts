import type { Command, HttpRoute, RateClass } from "@lair-chat/protocol/define.ts";
import { type ErrorCode, errorTable } from "@lair-chat/protocol/errors.ts";
import { limits } from "@lair-chat/protocol/limits.ts";
import { noiseKeyUrl } from "./noise-key-route.ts";
import { fieldErrorCodes, plainSchema, type Schema, schemaOf } from "./openapi-schemas.ts";
import { commandRoutes, prefix } from "./routes.ts";

type Json = Readonly<Record<string, unknown>>;

/** One request that can be made over HTTP, as OpenAPI 3.1 describes it. */
export interface Operation {
  readonly operationId: string;
  readonly parameters: readonly Json[];
  readonly requestBody?: Json;
  readonly responses: Readonly<Record<string, Json>>;
  readonly [more: string]: unknown;
}

export interface OpenApi {
  readonly openapi: "3.1.0";
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly [more: string]: unknown;
}

/** The HTTP API as an OpenAPI 3.1 document, made from what the commands declare. */
export function openApi(version: string): OpenApi {
  return {
    openapi: "3.1.0",
    info: { title: "Lair Chat", version, description: about },
    servers: [{ url: "/" }],
    tags: [...tagsOf()].map((name) => ({ name })),
    paths: paths(),
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      },
      schemas: { Error: errorSchema },
      headers: rateHeaders,
    },
  };
}

const about =
  "Accounts, rooms and messages. What happens live comes over the chat port or the WebSocket at /ws. " +
  `A request body is JSON of at most ${limits.httpBodyBytes / 1024} KiB; unknown fields are passed over.`;

const errorSchema: Schema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message"],
      properties: {
        code: { type: "string", description: "What to go by; the message is for people" },
        message: { type: "string" },
        retry_after: { type: "number", description: "Seconds to wait" },
        details: { type: "object" },
      },
    },
  },
};

const whole = { type: "integer", minimum: 0 };
const rateHeaders = {
  "X-RateLimit-Limit": { description: "Requests that may come at once", schema: whole },
  "X-RateLimit-Remaining": { description: "Those that are left of them", schema: whole },
  "X-RateLimit-Reset": { description: "Seconds until all may come again", schema: whole },
  "Retry-After": { description: "Seconds to wait", schema: whole },
};

function paths(): OpenApi["paths"] {
  const found: Record<string, Record<string, Operation>> = {};
  for (const { command, http } of commandRoutes()) {
    const path = prefix + http.path.replaceAll(/:(\w+)/g, "{$1}");
    found[path] = { ...found[path], [http.method.toLowerCase()]: operation(command, http) };
  }
  return { ...found, ...plainPaths };
}

function tagsOf(): ReadonlySet<string> {
  return new Set(commandRoutes().map(({ http }) => tagOf(http)));
}

function tagOf({ path }: HttpRoute): string {
  return path.split("/")[1] ?? "";
}

function operation(command: Command, http: HttpRoute): Operation {
  const body = bodySchema(command, http);
  const success = String(http.status ?? 200);
  return {
    operationId: command.name,
    summary: command.about,
    tags: [tagOf(http)],
    security: securityOf(command),
    parameters: [...pathParameters(command, http), ...queryParameters(http)],
    ...(body === undefined ? {} : { requestBody: requestBody(body) }),
    responses: {
      [success]: {
        description: "Done",
        headers: headersOf(command.rate),
        content: json(schemaOf(http.response ?? command.result.properties)),
      },
      ...errorResponses(errorCodes(command, http)),
    },
  };
}

function securityOf({ access }: Command): readonly Json[] {
  const bearer = { bearer: [] };
  if (access === "anonymous") return [];
  return access === "anyone" ? [{}, bearer] : [bearer];
}

function pathNames({ path }: HttpRoute): readonly string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);
}

function pathParameters({ params }: Command, http: HttpRoute): readonly Json[] {
  return pathNames(http).map((name) => ({
    name,
    in: "path",
    required: true,
    schema: plainSchema(params.properties[name] ?? { type: "string" }),
  }));
}

function queryParameters({ query = {} }: HttpRoute): readonly Json[] {
  const { properties = {}, required = [] } = schemaOf(query);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}

/** What neither path nor query brings has to be in the body; undefined where nothing is left. */
function bodySchema({ params }: Command, http: HttpRoute): Schema | undefined {
  if (http.method === "GET") return undefined;
  const elsewhere = new Set([...pathNames(http), ...Object.keys(http.query ?? {})]);
  const fields = Object.entries(params.properties).filter(([name]) => !elsewhere.has(name));
  return fields.length === 0 ? undefined : schemaOf(Object.fromEntries(fields));
}

function requestBody(schema: Schema): Json {
  return { required: (schema.required ?? []).length > 0, content: json(schema) };
}

function json(schema: Schema): Json {
  return { "application/json": { schema } };
}

const tokenErrors = [
  "unauthorized",
  "invalid_token",
  "token_expired",
  "session_not_found",
  "session_expired",
] as const satisfies readonly ErrorCode[];

/** Those that the command declares, and those that everything of its kind can be answered with. */
function errorCodes(command: Command, http: HttpRoute): ReadonlySet<ErrorCode> {
  const isForMembers = command.access !== "anonymous";
  return new Set<ErrorCode>([
    ...command.errors,
    ...fieldErrorCodes(command.params),
    ...fieldErrorCodes(http.query ?? {}),
    ...(isForMembers ? tokenErrors : []),
    ...(command.access === "admin" ? (["permission_denied"] as const) : []),
    ...(command.rate === "free" ? [] : (["rate_limited"] as const)),
    // Read wherever one comes, also where nothing is asked of it.
    ...(http.method === "GET" ? [] : (["frame_too_large", "unsupported_media_type"] as const)),
    // A path with a part too long to be an id is none of ours.
    ...(http.path.includes(":") ? (["not_found"] as const) : []),
    "validation_failed",
    "invalid_message",
    "timeout",
    "busy",
    "internal_error",
  ]);
}

function errorResponses(codes: ReadonlySet<ErrorCode>): Readonly<Record<string, Json>> {
  const byStatus = Map.groupBy(codes, (code) => String(errorTable[code].status));
  return Object.fromEntries([...byStatus].map(([status, there]) => [status, errorResponse(there)]));
}

function errorResponse(codes: readonly ErrorCode[]): Json {
  const canWait = codes.some((code) => errorTable[code].retry);
  return {
    description: codes.map((code) => `\`${code}\`: ${errorTable[code].text}`).join("\n\n"),
    ...(canWait ? { headers: { "Retry-After": headerReference("Retry-After") } } : {}),
    content: json({
      allOf: [
        { $ref: "#/components/schemas/Error" },
        { properties: { error: { properties: { code: { enum: codes } } } } },
      ],
    }),
  };
}

function headersOf(rate: RateClass): Json {
  if (rate === "free") return {};
  const names = Object.keys(rateHeaders).filter((name) => name.startsWith("X-"));
  return Object.fromEntries(names.map((name) => [name, headerReference(name)]));
}

function headerReference(name: string): Json {
  return { $ref: `#/components/headers/${name}` };
}

const textField = { type: "string" };

interface PlainRequest {
  readonly summary: string;
  readonly tag: string;
  /** Of the answer, by name. */
  readonly fields: Json;
  readonly otherwise?: Json;
}

/** A GET that is no command: open to everybody, and without parameters. */
function plain(operationId: string, request: PlainRequest): Json {
  const { summary, tag, fields, otherwise = {} } = request;
  const content = json({ type: "object", required: Object.keys(fields), properties: fields });
  return {
    get: {
      operationId,
      summary,
      tags: [tag],
      security: [],
      parameters: [],
      responses: { "200": { description: "Yes", content }, ...otherwise },
    },
  };
}

const tag = "health";
const checks = { type: "object", additionalProperties: textField };
const readyFields = { ready: { type: "boolean" }, checks };
const versionFields = { status: textField, version: textField };
const plainPaths = {
  "/health": plain("health", { tag, summary: "Which version answers", fields: versionFields }),
  "/livez": plain("livez", {
    tag,
    summary: "Whether the process answers",
    fields: { status: textField },
  }),
  "/readyz": plain("readyz", {
    tag,
    summary: "Whether requests can be served",
    fields: readyFields,
    otherwise: {
      "503": { description: "No", content: json({ type: "object", properties: readyFields }) },
    },
  }),
  [noiseKeyUrl]: plain("get_noise_key", {
    tag: "noise-key",
    summary:
      "The key, base64, that clients seal a chat port without TLS against, and its fingerprint to compare. Take it from here over HTTPS only.",
    fields: { noise_key: textField, fingerprint: textField },
    otherwise: errorResponses(new Set<ErrorCode>(["not_found"])),
  }),
} as unknown as OpenApi["paths"];
