import { Type } from "typebox";
import { command, event } from "../define.ts";
import { limits } from "../limits.ts";
import { Timestamp } from "./shapes.ts";

/** The first thing the server says on a connection, before the client has said anything. */
export const serverHello = event("server_hello", {
  about: "Sent by the server as soon as a connection opens.",
  logged: false,
  payload: {
    version: Type.String(),
    server_name: Type.String(),
    features: Type.Array(Type.String(), {
      description: "What the client may ask for in its hello",
    }),
    encryption_required: Type.Boolean(),
  },
});

export const clientHello = command("client_hello", {
  about:
    "Must be the first message of a connection. It has no reply; a version that is not spoken is answered with an error and a close.",
  access: "anonymous",
  rate: "free",
  reply: "silent",
  params: {
    version: Type.String({ maxLength: 16, description: "1.x" }),
    client_name: Type.Optional(Type.String({ maxLength: 128 })),
    features: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), {
        maxItems: 32,
        description: "The server's features that the client will use",
      }),
    ),
  },
  result: {},
  errors: ["version_mismatch", "invalid_state"],
});

export const ping = command("ping", {
  about: "Keeps the connection alive; answered with pong.",
  access: "anyone",
  rate: "free",
  reply: { type: "pong" },
  params: {},
  result: { server_time: Timestamp },
  errors: [],
});

export const serverNotice = event("server_notice", {
  about: "A word from the server or its administrator, to be shown to the user.",
  logged: false,
  payload: {
    message: Type.String(),
    severity: Type.String({ description: "info, warning or critical" }),
    reconnect_after: Type.Optional(
      Type.Number({
        minimum: 0,
        description: "Seconds to wait before connecting again, when the server goes away",
      }),
    ),
  },
});

export const errorEvent = event("error", {
  about:
    "An answer to something that was no request this server knows, or the reason why the connection is about to close.",
  logged: false,
  payload: {
    request_id: Type.Optional(Type.String({ maxLength: limits.requestIdChars })),
    code: Type.String(),
    message: Type.String(),
    retry_after: Type.Optional(Type.Number()),
    details: Type.Optional(Type.Unknown()),
  },
});
