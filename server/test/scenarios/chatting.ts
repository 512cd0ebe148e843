import type { ErrorCode } from "@lair-chat/protocol/errors.ts";
import type { DeviceId, RoomId, UserId } from "@lair-chat/protocol/ids.ts";
import type { MessageTarget } from "@lair-chat/protocol/messages/shapes.ts";
import type { Params, Result } from "@lair-chat/protocol/registry.ts";
import { v7 } from "uuid";
import { whyUnreadable } from "../compatibility/rust-client-frames.ts";
import { whyUnreadableBody } from "../compatibility/rust-client-http.ts";
import { type ServerProcess, startServerProcess } from "../server-process.ts";
import { WireClient } from "../wire-client.ts";

/** Somebody who is signed in, with a first connection. */
export interface Person {
  readonly name: string;
  readonly id: UserId;
  readonly token: string;
  readonly refreshToken: string;
  readonly client: WireClient;
  /** Another connection in the same session. */
  connect(features?: readonly string[]): Promise<WireClient>;
  /** What the HTTP API answers this user. */
  http(method: string, path: string, body?: object): Promise<HttpAnswer>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A real server, and people who talk over real sockets. */
export interface Chat extends AsyncDisposable {
  readonly server: ServerProcess;
  register(name: string, more?: Partial<Params<"register">>): Promise<Person>;
  /** The first admin, made with the setup token that the server prints. */
  registerAdmin(name: string): Promise<Person>;
  signIn(name: string, password?: string): Promise<Result<"login">>;
  connect(): Promise<WireClient>;
}

export const password = "correct horse battery";

export interface ChatOptions {
  /** Everybody has a client of 1.x beside, which must be able to read what it hears; unless false. */
  readonly withOlderClients?: boolean;
}

export async function startChat(
  env: Readonly<Record<string, string>> = {},
  { withOlderClients = true }: ChatOptions = {},
): Promise<Chat> {
  const server = await startServerProcess({ env });
  const clients: WireClient[] = [];
  const older: WireClient[] = [];

  async function connect(features?: readonly string[]): Promise<WireClient> {
    const client = await WireClient.connect({ port: server.tcpPort });
    clients.push(client.checking(whyUnreadable));
    await client.hello(features);
    return client;
  }

  async function register(name: string, more: Partial<Params<"register">> = {}): Promise<Person> {
    const client = await connect();
    const device = { device_id: v7() as string as DeviceId };
    const params = { username: name, password, ...device, ...more };
    const reply = await client.call("register", params);
    const { token } = reply;
    if (withOlderClients) older.push(await connectOlder(token));
    return {
      name,
      id: reply.user.id,
      token,
      refreshToken: reply.refresh_token ?? "",
      client,
      connect: async (features) => {
        const other = await connect(features);
        await other.call("authenticate", { token });
        return other;
      },
      http: (method, path, body) => ask(server, token, { method, path, body }),
    };
  }

  async function connectOlder(token: string): Promise<WireClient> {
    const client = await connect([]);
    await client.call("authenticate", { token });
    return client;
  }

  return {
    server,
    register,
    registerAdmin: (name) => register(name, { setup_token: setupToken(server) }),
    signIn: async (name, secret = password) => {
      const client = await connect();
      return client.call("login", { identifier: name, password: secret });
    },
    connect: () => connect(),
    async [Symbol.asyncDispose]() {
      try {
        // What was sent before has come then, unless the server has ended the connection.
        for (const client of older) await client.settle().catch(() => undefined);
        for (const client of clients) await client.close();
      } finally {
        await server[Symbol.asyncDispose]();
      }
    },
  };
}

function setupToken(server: ServerProcess): string {
  const token = /setup token becomes the first:\n +(\S+)/.exec(server.output())?.[1];
  if (token === undefined) throw new Error("the server printed no setup token");
  return token;
}

/** One request of the HTTP API, by whoever has the token. */
export async function ask(
  server: Pick<ServerProcess, "httpUrl">,
  token: string | undefined,
  request: { readonly method: string; readonly path: string; readonly body?: object | undefined },
): Promise<HttpAnswer> {
  const { method, path, body } = request;
  const response = await fetch(`${server.httpUrl}/api/v1${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { status } = response;
  const answer = (await response.json()) as HttpAnswer["body"];
  const objection = whyUnreadableBody({ method, path, status, body: answer });
  if (objection === undefined) return { status, body: answer };
  const what = `${method} ${path} ${status} ${JSON.stringify(answer)}`;
  throw new Error(`a client of 1.x cannot read this: ${objection}: ${what}`);
}

/** What an HTTP answer was refused with. */
export function codeOf({ body }: HttpAnswer): ErrorCode | undefined {
  const error = body["error"] as { readonly code?: ErrorCode } | undefined;
  return error?.code;
}

/** A room of `owner` with these members. */
export async function roomOf(owner: Person, ...members: readonly Person[]): Promise<RoomId> {
  const { room } = await owner.client.call("create_room", { name: `room ${v7()}` });
  for (const { client } of members) await client.call("join_room", { room_id: room.id });
  return room.id;
}

export function inRoom(roomId: RoomId): MessageTarget {
  return { type: "room", room_id: roomId };
}

export function toPerson({ id }: Person): MessageTarget {
  return { type: "dm", recipient: id };
}
