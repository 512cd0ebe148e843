import type { Command } from "@lair-chat/protocol/define.ts";
import { readIncoming } from "@lair-chat/protocol/envelope.ts";
import type { ErrorCode } from "@lair-chat/protocol/errors.ts";
import { type CommandName, commands } from "@lair-chat/protocol/registry.ts";
import { whyUnreadable } from "../compatibility/rust-client-frames.ts";
import { ask } from "../scenarios/chatting.ts";
import type { ServerProcess } from "../server-process.ts";
import { WireClient } from "../wire-client.ts";

export type RawParams = Readonly<Record<string, unknown>>;

export interface RawAnswer {
  readonly outcome: "yes" | ErrorCode;
  /** The result, or whatever else there is to say. */
  readonly body: Readonly<Record<string, unknown>>;
  /** All that came, but for the id of the request. */
  readonly raw: string;
}

/** Somebody who asks: with a token, or without as somebody who has not signed in. */
export interface Caller {
  ask(name: CommandName, params: RawParams): Promise<RawAnswer>;
  close(): Promise<void>;
}

/** A way to ask for anything that is declared. */
export interface Transport {
  readonly name: string;
  serves(name: CommandName): boolean;
  open(server: ServerProcess, token: string | undefined): Promise<Caller>;
}

/** As a client of 1.x, which must be able to read all of it. */
const tcp: Transport = {
  name: "TCP",
  serves: () => true,
  open: ({ tcpPort }, token) =>
    openWire(async () => {
      const client = await WireClient.connect({ port: tcpPort });
      await client.checking(whyUnreadable).hello([]);
      return client;
    }, token),
};

const webSocket: Transport = {
  name: "WebSocket",
  serves: () => true,
  open: ({ httpPort }, token) =>
    openWire(async () => {
      const client = await WireClient.connectWebSocket({ port: httpPort });
      await client.hello();
      return client;
    }, token),
};

/** One who asks over a connection of frames, whatever carries them. */
async function openWire(
  connect: () => Promise<WireClient>,
  token: string | undefined,
): Promise<Caller> {
  // A connection that has not signed in is given few frames, so each question has one of its own.
  if (token === undefined) {
    return {
      ask: async (name, params) => {
        await using client = await connect();
        return await askOver(client, name, params);
      },
      close: async () => undefined,
    };
  }
  const client = await connect();
  await client.call("authenticate", { token });
  return {
    ask: (name, params) => askOver(client, name, params),
    close: () => client.close(),
  };
}

let requests = 0;

async function askOver(
  client: WireClient,
  name: CommandName,
  params: RawParams,
): Promise<RawAnswer> {
  requests += 1;
  const id = `m${requests}`;
  client.send({ type: name, request_id: id, ...params });
  const reply = await client.expectsMessage((message) => message["request_id"] === id, name);
  const incoming = readIncoming(reply);
  const raw = JSON.stringify({ ...reply, request_id: "" });
  const { type, request_id, success, ...body } = reply;
  return { outcome: incoming.kind === "failure" ? incoming.error.code : "yes", body, raw };
}

const http: Transport = {
  name: "HTTP",
  serves: (name) => commands[name].http !== undefined,
  async open(server, token) {
    return {
      ask: async (name, params) => {
        const { status, body } = await ask(server, token, requestFor(name, params));
        const error = body["error"] as { readonly code: ErrorCode } | undefined;
        return { outcome: error?.code ?? "yes", body, raw: `${status} ${JSON.stringify(body)}` };
      },
      close: async () => undefined,
    };
  },
};

/** A command as its route has it: some parameters in the path, others in the query or the body. */
function requestFor(name: CommandName, params: RawParams) {
  const { http: route }: Command = commands[name];
  if (route === undefined) throw new Error(`${name} has no address`);
  const rest = { ...params };
  const path = route.path.replace(/:(\w+)/g, (_, key: string) => {
    const value = String(rest[key]);
    delete rest[key];
    return value;
  });
  if (route.method !== "GET") return { method: route.method, path, body: rest };
  return { method: route.method, path: `${path}?${new URLSearchParams(inQuery(rest))}` };
}

/** The inverse of what the declarations do with a query. */
function inQuery({ target, filter, ...rest }: RawParams): Record<string, string> {
  const { type, room_id: room, recipient } = (target ?? {}) as Record<string, string | undefined>;
  const values = {
    ...rest,
    ...(filter as object | undefined),
    ...(type !== undefined && { target_type: type, target_id: room ?? recipient }),
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}

export const transports: readonly Transport[] = [tcp, webSocket, http];
