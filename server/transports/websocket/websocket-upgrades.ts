import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import { type WebSocket, WebSocketServer } from "ws";
import type { Admission } from "../../connections/admission.ts";
import type { ConnectionLimits } from "../../connections/connection-limits.ts";
import type { ConnectionLog } from "../../connections/connection-log.ts";
import type { Connections } from "../../connections/connections.ts";
import { type IsTrusted, requestAddress } from "../client-address.ts";
import { answerRaw, type Upgrades } from "../http/http-server.ts";
import { plainAddress } from "../plain-address.ts";
import type { InboundBudget } from "../tcp/inbound-budget.ts";
import { isAllowedOrigin, type OriginRules } from "./allowed-origin.ts";
import { WebSocketChannel } from "./websocket-channel.ts";

export interface WebSocketDeps {
  readonly connections: Pick<Connections, "serve">;
  readonly admission: Pick<Admission, "enterAddress">;
  readonly inbound: InboundBudget;
  readonly limits: Pick<ConnectionLimits, "frameBytes" | "frameBytesBeforeSignIn">;
  readonly origins: OriginRules;
  /** Whether a client of 1.x may sign in by `?token=`, which others may read in logs of theirs. */
  readonly takesQueryToken: boolean;
  readonly isTrusted: IsTrusted;
  readonly log: ConnectionLog;
}

/** What a request for a WebSocket turned out to be. */
interface Admitted {
  readonly address: string;
  readonly token: string | undefined;
}

const path = "/ws";
const tokenChars = 4096;

/** The WebSocket on the HTTP port: the same messages as over TCP, one in each text message. */
export function createWebSockets(deps: WebSocketDeps): Upgrades {
  const open = new Set<WebSocket>();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // The bound of who has signed in; the channel has the others.
    maxPayload: deps.limits.frameBytes,
  });
  server.on("wsClientError", (error, socket) => {
    const message = `This is no request for a WebSocket: ${error.message}.`;
    answerRaw(socket as Socket, new ChatError("invalid_message", { message }));
  });
  return {
    wants: ({ method, url = "", headers }) =>
      method === "GET" &&
      headers.upgrade?.toLowerCase() === "websocket" &&
      url.split("?", 1)[0] === path,
    take(request, socket, head) {
      const admitted = admit(request, deps);
      if (admitted instanceof ChatError) {
        deps.log.debug({ err: admitted, address: plainAddress(socket) }, "a WebSocket was refused");
        answerRaw(socket, admitted);
        return;
      }
      if (!isRoomFor(admitted, socket, deps)) {
        deps.log.info({ address: admitted.address }, "turned away: too many connections");
        answerRaw(socket, new ChatError("busy", { message: "Too many connections." }));
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => {
        open.add(webSocket);
        webSocket.on("close", () => open.delete(webSocket));
        serve(
          new WebSocketChannel(webSocket, socket, channelOptions(admitted, deps)),
          deps,
          admitted,
        );
      });
    },
    destroyAll() {
      for (const webSocket of open) webSocket.terminate();
    },
  };
}

function channelOptions({ address }: Admitted, { limits, inbound }: WebSocketDeps) {
  return { address, inbound, maxPayload: limits.frameBytesBeforeSignIn };
}

function serve(channel: WebSocketChannel, { connections }: WebSocketDeps, { token }: Admitted) {
  const events = connections.serve(channel);
  channel.start(events);
  if (token !== undefined) events.token(token);
}

/** Who asks, and how; an error where the answer is no. */
function admit(request: IncomingMessage, deps: WebSocketDeps): Admitted | ChatError {
  const { host, origin } = request.headers;
  if (!isAllowedOrigin({ host, origin }, deps.origins)) {
    const message = "Pages of that origin may not connect here.";
    return new ChatError("permission_denied", { message });
  }
  const token = queryToken(request.url);
  if (token !== undefined && !deps.takesQueryToken) {
    const message = "Tokens in the address are not taken here: send authenticate.";
    return new ChatError("validation_failed", { message });
  }
  if (token !== undefined && token.length > tokenChars) return new ChatError("invalid_token");
  return { address: requestAddress(request, deps.isTrusted), token };
}

function queryToken(url = ""): string | undefined {
  const query = url.split("?").slice(1).join("?");
  return new URLSearchParams(query).get("token") ?? undefined;
}

/** Who comes through a proxy of ours has not been counted by address yet. */
function isRoomFor({ address }: Admitted, socket: Socket, deps: WebSocketDeps): boolean {
  if (!deps.isTrusted(plainAddress(socket))) return true;
  const leave = deps.admission.enterAddress(address);
  if (leave !== undefined) socket.once("close", leave);
  return leave !== undefined;
}
