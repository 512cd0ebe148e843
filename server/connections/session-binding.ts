import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { EventOf } from "@lair-chat/protocol/registry.ts";
import type { Feature } from "@lair-chat/protocol/version.ts";
import type { Session } from "../commands/handler.ts";
import type { ConnectionLimits } from "./connection-limits.ts";
import type { ConnectionLog } from "./connection-log.ts";
import { type FrameBatch, KeptBatch, messageFrame } from "./frame-batch.ts";
import type { Hub } from "./hub.ts";
import type { Listener } from "./online-users.ts";

export interface SessionBindingDeps {
  readonly hub: Pick<Hub<never>, "attach" | "announce" | "detach" | "tellAll">;
  readonly limits: Pick<ConnectionLimits, "recheckMs" | "expiringMs">;
  readonly log: Pick<ConnectionLog, "warn">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds on a clock that never jumps. */
  readonly monotonic: () => number;
  /** When the session ends, in milliseconds since the epoch; undefined once it is over. */
  readonly recheckSession: (session: Session) => Promise<number | undefined>;
}

/** Whose connection it is: from sign-in on it hears what its user hears, while the session lives. */
export class SessionBinding {
  readonly #deps: SessionBindingDeps;
  readonly #owner: ListenerOwner;
  #listener: Listener | undefined;
  #isAnnounced = false;
  #isReleased = false;
  #checkAt = Number.POSITIVE_INFINITY;
  /** The end of the session that the client was told is near. */
  #toldEnd: number | undefined;

  constructor(deps: SessionBindingDeps, owner: ListenerOwner) {
    this.#deps = deps;
    this.#owner = owner;
  }

  get session(): Session | undefined {
    return this.#listener?.session;
  }

  /** @throws ChatError when the session or the connection has ended meanwhile; nothing is bound then */
  async bind(session: Session): Promise<void> {
    const listener = new BoundListener(session, this.#owner);
    this.#listener = listener;
    let end: number | undefined;
    try {
      await this.#deps.hub.attach(listener);
      // Asked again now that the end of the session would reach this connection.
      end = await this.#deps.recheckSession(session);
      if (end === undefined) throw new ChatError("session_not_found");
      if (this.#isReleased) throw new ChatError("invalid_state");
    } catch (error) {
      this.#deps.hub.detach(listener);
      this.#listener = undefined;
      throw error;
    }
    this.#planCheck(end);
  }

  /** Tells others that the user is here; to be called when the user knows it. */
  announce(): void {
    if (this.#listener === undefined || this.#isAnnounced || this.#isReleased) return;
    this.#isAnnounced = true;
    this.#deps.hub.announce(this.#listener);
  }

  /** The connection ends. */
  release(): void {
    this.#isReleased = true;
    this.#checkAt = Number.POSITIVE_INFINITY;
    if (this.#listener !== undefined) this.#deps.hub.detach(this.#listener);
  }

  /** Asks now and then whether the session still lives: its end is told at once, but that may be lost. */
  sweep(now: number): void {
    const session = this.#listener?.session;
    if (session === undefined || now < this.#checkAt) return;
    this.#checkAt = now + this.#deps.limits.recheckMs;
    void this.#check(session);
  }

  /** Next when there is something to tell or to end, and every now and then. */
  #planCheck(end: number): void {
    if (this.#isReleased) return;
    const { monotonic, now, limits } = this.#deps;
    const next = this.#toldEnd === end ? end : end - limits.expiringMs;
    this.#checkAt = monotonic() + Math.min(limits.recheckMs, Math.max(0, next - now()));
  }

  async #check(session: Session): Promise<void> {
    try {
      const end = await this.#deps.recheckSession(session);
      if (end === undefined) return this.#end(session);
      if (end - this.#deps.now() <= this.#deps.limits.expiringMs) this.#tellEnd(session, end);
      this.#planCheck(end);
    } catch (error) {
      this.#deps.log.warn({ err: error }, "a session could not be checked");
    }
  }

  #end({ expiresAt }: Session): void {
    const hasExpired = this.#deps.now() >= (this.#toldEnd ?? expiresAt);
    this.#owner.end(new ChatError(hasExpired ? "session_expired" : "session_not_found"));
  }

  /** Once: a session that is refreshed ends later, and only that end is told again. */
  #tellEnd({ id }: Session, end: number): void {
    if (this.#toldEnd === end || this.#isReleased) return;
    this.#toldEnd = end;
    const event: EventOf<"session_expiring"> = {
      type: "session_expiring",
      session_id: id,
      expires_at: new Date(end).toISOString(),
    };
    this.#owner.sendBatch(new KeptBatch([messageFrame(event)]));
  }
}

type ListenerOwner = Omit<Listener, "session" | "readsPacked">;

/** A connection as it is known of one session. */
class BoundListener implements Listener {
  readonly session: Session;
  readonly readsPacked: boolean;
  readonly #owner: ListenerOwner;

  constructor(session: Session, owner: ListenerOwner) {
    this.session = session;
    this.readsPacked = owner.speaks("packed");
    this.#owner = owner;
  }

  speaks(feature: Feature): boolean {
    return this.#owner.speaks(feature);
  }

  sendBatch(batch: FrameBatch): void {
    this.#owner.sendBatch(batch);
  }

  end(error: ChatError): void {
    this.#owner.end(error);
  }

  heardAt(): number {
    return this.#owner.heardAt();
  }

  isOf1x(): boolean {
    return this.#owner.isOf1x();
  }
}
