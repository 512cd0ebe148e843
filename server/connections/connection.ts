import type { Request } from "@lair-chat/protocol/envelope.ts";
import { ChatError, type ErrorCode } from "@lair-chat/protocol/errors.ts";
import type { Call, Session, TransportName } from "../commands/handler.ts";
import { readsPage } from "../commands/page-turns.ts";
import { type Answer, answer, errorFrame } from "./answer.ts";
import { BadRequests } from "./bad-requests.ts";
import type { Channel, ChannelEvents } from "./channel.ts";
import type { ConnectionDeps, ConnectionLife } from "./connection-deps.ts";
import { msToSignIn } from "./connection-limits.ts";
import { FrameAllowance } from "./frame-allowance.ts";
import { messageFrame } from "./frame-batch.ts";
import { isHandshake } from "./handshake.ts";
import { Opening } from "./opening.ts";
import { Outbox } from "./outbox.ts";
import { type Reading, readPayload, refusal, runsAlone } from "./read-payload.ts";
import { RequestLine } from "./request-line.ts";
import { SessionBinding } from "./session-binding.ts";

/** The life of one connection, whatever carries it: hello, sign-in, requests, end. */
export class Connection implements ChannelEvents {
  readonly #deps: ConnectionDeps;
  readonly #channel: Channel;
  readonly #life: ConnectionLife;
  readonly #outbox: Outbox;
  readonly #line: RequestLine<Reading>;
  readonly #binding: SessionBinding;
  readonly #bad: BadRequests;
  readonly #frames: FrameAllowance;
  readonly #opening: Opening;
  readonly #openedAt: number;
  #heardAt: number;
  #call: Call;
  /** Leaving: what was asked for is still answered. Signed out: only the reply to that. */
  #state: "serving" | "leaving" | "signed out" | "over" = "serving";

