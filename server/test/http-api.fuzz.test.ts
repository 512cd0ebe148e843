import assert from "node:assert/strict";
import { test } from "node:test";
import { arbitraryOf } from "@lair-chat/protocol/test/arbitrary.ts";
import fc from "fast-check";
import { Compile } from "typebox/compile";
import type { OpenApi, Operation } from "../transports/http/openapi.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

const password = "a long enough phrase";
const runsPerOperation = 80;
/** However slow the machine is. */
const leastRuns = 15;
/** For all operations together; beyond it each has the least runs. */
const budgetMs = 30_000;

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly schema: object;
}

interface Target {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

/** One request, as far as the operation leaves it open. */
interface Input {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly who: "admin" | "member" | "nobody" | "stale";
}

/** What is there to be found, by the name of the parameter that asks for it. */
type Known = Readonly<Record<string, readonly unknown[]>>;

class Api {
  readonly #server: ServerProcess;
  #calls = 0;
  tokens: Readonly<Partial<Record<Input["who"], string>>> = {};

  constructor(server: ServerProcess) {
    this.#server = server;
  }

  async call(method: string, path: string, body?: unknown, token = this.tokens.admin) {
    this.#calls += 1;
    const response = await fetch(this.#server.httpUrl + path, {
      method,
      headers: {
        // Each from elsewhere, so that wrong passwords lock nobody out.
        "x-forwarded-for": `2001:db8:0:${this.#calls.toString(16)}::1`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  }

  async signIn(): Promise<void> {
    const tokenOf = async (identifier: string) =>
      (await this.call("POST", "/api/v1/auth/login", { identifier, password })).body.token;
    this.tokens = {
      admin: await tokenOf("root-user"),
      member: await tokenOf("ann"),
      stale: "a.b.c",
    };
  }
}

async function register(api: Api, username: string, more: object = {}): Promise<string> {
  const asked = { username, password, ...more };
  return (await api.call("POST", "/api/v1/auth/register", asked)).body.user.id;
}

async function registerPeople(server: ServerProcess, api: Api): Promise<void> {
  const setupToken = /first:\n\s+(\S+)/.exec(server.output())?.[1];
  await register(api, "root-user", { setup_token: setupToken });
  await register(api, "ann");
}

/** Somebody to do things to, and one of everything there can be; some belong to the member. */
async function furnish(api: Api, round: number): Promise<Known> {
  await api.signIn();
  const victim = await register(api, `victim-${round}`);
  const name = `den ${round}`;
  const roomId = (await api.call("POST", "/api/v1/rooms", { name })).body.room.id;
  await api.call("POST", `/api/v1/rooms/${roomId}/join`, {}, api.tokens.member);
  const said = { target: { type: "room", room_id: roomId }, content: "hello" };
  const message = await api.call("POST", "/api/v1/messages", said, api.tokens.member);
  const invitation = { room_id: roomId, user_id: victim };
  const invited = await api.call("POST", "/api/v1/invitations", invitation);
  const invite = await api.call("POST", "/api/v1/admin/registration-invites", {});
  return {
    identifier: [`victim-${round}`],
    password: [password],
    room_id: [roomId],
    user_id: [victim],
    recipient: [victim],
    target_id: [roomId, victim],
    target_type: ["room", "direct_message"],
    target: [said.target],
    message_id: [message.body.message.id],
    up_to: [message.body.message.id],
    invitation_id: [invited.body.invitation.id],
    invite_id: [invite.body.invite.id],
  };
}

const junk = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom("null", "-1", "1e9", "9".repeat(30), "__proto__", "\0", "'; --", "%2e", "true"),
  fc.string({ minLength: 90, maxLength: 130 }),
);
const inUrl = junk.filter((text) => text.isWellFormed() && !/^\.{0,2}$/.test(text));

function parameterValue(name: string, schema: object, known: Known): fc.Arbitrary<unknown> {
  const there = known[name];
  const fitting = arbitraryOf(schema as never);
  return there === undefined ? fitting : fc.oneof(fc.constantFrom(...there), fitting);
}

function parametersOf({ operation }: Target, place: Parameter["in"], known: Known) {
  const declared = operation.parameters as unknown as readonly Parameter[];
  const fields = declared
    .filter((parameter) => parameter.in === place)
    .map(({ name, schema }) => {
      const value = fc.oneof({ weight: 5, arbitrary: parameterValue(name, schema, known) }, inUrl);
      return [name, place === "path" ? value.filter((one) => String(one) !== "") : value] as const;
    });
  const requiredKeys = place === "path" ? fields.map(([name]) => name) : [];
  return fc.record(Object.fromEntries(fields), { requiredKeys, noNullPrototype: true } as never);
}

function bodyOf({ operation }: Target, known: Known): fc.Arbitrary<unknown> {
  const content = operation.requestBody?.["content"] as
    | {
        "application/json": { schema: { properties: Record<string, object>; required?: string[] } };
      }
    | undefined;
  if (content === undefined) return fc.option(fc.jsonValue(), { nil: undefined, freq: 4 });
  const { properties, required = [] } = content["application/json"].schema;
  const fields = Object.entries(properties).map(([name, schema]) => [
    name,
    parameterValue(name, schema, known),
  ]);
  const fitting = fc.record(Object.fromEntries(fields), {
    requiredKeys: required,
    noNullPrototype: true,
  } as never);
  const spoilt = fc
    .tuple(fitting, fc.constantFrom(...Object.keys(properties)), fc.jsonValue())
    .map(([body, name, value]) => ({ ...(body as object), [name]: value }));
  return fc.oneof(
    { weight: 4, arbitrary: fitting },
    { weight: 4, arbitrary: spoilt },
    fc.jsonValue(),
  );
}

function inputOf(target: Target, known: Known): fc.Arbitrary<Input> {
  return fc.record({
    path: parametersOf(target, "path", known),
    query: parametersOf(target, "query", known),
    body: target.method === "get" ? fc.constant(undefined) : bodyOf(target, known),
    who: fc.constantFrom("admin", "admin", "member", "member", "member", "nobody", "stale"),
  }) as fc.Arbitrary<Input>;
}

function urlOf({ path }: Target, input: Input): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(input.path[name])),
  );
  const query = new URLSearchParams(
    Object.entries(input.query).map(([name, value]) => [name, String(value)]),
  );
  return query.size === 0 ? filled : `${filled}?${query}`;
}

