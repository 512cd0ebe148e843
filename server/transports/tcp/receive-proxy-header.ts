import type { Socket } from "node:net";
import { type ProxyHeader, readProxyHeader } from "./proxy-protocol.ts";

/** Why there will be no header. */
export interface NoProxyHeader {
  readonly kind: "invalid";
  readonly reason: string;
}

type WholeHeader = Extract<ProxyHeader, { kind: "whole" }>;

/**
 * Reads the header that a proxy puts in front of a connection; what comes behind it is left to be read.
 * `done` is called once, within `limitMs`, and closes the socket where the header is none.
 */
export function receiveProxyHeader(
  socket: Socket,
  limitMs: number,
  done: (header: WholeHeader | NoProxyHeader) => void,
): void {
  let held = Buffer.alloc(0);
  const finish = (header: WholeHeader | NoProxyHeader) => {
    clearTimeout(timer);
    socket.off("readable", read);
    socket.off("end", ended);
    socket.off("close", ended);
    done(header);
  };
  const read = () => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    held = Buffer.concat([held, chunk]);
    const header = readProxyHeader(held);
    if (header.kind === "incomplete") return;
    if (header.kind === "whole" && held.length > header.length) {
      socket.unshift(held.subarray(header.length));
    }
    finish(header);
  };
  const ended = () => finish({ kind: "invalid", reason: "it ended before its header" });
  const timer = setTimeout(
    () => finish({ kind: "invalid", reason: "its header did not come in time" }),
    limitMs,
  );
  socket.on("readable", read);
  socket.once("end", ended);
  socket.once("close", ended);
}