  constructor(channel: Channel, deps: ConnectionDeps, life: ConnectionLife) {
    this.#deps = deps;
    this.#channel = channel;
    this.#life = life;
    this.#openedAt = deps.monotonic();
    this.#heardAt = this.#openedAt;
    this.#bad = new BadRequests(deps.limits);
    this.#frames = new FrameAllowance(deps.limits, this.#openedAt);
    this.#opening = new Opening(channel.sealable);
    this.#binding = new SessionBinding(deps, {
      speaks: (feature) => this.#opening.features.has(feature),
      sendBatch: (batch) => this.#outbox.sendBatch(batch),
      end: (error) => this.end(error),
      heardAt: () => this.#heardAt,
      isOf1x: () => this.#opening.strictness !== "strict",
    });
    this.#line = new RequestLine({
      capacity: () => this.#capacity(),
      isAlone: runsAlone,
      run: (reading) => this.#inTurn(reading),
      pause: () => channel.pause(),
      resume: () => channel.resume(),
      onIdle: () => this.#leaveIfIdle(),
    });
    this.#outbox = new Outbox(deps, {
      channel,
      canResume: () => this.#opening.features.has("resume"),
      onLag: (change) => deps.lagging.changed(change, this.#outbox, channel.address),
      onSlow: () => this.#giveUp(),
      onEmpty: () => this.#line.advance(),
    });
    this.#call = this.#makeCall();
    this.#outbox.send(this.#opening.helloFrame);
  }

  token(token: string): void {
    this.#opening.takeFor1x();
    const request: Request = { name: "authenticate", requestId: undefined, params: { token } };
    this.#line.take({ kind: "request", request });
  }

  heard(): void {
    this.#heardAt = this.#deps.monotonic();
  }

  get transport(): TransportName {
    return this.#channel.transport;
  }

  /** Bytes that its reader has not taken, and requests that wait for others to be done. */
  get standing() {
    const [bytes, requests] = [this.#outbox.waitingBytes, this.#line.waitingRequests];
    return { isSignedIn: this.#binding.session !== undefined, bytes, requests };
  }

  payload(bytes: Uint8Array): void {
    if (this.#state === "over") return;
    this.heard();
    this.#deps.traffic.framesReceived += 1;
    this.#deps.traffic.bytesReceived += bytes.length;
    const isSignedIn = this.#binding.session !== undefined;
    const verdict = this.#frames.judge(isSignedIn, this.#heardAt);
    if (verdict.kind === "end") this.end(verdict.error);
    else this.#take(bytes, verdict.kind === "refuse" ? verdict.error : undefined);
    if (this.#line.waitingRequests > this.#deps.limits.waitingRequests) {
      this.end(new ChatError("busy", { message: "Too many requests at once." }));
    }
  }

  invalid(error: ChatError): void {
    this.#deps.log.debug(
      { err: error, address: this.#channel.address },
      "a client sent no frames of this protocol",
    );
    this.end(error);
  }

  broken(error: unknown): void {
    const { log } = this.#deps;
    log.info({ err: error, address: this.#channel.address }, "a sealed connection was cut");
    this.#stop();
    this.#outbox.dispose();
    this.#channel.destroy();
  }

  ended(): void {
    this.leave();
  }

  closed(): void {
    this.#stop();
    this.#outbox.dispose();
    this.#life.closed();
  }

  /** Answers what was asked for, then closes. */
  leave(lastWord?: object): void {
    if (lastWord !== undefined) this.#outbox.send(messageFrame(lastWord));
    if (this.#state === "serving") this.#state = "leaving";
    this.#leaveIfIdle();
  }

  /** Says why, where there is something to say, and closes. */
  end(error?: ChatError): void {
    if (this.#state === "over") return;
    this.#stop();
    if (error !== undefined) {
      this.#deps.onError?.(error.code);
      this.#outbox.send(errorFrame(error));
    }
    this.#outbox.finish();
  }

  /** Closes whatever is going on. */
  destroy(): void {
    this.#channel.destroy();
  }

  /** Looks at everything that has to happen in time. */
  sweep(now: number): void {
    this.#outbox.sweep(now);
    if (this.#state === "over") return;
    this.#binding.sweep(now);
    if (now > this.#deadline()) this.end(new ChatError("timeout"));
  }

  #deadline(): number {
    const { limits } = this.#deps;
    const silenceMs = this.#opening.features.has("resume") ? limits.resumingIdleMs : limits.idleMs;
    if (this.#binding.session !== undefined) return this.#heardAt + silenceMs;
    // How long the answer takes to what was asked for in time is not the client's doing.
    if (!this.#line.isIdle) return Number.POSITIVE_INFINITY;
    return this.#openedAt + msToSignIn(limits, this.#opening.strictness);
  }

  /** How many requests may be in flight; none while the client does not read what it asked for. */
  #capacity(): number {
    const { replyBacklogBytes, requestsInFlight } = this.#deps.limits;
    if (this.#outbox.waitingBytes > replyBacklogBytes) return 0;
    return this.#opening.strictness === "strict" ? requestsInFlight : 1;
  }

  #stop(): void {
    this.#state = "over";
    this.#line.stop();
    this.#binding.release();
    this.#channel.pause();
  }

  #leaveIfIdle(): void {
    if (this.#state === "leaving" && this.#line.isIdle) this.end();
  }

  #giveUp(): void {
    const { log } = this.#deps;
    log.info({ address: this.#channel.address, waiting: this.#outbox.waitingBytes }, "slow reader");
    this.#deps.lagging.gaveUp();
    this.#stop();
    this.#outbox.giveUp(errorFrame(new ChatError("slow_consumer")));
  }

  #take(bytes: Uint8Array, refused: ChatError | undefined): void {
    try {
      const read = readPayload(bytes, this.#deps.limits);
      const reading = refused === undefined ? this.#admit(read, bytes) : refusal(read, refused);
      if (reading !== undefined) this.#line.take(reading);
    } catch (error) {
      // Whatever somebody sends may end that connection, and never the process.
      this.#deps.log.error({ err: error }, "a message could not be dealt with");
      this.end(new ChatError("internal_error"));
    }
  }

  /** What is left to be answered; undefined where nothing is. */
  #admit(reading: Reading, payload: Uint8Array): Reading | undefined {
    const verdict = this.#opening.admit(reading, payload);
    switch (verdict.kind) {
      case "take":
        return reading;
      case "refuse":
        return refusal(reading, verdict.error);
      case "greeted":
        this.#call = this.#makeCall();
        return undefined;
      case "end":
        this.end(verdict.error);
        return undefined;
    }
  }

  #inTurn(reading: Reading): Promise<void> {
    const isPage = reading.kind === "request" && readsPage(reading.request.name);
    return isPage ? this.#deps.pages.take(() => this.#perform(reading)) : this.#perform(reading);
  }

  /** Never rejects: a fault in here costs this connection, not the process. */
  async #perform(reading: Reading): Promise<void> {
    try {
      const { frame, code } = await this.#answer(reading);
      this.#answered(frame, code);
    } catch (error) {
      this.#deps.log.error({ err: error }, "a request could not be answered");
      this.end(new ChatError("internal_error"));
    }
  }

  #answer(reading: Reading): Answer | Promise<Answer> {
    if (reading.kind === "request") {
      const { request } = reading;
      return isHandshake(request) ? this.#secure(request) : answer(this.#deps, this.#call, request);
    }
    const { error, requestId } = reading;
    return { frame: errorFrame(error, requestId), code: error.code };
  }

  /** Runs alone, and up to its end at once: nothing is read or written on the way. */
  #secure(request: Request): Answer {
    try {
      this.#outbox.inOrder(this.#opening.handshake.answer(request));
      this.#call = this.#makeCall();
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      this.end(error);
    }
    return { frame: undefined, code: undefined };
  }

  #answered(frame: Uint8Array | undefined, refused: ErrorCode | undefined): void {
    if (frame !== undefined) this.#outbox.send(frame);
    this.#binding.announce();
    if (this.#state === "signed out") this.end();
    if (refused === undefined) return;
    this.#deps.onError?.(refused);
    const isSignedIn = this.#binding.session !== undefined;
    if (!this.#bad.isOneTooMany(refused, isSignedIn, this.#deps.monotonic())) return;
    this.end(new ChatError("rate_limited", { message: "Too many messages that made no sense." }));
  }

  /** What a request sees of its connection; a new one for each change of it. */
  #makeCall(): Call {
    return {
      session: this.#binding.session,
      address: this.#channel.address,
      transport: this.#channel.transport,
      strictness: this.#opening.strictness ?? "lenient",
      channelBinding: this.#opening.handshake.binding,
      signIn: (session) => this.#signIn(session),
      signOut: () => this.#signOut(),
    };
  }

  async #signIn(session: Session): Promise<void> {
    await this.#binding.bind(session);
    this.#life.signedIn();
    this.#call = this.#makeCall();
    this.#channel.setMaxPayload(this.#deps.limits.frameBytes);
  }

  #signOut(): void {
    if (this.#state === "over") return;
    this.#state = "signed out";
    this.#binding.release();
  }
}
