import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a server that can fail as networks do. */
export interface CuttableRoad extends AsyncDisposable {
  readonly port: number;
  /** Nothing arrives any more, in either direction, and nobody is told. */
  swallow(): void;
  /** What the client sends arrives; what it should hear does not. */
  swallowAnswers(): void;
  /** The next packet with these words in it is gone, all else arrives. Resolves when that has happened. */
  lose(words: string): Promise<void>;
  /** Ends all connections. */
  cut(): void;
  /** Lets new connections through. */
  open(): void;
}

type Traffic = "open" | "swallow" | "swallow_answers";

/** A TCP relay to `target` on this machine. */
export async function cuttableRoad(target: number): Promise<CuttableRoad> {
  let traffic: Traffic = "open";
  let isLost: (bytes: Buffer | string) => boolean = () => false;
  const sockets = new Set<Socket>();
  const relay = (from: Socket, to: Socket, isPassing: () => boolean): void => {
    sockets.add(from);
    from.on("data", (bytes) => {
      if (isPassing() && !isLost(bytes)) to.write(bytes);
    });
    from.on("error", () => undefined);
    from.on("close", () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const server = createServer((near) => {
    const far = connect(target, "127.0.0.1");
    relay(near, far, () => traffic !== "swallow");
    relay(far, near, () => traffic === "open");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    swallow() {
      traffic = "swallow";
    },
    swallowAnswers() {
      traffic = "swallow_answers";
    },
    lose(words) {
      return new Promise((resolve) => {
        isLost = (bytes) => {
          if (!bytes.includes(words)) return false;
          isLost = () => false;
          resolve();
          return true;
        };
      });
    },
    open() {
      traffic = "open";
    },
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
