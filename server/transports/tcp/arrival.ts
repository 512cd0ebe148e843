import type { Socket } from "node:net";
import type { Admission } from "../../connections/admission.ts";
import type { ConnectionLog } from "../../connections/connection-log.ts";
import type { IsTrusted } from "../client-address.ts";
import { plainAddress } from "../plain-address.ts";
import { receiveProxyHeader } from "./receive-proxy-header.ts";

export interface ArrivalDeps {
  readonly admission: Pick<Admission, "enter" | "enterUnnamed" | "enterAddress">;
  /** Peers that put a header of the PROXY protocol in front; none unless said. */
  readonly isProxy?: IsTrusted | undefined;
  readonly log: ConnectionLog;
}

/** What becomes of a socket that has arrived; one of the two is called, or none if it went away. */
export interface ArrivalOutcome {
  /** It is counted in; `address` is the client's. */
  letIn(address: string): void;
  turnAway(): void;
}

const HEADER_MS = 5_000;

/** Counts a socket in until it is closed, under the address of the client behind it. */
export function receive(socket: Socket, deps: ArrivalDeps, outcome: ArrivalOutcome): void {
  logErrors(socket, deps.log);
  const peer = plainAddress(socket);
  if (deps.isProxy?.(peer) !== true) {
    if (count(socket, deps, () => deps.admission.enter(peer), peer)) outcome.letIn(peer);
    else outcome.turnAway();
    return;
  }
  if (!count(socket, deps, () => deps.admission.enterUnnamed(), peer)) {
    outcome.turnAway();
    return;
  }
  receiveProxyHeader(socket, HEADER_MS, (header) => {
    if (header.kind === "invalid") {
      deps.log.info({ address: peer, reason: header.reason }, "a proxy sent no good PROXY header");
      socket.destroy();
      return;
    }
    const address = header.client ?? peer;
    if (count(socket, deps, () => deps.admission.enterAddress(address), address)) {
      outcome.letIn(address);
    } else outcome.turnAway();
  });
}

/** Sockets end in many ways; none of them is news. */
export function logErrors(socket: Socket, log: ConnectionLog): void {
  socket.on("error", (error) =>
    log.debug({ err: error, address: plainAddress(socket) }, "a connection broke"),
  );
}

function count(
  socket: Socket,
  { log }: Pick<ArrivalDeps, "log">,
  enter: () => (() => void) | undefined,
  address: string,
): boolean {
  const leave = enter();
  if (leave === undefined) log.info({ address }, "turned away: too many connections");
  else socket.once("close", leave);
  return leave !== undefined;
}
