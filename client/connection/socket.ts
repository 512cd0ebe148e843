import { connect, type Socket } from "node:net";
import { rootCertificates, type TLSSocket, connect as tlsConnect } from "node:tls";
import { type ServerAddress, serverName } from "./address.ts";
import { certificateFingerprint } from "./certificate-fingerprint.ts";
import { ConnectionError } from "./connection-error.ts";
import { fromNetworkError } from "./network-error.ts";
import type { CertificateJudge } from "./server-trust.ts";

/** Which certificates are believed. */
export interface TlsTrust {
  /** PEM, believed beside the usual authorities. */
  readonly ca: string | undefined;
  readonly judge: CertificateJudge;
}

export interface SocketTarget {
  readonly address: ServerAddress;
  /** How the person knows it. */
  readonly at: string;
  readonly tls: (TlsTrust & { readonly oldest: "TLSv1.2" | "TLSv1.3" }) | undefined;
}

export interface ConnectOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A connected socket, its TLS handshake done and its certificate judged, not yet reading. Nothing
 * was sent over it.
 * @throws ConnectionError
 */
export async function connectSocket(
  target: SocketTarget,
  options: ConnectOptions,
): Promise<Socket> {
  if (options.signal?.aborted) throw new ConnectionError("stopped", target.at);
  if (target.tls === undefined) {
    return await connected(connect(target.address), "connect", target, options);
  }
  const { ca, judge, oldest } = target.tls;
  const { host, port } = target.address;
  const socket = tlsConnect({
    host,
    port,
    minVersion: oldest,
    servername: serverName(host),
    // Judged below, with what is remembered of this server.
    rejectUnauthorized: false,
    // Given authorities replace the usual ones, so those are named as well.
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
  });
  await connected(socket, "secureConnect", target, options);
  await judged(socket, target.at, judge);
  return socket;
}

async function judged(socket: TLSSocket, at: string, judge: CertificateJudge): Promise<void> {
  const swallow = (): void => undefined;
  socket.on("error", swallow);
  try {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) throw new ConnectionError("lost", at);
    const trouble = socket.authorized ? undefined : String(socket.authorizationError);
    const fingerprint = certificateFingerprint(certificate.publicKey);
    await judge.checkCertificate({ at, fingerprint, trouble });
    if (socket.destroyed) throw new ConnectionError("lost", at);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.off("error", swallow);
}

async function connected<S extends Socket>(
  socket: S,
  event: "connect" | "secureConnect",
  { at }: SocketTarget,
  options: ConnectOptions,
): Promise<S> {
  try {
    await settled(socket, event, at, options);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.setNoDelay(true);
  return socket;
}

function settled(
  socket: Socket,
  event: string,
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
      socket.off("error", onError).off("close", onClose).off(event, onConnected);
      signal?.removeEventListener("abort", onAbort);
    };
    const onConnected = (): void => {
      stop();
      resolve();
    };
    socket.on("error", onError).on("close", onClose).on(event, onConnected);
    signal?.addEventListener("abort", onAbort);
  });
}
