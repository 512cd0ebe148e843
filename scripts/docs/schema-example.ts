import type { TSchema } from "typebox";

/** Values that read well in a document, by the name of the field they stand in. */
const byName: Readonly<Record<string, unknown>> = {
  version: "1.0",
  server_name: "Lair Chat",
  client_name: "my-client",
  features: ["client_ids", "log"],
  username: "ann",
  author_username: "ann",
  identifier: "ann",
  email: "ann@example.org",
  password: "correct horse battery staple",
  setup_token: "9vJ0...",
  device_name: "laptop",
  token: "eyJhbGciOiJIUzI1NiIs...",
  refresh_token: "q3xv8m...",
  user_id: "0190a1b2-0000-7000-8000-000000000001",
  author: "0190a1b2-0000-7000-8000-000000000001",
  owner: "0190a1b2-0000-7000-8000-000000000001",
  recipient: "0190a1b2-0000-7000-8000-000000000002",
  room_id: "0190a1b2-0000-7000-8000-0000000000aa",
  device_id: "0190a1b2-0000-7000-8000-0000000000dd",
  client_id: "0190a1b2-0000-7000-8000-0000000000cc",
  follows: "0190a1b2-0000-7000-8000-0000000000cb",
  log_id: "6f0c2a9d4b8e41f7a3d5c6b7e8f90123",
  chain: "XWJLJ1Pf1hXGzvTMlV0WvyMIo1mB9Uq7yN1kLw3yq2k=",
  id: "0190a1b2-0000-7000-8000-0000000000ff",
  name: "garden",
  description: "Plants and weather",
  content: "Hello!",
  message: "The server restarts in a minute.",
  severity: "warning",
  code: "rate_limited",
  reason: "left",
  search: "gar",
  target_type: "room",
  target_id: "0190a1b2-0000-7000-8000-0000000000aa",
  before: 42,
  after: 17,
  max_members: 50,
  next: null,
  request_id: "7",
  retry_after: 2,
  reconnect_after: 1.5,
};

const timestamp = "2026-01-31T12:00:00.000Z";

interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly TSchema[];
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly items?: TSchema;
  readonly minimum?: number;
  readonly format?: string;
  readonly contentEncoding?: string;
  readonly maxLength?: number;
}

/** An example of what a schema allows, the same every time. */
export function exampleOf(schema: TSchema, name = ""): unknown {
  const shape = schema as Shape;
  if (shape.const !== undefined) return shape.const;
  if (shape.format === "date-time") return timestamp;
  if (shape.contentEncoding === "base64") return exampleBytes(shape.maxLength ?? 0);
  if (shape.properties !== undefined) return exampleObject(shape.properties);
  if (isPlain(shape) && Object.hasOwn(byName, name)) return byName[name];
  if (shape.anyOf?.[0] !== undefined) return exampleOf(shape.anyOf[0], name);
  return exampleOfType(shape, name);
}

/** A key or a few of them in so many letters; nobody takes it for one in use. */
function exampleBytes(characters: number): string {
  const blocks = Math.floor(((characters / 4) * 3) / 16);
  return Buffer.from(Uint8Array.from({ length: blocks * 16 }, (_, at) => at)).toString("base64");
}

function isPlain(shape: Shape): boolean {
  const isObject =
    shape.anyOf?.some((choice) => (choice as Shape).properties !== undefined) ?? false;
  return !isObject && (shape.items === undefined || (shape.items as Shape).type === "string");
}

function exampleObject(properties: Readonly<Record<string, TSchema>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, exampleOf(value, key)]),
  );
}

function exampleOfType(shape: Shape, name: string): unknown {
  switch (shape.type) {
    case "string":
      return "text";
    case "integer":
    case "number":
      return Math.max(shape.minimum ?? 0, 1);
    case "boolean":
      return false;
    case "array":
      return shape.items === undefined ? [] : [exampleOf(shape.items, name)];
    case "null":
      return null;
    default:
      return {};
  }
}
