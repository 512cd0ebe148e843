import net from "node:net";
import tls from "node:tls";
import { encodeTextFrame, FrameDecoder } from "@lair-chat/protocol/wire/frame.ts";

export type TransportName = "tcp" | "ws";

/** Where a server is reached at this moment. */
export interface ServerAddress {
  readonly tcpPort: number;
  readonly httpPort: number;
  readonly isTls: boolean;
}

export interface LinkEvents {
  message(message: WireMessage): void;
  /** Told once, however it ended. */
  closed(): void;
}

export type WireMessage = Readonly<Record<string, unknown>>;

/** One connection that carries JSON messages. */
export interface Link {
  send(message: object): void;
  /** Ends it at once; `closed` is told. */
  destroy(): void;
}

const maxFrameBytes = 16 * 1024 * 1024;
const openMs = 8_000;

/** Opens a connection and tells its messages; one that cannot be opened is told as closed. */
export function openLink(
  transport: TransportName,
  address: ServerAddress,
  events: LinkEvents,
): Link {
  return transport === "tcp" ? openSocket(address, events) : openWebSocket(address, events);
}

function openSocket({ tcpPort: port, isTls }: ServerAddress, events: LinkEvents): Link {
  const host = "127.0.0.1";
  // Whom it talks to is not what is tested here.
  const socket = isTls
    ? tls.connect({ port, host, rejectUnauthorized: false })
    : net.connect({ port, host });
  socket.setNoDelay(true);
  const opened = isTls ? "secureConnect" : "connect";
  const overdue = setTimeout(() => socket.destroy(), openMs);
  socket.once(opened, () => clearTimeout(overdue));
  const decoder = new FrameDecoder({ maxFrameBytes });
  socket.on("data", (chunk: Buffer) => {
    decoder.push(chunk);
    for (let payload = decoder.next(); payload !== undefined; payload = decoder.next()) {
      events.message(JSON.parse(Buffer.from(payload).toString("utf8")) as WireMessage);
    }
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    clearTimeout(overdue);
    events.closed();
  });
  return {
    send: (message) => void socket.write(encodeTextFrame(JSON.stringify(message), maxFrameBytes)),
    destroy: () => void socket.destroy(),
  };
}

function openWebSocket({ httpPort, isTls }: ServerAddress, events: LinkEvents): Link {
  const webSocket = new WebSocket(`${isTls ? "wss" : "ws"}://127.0.0.1:${httpPort}/ws`);
  let isClosed = false;
  const close = () => {
    if (isClosed) return;
    isClosed = true;
    clearTimeout(overdue);
    webSocket.close();
    events.closed();
  };
  const overdue = setTimeout(close, openMs);
  webSocket.addEventListener("open", () => clearTimeout(overdue));
  webSocket.addEventListener("message", ({ data }) => {
    if (!isClosed) events.message(JSON.parse(String(data)) as WireMessage);
  });
  webSocket.addEventListener("error", close);
  webSocket.addEventListener("close", close);
  return {
    send: (message) => {
      if (webSocket.readyState === WebSocket.OPEN) webSocket.send(JSON.stringify(message));
    },
    destroy: close,
  };
}
