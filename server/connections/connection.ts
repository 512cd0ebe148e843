import type { Request } from "@lair-chat/protocol/envelope.ts";
import { ChatError, type ErrorCode } from "@lair-chat/protocol/errors.ts";
import { commands } from "@lair-chat/protocol/registry.ts";
import type { Strictness } from "@lair-chat/protocol/validate.ts";
import type { Dispatch } from "../commands/dispatch.ts";
import type { Call, Session, TransportName } from "../commands/handler.ts";
import { type Answer, answer, errorFrame } from "./answer.ts";
import { BadRequests } from "./bad-requests.ts";
import type { Channel, ChannelEvents } from "./channel.ts";
import type { ConnectionLimits } from "./connection-limits.ts";
import type { ConnectionLog } from "./connection-log.ts";
import { messageFrame } from "./frame-batch.ts";
import { type Manner, mannerOf1x, readHello, serverHello } from "./hello.ts";
import type { LaggingReaders } from "./lagging-readers.ts";
import { Outbox } from "./outbox.ts";
import { type Reading, readPayload } from "./read-payload.ts";
import { RequestLine } from "./request-line.ts";
import { SessionBinding, type SessionBindingDeps } from "./session-binding.ts";
import type { Turn } from "./turn.ts";

export interface ConnectionDeps extends SessionBindingDeps {
  readonly dispatch: Dispatch;
  readonly turn: Pick<Turn, "write">;
  readonly limits: ConnectionLimits;
  readonly log: ConnectionLog;
  readonly lagging: LaggingReaders;
}

/** Those that change whose connection it is: nothing else of the connection runs beside them. */
function runsAlone(reading: Reading): boolean {
  if (reading.kind === "senseless") return false;
  const { name } = reading.request;
  return name === "logout" || commands[name].access === "anonymous";
}

/** The life of one connection, whatever carries it: hello, sign-in, requests, end. */
export class Connection implements ChannelEvents {
  readonly #deps: ConnectionDeps;
  readonly #channel: Channel;
  readonly #onClosed: () => void;
  readonly #outbox: Outbox;
  readonly #line: RequestLine<Reading>;
  readonly #binding: SessionBinding;
  readonly #bad: BadRequests;
  readonly #openedAt: number;
  #heardAt: number;
  #framesBeforeSignIn = 0;
  /** Undefined until the client has said hello. */
  #strictness: Strictness | undefined;
  #features: Manner["features"] = mannerOf1x.features;
  /** It came with a token, as only clients of 1.x may, and has yet to say that it is one. */
  #isTakenFor1x = false;
  #call: Call;
  /** Leaving: what was asked for is still answered. Signed out: only the reply to that. */
  #state: "serving" | "leaving" | "signed out" | "over" = "serving";