interface Documented {
  readonly content: { readonly "application/json": { readonly schema: object } };
}

function checkAnswer(
  { operation }: Target,
  answer: {
    readonly status: number;
    readonly body: { readonly error?: { readonly code: string } };
  },
): void {
  assert.ok(answer.status < 500, `${answer.status} ${JSON.stringify(answer.body)}`);
  const documented = operation.responses[String(answer.status)] as unknown as
    | Documented
    | undefined;
  assert.ok(documented !== undefined, `${answer.status} is not in the document`);
  const { schema } = documented.content["application/json"];
  if (answer.status >= 400) {
    const codes = JSON.stringify(schema);
    assert.ok(codes.includes(`"${answer.body.error?.code}"`), `${answer.body.error?.code}`);
    return;
  }
  assert.deepEqual([...Compile(schema as never).Errors(answer.body)], []);
}

test("whatever is sent to the HTTP API, the answer is one that its document names", {
  timeout: 900_000,
}, async (t) => {
  await using server = await startServerProcess({ env: { LAIR_TRUSTED_PROXIES: "127.0.0.1" } });
  const api = new Api(server);
  await registerPeople(server, api);
  const { body: document } = (await api.call("GET", "/openapi.json")) as { body: OpenApi };
  const targets = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const succeeded = new Set<string>();
  const deadline = performance.now() + budgetMs;
  for (const [index, target] of targets.entries()) {
    const known = await furnish(api, index);
    const share = (deadline - performance.now()) / (targets.length - index);
    const end = performance.now() + share;
    let runs = 0;
    const property = fc.asyncProperty(inputOf(target, known), async (input) => {
      runs += 1;
      if (runs > leastRuns && performance.now() > end) return;
      const token = api.tokens[input.who];
      const { body } = input;
      const answer = await api.call(
        target.method.toUpperCase(),
        urlOf(target, input),
        body,
        token ?? "",
      );
      if (answer.status < 300) succeeded.add(target.operation.operationId);
      checkAnswer(target, answer);
    });
    await t.test(`${target.operation.operationId}`, () =>
      fc.assert(property, { numRuns: runsPerOperation }),
    );
  }
  const { body } = await api.call("GET", "/readyz");
  assert.equal(body.ready, true);
  assert.doesNotMatch(server.output(), /a request failed/);
  const names = targets.map(({ operation }) => operation.operationId);
  const never = names.filter((name) => !succeeded.has(name));
  t.diagnostic(`${succeeded.size} of ${names.length} succeeded; never: ${never.join(" ")}`);
  assert.ok(succeeded.size > names.length / 3, "much of what is sent makes sense");
});
