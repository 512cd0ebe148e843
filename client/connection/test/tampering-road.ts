import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { FrameDecoder } from "@lair-chat/protocol/wire/frame.ts";
import type { ServerAddress } from "../address.ts";

/** What becomes of the frame with this number, counted from 0 in its direction; its payload may not be kept. */
export type Change = (payload: Uint8Array, at: number) => readonly Uint8Array[];

export interface Changes {
  readonly toClient?: Change;
  readonly toServer?: Change;
}

/** Somebody who stands in between, sees every byte and alters what they like. */
export interface TamperingRoad extends AsyncDisposable {
  readonly address: ServerAddress;
  /** The payloads that the client has sent. */
  readonly fromClient: readonly Uint8Array[];
  /** The payloads that the server has sent. */
  readonly fromServer: readonly Uint8Array[];
}

const asItIs: Change = (payload) => [payload];
const LARGEST_FRAME = 2 * 1024 * 1024;

/** A TCP relay to `target` that takes frames apart and puts them together again. */
export async function tamperingRoad(target: number, changes: Changes = {}): Promise<TamperingRoad> {
  const sockets = new Set<Socket>();
  const fromClient: Uint8Array[] = [];
  const fromServer: Uint8Array[] = [];
  const relay = (from: Socket, to: Socket, seen: Uint8Array[], change: Change): void => {
    const decoder = new FrameDecoder({ maxFrameBytes: LARGEST_FRAME });
    let count = 0;
    sockets.add(from);
    from.on("data", (chunk: Uint8Array) => {
      decoder.push(chunk);
      for (let view = decoder.next(); view !== undefined; view = decoder.next()) {
        const payload = view.slice();
        seen.push(payload);
        for (const sent of change(payload, count)) to.write(framed(sent));
        count += 1;
      }
    });
    from.on("error", () => undefined);
    from.on("close", () => {
      sockets.delete(from);
      to.end();
    });
  };
  const server = createServer((near) => {
    const far = connect(target, "127.0.0.1");
    relay(near, far, fromClient, changes.toServer ?? asItIs);
    relay(far, near, fromServer, changes.toClient ?? asItIs);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
    fromClient,
    fromServer,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function framed(payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(4 + payload.length);
  new DataView(frame.buffer).setUint32(0, payload.length);
  frame.set(payload, 4);
  return frame;
}
