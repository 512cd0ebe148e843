import { Type } from "typebox";
import { command, event } from "../define.ts";
import { limits } from "../limits.ts";
import { base64Of } from "./base64-of.ts";
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
    noise_key: Type.Optional(
      base64Of(
        32,
        "With the feature noise: the server's static X25519 key. Good for nothing unless it is the one known beforehand",
      ),
    ),
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

export const noiseHandshake = command("noise_handshake", {
  about:
    "The first message of a Noise NK handshake. Follows a client_hello that names noise, and nothing else may; the reply is the last frame in the clear, both ways. What does not fit closes the connection.",
  access: "anonymous",
  rate: "free",
  reply: { type: "noise_handshake_response", isBare: true },
  params: { message: base64Of(48, "48 bytes, base64") },
  result: { message: base64Of(48, "48 bytes, base64") },
  errors: ["handshake_failed", "invalid_state"],
});

export const keyExchange = command("key_exchange", {
  about:
    "The exchange of Lair Chat 1.x, which checks nobody's identity. Follows a client_hello that names encryption; the reply is the last frame in the clear, both ways.",
  access: "anonymous",
  rate: "free",
  reply: { type: "key_exchange_response", isBare: true },
  params: { public_key: base64Of(32, "An X25519 key made for this connection, base64") },
  result: { public_key: base64Of(32, "The server's, made for this connection too") },
  errors: ["handshake_failed", "invalid_state"],
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
