import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { encodeFrame, FrameDecoder } from "@lair-chat/protocol/wire/frame.ts";
import { WebSocket } from "ws";

const MAX_FRAME_BYTES = 64 * 1024 * 1024;

export interface WebSocketAddress {
  readonly port: number;
  /** With its query; /ws unless said. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isSecure?: boolean;
}

/** Opens a WebSocket. @throws what the server refused it with */
export function openWebSocket(address: WebSocketAddress): WebSocket {
  const { port, path = "/ws", headers = {}, isSecure = false } = address;
  const url = `${isSecure ? "wss" : "ws"}://127.0.0.1:${port}${path}`;
  return new WebSocket(url, { headers, rejectUnauthorized: false });
}

/** A WebSocket that reads and writes like a socket with frames, so that the same client fits on both. */
export function framed(webSocket: WebSocket): Socket {
  const decoder = new FrameDecoder({ maxFrameBytes: MAX_FRAME_BYTES });
  const duplex = new Duplex({
    read: () => webSocket.resume(),
    write(chunk: Buffer, _encoding, done) {
      decoder.push(chunk);
      for (let payload = decoder.next(); payload; payload = decoder.next()) {
        webSocket.send(payload, { binary: false });
      }
      done();
    },
    destroy(error, done) {
      webSocket.terminate();
      done(error);
    },
  });
  webSocket.on("message", (data: Buffer) => {
    if (!duplex.push(encodeFrame(data, MAX_FRAME_BYTES))) webSocket.pause();
  });
  webSocket.on("error", (error) => duplex.destroy(error));
  webSocket.on("close", () => duplex.destroy());
  return duplex as unknown as Socket;
}