  constructor(channel: Channel, deps: ConnectionDeps, onClosed: () => void) {
    this.#deps = deps;
    this.#channel = channel;
    this.#onClosed = onClosed;
    this.#openedAt = deps.monotonic();
    this.#heardAt = this.#openedAt;
    this.#bad = new BadRequests(deps.limits);
    this.#binding = new SessionBinding(deps, {
      speaks: (feature) => this.#features.has(feature),
      sendBatch: (batch) => this.#outbox.sendBatch(batch),
      end: (error) => this.end(error),
    });
    this.#line = new RequestLine({
      capacity: () => this.#capacity(),
      isAlone: runsAlone,
      run: (reading) => this.#perform(reading),
      pause: () => channel.pause(),
      resume: () => channel.resume(),
      onIdle: () => this.#leaveIfIdle(),
    });
    this.#outbox = new Outbox({
      ...deps,
      channel,
      canResume: () => this.#features.has("resume"),
      onLag: (change) => deps.lagging.changed(change, this.#outbox, channel.address),
      onSlow: () => this.#giveUp(),
      onEmpty: () => this.#line.advance(),
    });
    this.#call = this.#makeCall();
    this.#outbox.send(messageFrame(serverHello));
  }

  token(token: string): void {
    this.#isTakenFor1x = true;
    this.#strictness = "lenient";
    const request: Request = { name: "authenticate", requestId: undefined, params: { token } };
    this.#line.take({ kind: "request", request });
  }

  heard(): void {
    this.#heardAt = this.#deps.monotonic();
  }

  get transport(): TransportName {
    return this.#channel.transport;
  }

  payload(bytes: Uint8Array): void {
    if (this.#state === "over") return;
    this.heard();
    if (this.#binding.session === undefined) this.#framesBeforeSignIn += 1;
    if (this.#framesBeforeSignIn > this.#deps.limits.framesBeforeSignIn) {
      this.end(new ChatError("rate_limited", { message: "Too many messages before signing in." }));
      return;
    }
    this.#take(bytes);
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

  ended(): void {
    this.leave();
  }

  closed(): void {
    this.#stop();
    this.#outbox.dispose();
    this.#onClosed();
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
    if (error !== undefined) this.#outbox.send(errorFrame(error));
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
    const { helloMs, signInMs, idleMs, resumingIdleMs } = this.#deps.limits;
    const silenceMs = this.#features.has("resume") ? resumingIdleMs : idleMs;
    if (this.#binding.session !== undefined) return this.#heardAt + silenceMs;
    return this.#openedAt + (this.#strictness === undefined ? helloMs : signInMs);
  }

  /** How many requests may be in flight; none while the client does not read what it asked for. */
  #capacity(): number {
    const { replyBacklogBytes, requestsInFlight } = this.#deps.limits;
    if (this.#outbox.waitingBytes > replyBacklogBytes) return 0;
    return this.#strictness === "strict" ? requestsInFlight : 1;
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
    this.#stop();
    this.#outbox.giveUp(errorFrame(new ChatError("slow_consumer")));
  }

  #take(bytes: Uint8Array): void {
    try {
      const reading = this.#admit(readPayload(bytes, this.#deps.limits));
      if (reading !== undefined) this.#line.take(reading);
    } catch (error) {
      // Whatever somebody sends may end that connection, and never the process.
      this.#deps.log.error({ err: error }, "a message could not be dealt with");
      this.end(new ChatError("internal_error"));
    }
  }

  /** Takes the hello, and turns down what comes before it; undefined where nothing is left to do. */
  #admit(reading: Reading): Reading | undefined {
    if (reading.kind === "senseless") return reading;
    const { name } = reading.request;
    if (name === "client_hello") return this.#greet(reading.request);
    if (this.#strictness !== undefined || name === "ping") return reading;
    const message = "Must complete the handshake first";
    return refusal(reading.request, new ChatError("unauthorized", { message }));
  }

  #greet(request: Request): Reading | undefined {
    if (this.#strictness !== undefined && !this.#isTakenFor1x) {
      return refusal(
        request,
        new ChatError("invalid_state", { message: "Hello was said before." }),
      );
    }
    try {
      this.#strictness = this.#readHello(request);
      this.#call = this.#makeCall();
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      if (error.code !== "version_mismatch") return refusal(request, error);
      this.end(error);
    }
    return undefined;
  }

  #readHello({ params }: Request): Strictness {
    const { strictness, features } = readHello(params);
    if (this.#isTakenFor1x && strictness === "strict") {
      const message = "Tokens in the address are for clients of 1.x: send authenticate.";
      this.end(new ChatError("invalid_state", { message }));
    }
    this.#isTakenFor1x = false;
    this.#features = features;
    return strictness;
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
    if (reading.kind === "request") return answer(this.#deps, this.#call, reading.request);
    const { error, requestId } = reading;
    return { frame: errorFrame(error, requestId), code: error.code };
  }

  #answered(frame: Uint8Array | undefined, refused: ErrorCode | undefined): void {
    if (frame !== undefined) this.#outbox.send(frame);
    this.#binding.announce();
    if (this.#state === "signed out") this.end();
    if (refused === undefined) return;
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
      strictness: this.#strictness ?? "lenient",
      signIn: (session) => this.#signIn(session),
      signOut: () => this.#signOut(),
    };
  }

  async #signIn(session: Session): Promise<void> {
    await this.#binding.bind(session);
    this.#call = this.#makeCall();
    this.#channel.setMaxPayload(this.#deps.limits.frameBytes);
  }

  #signOut(): void {
    if (this.#state === "over") return;
    this.#state = "signed out";
    this.#binding.release();
  }
}

function refusal({ requestId }: Request, error: ChatError): Reading {
  return { kind: "senseless", error, ...(requestId === undefined ? {} : { requestId }) };
}
