import { connect, type Socket } from "node:net";
import { rootCertificates, connect as tlsConnect } from "node:tls";
import { addressLabel, type Endpoint, serverName, type TlsTrust } from "./address.ts";
import { ConnectionError } from "./connection-error.ts";
import { fromNetworkError } from "./network-error.ts";

export interface ConnectOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A connected socket to the chat port, its TLS handshake done, not yet reading.
 * @throws ConnectionError
 */
export async function connectSocket(endpoint: Endpoint, options: ConnectOptions): Promise<Socket> {
  const at = addressLabel(endpoint.address);
  if (options.signal?.aborted) throw new ConnectionError("stopped", at);
  const socket = openSocket(endpoint);
  const connected = endpoint.tls === undefined ? "connect" : "secureConnect";
  try {
    await settled(socket, connected, at, options);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.setNoDelay(true);
  return socket;
}

function openSocket({ address: { host, port }, tls }: Endpoint): Socket {
  if (tls === undefined) return connect({ host, port });
  return tlsConnect({
    host,
    port,
    minVersion: "TLSv1.3",
    servername: serverName(host),
    ...trustOptions(tls),
  });
}

/** What Node's TLS is told about whom to believe. */
export function trustOptions({ ca, verify }: TlsTrust): {
  rejectUnauthorized: boolean;
  ca?: string[];
} {
  // Given authorities replace the usual ones, so those are named as well.
  return {
    rejectUnauthorized: verify,
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
  };
}

function settled(
  socket: Socket,
  connected: string,
  at: string,
  { timeoutMs, signal }: ConnectOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: ConnectionError): void => {
      stop();
      // An error after this has no listener of its own any more.
      socket.on("error", () => undefined);
      reject(error);
    };
    const onError = (error: Error): void => fail(fromNetworkError(error, at));
    const onClose = (): void => fail(new ConnectionError("lost", at));
    const onAbort = (): void => fail(new ConnectionError("stopped", at));
    const timer = setTimeout(() => fail(new ConnectionError("timed_out", at)), timeoutMs);
    const stop = (): void => {
      clearTimeout(timer);
      socket.off("error", onError).off("close", onClose).off(connected, onConnected);
      signal?.removeEventListener("abort", onAbort);
    };
    const onConnected = (): void => {
      stop();
      resolve();
    };
    socket.on("error", onError).on("close", onClose).on(connected, onConnected);
    signal?.addEventListener("abort", onAbort);
  });
}
