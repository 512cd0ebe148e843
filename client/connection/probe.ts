import type { Socket } from "node:net";
import { type Speech, speechOf } from "./first-bytes.ts";
import { connectSocket, type SocketTarget } from "./socket.ts";

const PROBE_MS = 3_000;

/** What came of speaking to the port; some TLS servers only hang up on what is not TLS. */
export type ProbeResult = Speech | "hangs_up" | "nothing";

/**
 * Finds out, over a connection of its own, what listens on a port that says nothing by itself: an
 * HTTP server and a TLS one both wait for the client, and both answer an HTTP request in their way.
 */
export async function whatListens(target: SocketTarget): Promise<ProbeResult> {
  let socket: Socket | undefined;
  try {
    socket = await connectSocket(target, { timeoutMs: PROBE_MS });
    socket.write("GET / HTTP/1.0\r\n\r\n");
    return await firstAnswer(socket);
  } catch {
    // It is only a guess at a better message: any failure means there is none.
    return "nothing";
  } finally {
    socket?.destroy();
  }
}

function firstAnswer(socket: Socket): Promise<ProbeResult> {
  return new Promise((resolve) => {
    socket.once("data", (bytes: Uint8Array) => resolve(speechOf(bytes)));
    socket.once("close", () => resolve("hangs_up"));
    socket.once("error", () => resolve("hangs_up"));
    socket.setTimeout(PROBE_MS, () => resolve("nothing"));
  });
}
