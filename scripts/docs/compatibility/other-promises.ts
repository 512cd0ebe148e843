import {
  connectionLife,
  deadlines,
  everyCommand,
  httpListener,
  older,
  olderConnections,
  olderHttp,
  openApiDocument,
  queryToken,
  tcpListener,
  webSocket,
} from "./proofs.ts";
import type { Row } from "./row.ts";

const onlyHttp = "An address of the HTTP API.";
const onlyTcp = "The WebSocket has messages of its own, and TLS where HTTP has it.";
const onlyConnections = "HTTP has no connections of this kind.";

/** What the documents promise beside commands, events and their addresses. */
export const otherRows: readonly Row[] = [
  {
    documented: "Frames of a length and JSON, at most 1 MiB",
    here: "8 KiB before signing in",
    tcp: [tcpListener("before signing in a frame has at most 8 KiB, afterwards 1 MiB")],
    webSocket: [webSocket("before signing in a message is held to 8 KiB, afterwards to 1 MiB")],
    http: [httpListener("bodies are read as frames are: bounded, strict JSON, an object")],
  },
  {
    documented: "Hello, versions and features",
    here: "the same; newer things are asked for by features",
    tcp: [
      older("the server says hello first"),
      olderConnections("a version that nobody speaks is refused by name"),
    ],
    webSocket: [
      older("the server says hello first"),
      olderConnections("a version that nobody speaks is refused by name"),
    ],
    http: { none: onlyConnections },
  },
  {
    documented: "Timeouts: hello 30 s, sign-in 60 s, silence 90 s",
    here: "10 s for the hello, then the same for clients of 1.x",
    tcp: [
      deadlines("who says no hello is closed, pings or not"),
      deadlines("who does not sign in is closed, pings or not"),
      deadlines("who has signed in and falls silent is closed, who pings is not"),
    ],
    webSocket: [webSocket("pings of the protocol are answered, and are a sign of life")],
    http: { none: onlyConnections },
  },
  {
    documented: "request_id is echoed, events have none",
    here: "the same",
    tcp: [connectionLife("what is no request of ours gets a typed error with its request_id")],
    webSocket: [webSocket("requests that come in one piece are answered one by one")],
    http: { none: "An answer belongs to its request." },
  },
  {
    documented: "Messages are text, and others are refused",
    here: "the same",
    tcp: { none: "Frames are bytes." },
    webSocket: [webSocket("binary messages are refused with a reason and code 1003")],
    http: { none: onlyConnections },
  },
  {
    documented: "Signing in by ?token= in the address",
    here: "the same for clients of 1.x; can be switched off",
    tcp: { none: "There is no address." },
    webSocket: [
      olderConnections("a token in the address of a WebSocket signs in at once"),
      queryToken("tokens in the address can be switched off"),
    ],
    http: { none: "Tokens come in a header." },
  },
  {
    documented: "Key exchange: X25519, then AES-256-GCM",
    here: "the same for clients of 1.x; can be switched off",
    tcp: [
      older("over TCP with the key exchange all that follows is sealed"),
      older("messages are sent, read, edited and deleted"),
    ],
    webSocket: { none: onlyTcp },
    http: { none: "TLS is all there is." },
  },
  {
    documented: "GET /health and GET /ready",
    here: "the same, and /livez and /readyz",
    tcp: { none: onlyHttp },
    webSocket: { none: onlyHttp },
    http: [
      olderConnections("whoever watches the server is told that it lives and serves"),
      httpListener("whoever watches the server learns whether it lives and whether it can serve"),
    ],
  },
  {
    documented: "Errors have a code, a text and a status",
    here: "the same, and retry_after where waiting helps",
    tcp: [
      connectionLife("a refusal carries its code, and a fault of ours is logged"),
      older("what needs an account is refused with a plain error"),
    ],
    webSocket: [older("what needs an account is refused with a plain error")],
    http: [httpListener("errors have the status of the table, and those to wait for say how long")],
  },
  {
    documented: "Rate limits and their headers",
    here: "on every transport, one limit for all; headers over HTTP",
    tcp: [olderConnections("sign-ins are counted together, however they come")],
    webSocket: [olderConnections("sign-ins are counted together, however they come")],
    http: [
      httpListener("limits are counted per address or user, and their state is in the headers"),
    ],
  },
  {
    documented: "Pages: limit, offset, has_more, total_count",
    here: "the same, and true",
    tcp: [everyCommand],
    webSocket: [everyCommand],
    http: [olderHttp("over HTTP lists of rooms have pages, of all and of one's own")],
  },
  {
    documented: "GET /openapi.json and GET /docs",
    here: "the same, without anything from elsewhere",
    tcp: { none: onlyHttp },
    webSocket: { none: onlyHttp },
    http: [openApiDocument("the document and the page are served to everybody")],
  },
  {
    documented: "GET /openapi.yaml",
    here: "none",
    tcp: { none: onlyHttp },
    webSocket: { none: onlyHttp },
    http: { none: "Never served by 0.8.0 either; whatever reads YAML reads the JSON document." },
  },
  {
    documented: "GET /metrics",
    here: "none yet",
    tcp: { none: onlyHttp },
    webSocket: { none: onlyHttp },
    http: { none: "Not there yet. In 0.8.0 it was open to everybody; admins ask for get_stats." },
  },
];
