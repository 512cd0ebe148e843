import type { Request } from "@lair-chat/protocol/envelope.ts";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Strictness } from "@lair-chat/protocol/validate.ts";
import { messageFrame } from "./frame-batch.ts";
import { Handshake, type Objection } from "./handshake.ts";
import { type Manner, mannerOf1x, readHello, serverHello } from "./hello.ts";
import type { Reading } from "./read-payload.ts";
import type { Sealable } from "./sealing-offer.ts";

/** What becomes of a message: it is done, it has changed how the client is served, or neither. */
export type Verdict = { readonly kind: "take" | "greeted" } | Objection;

const take = { kind: "take" } as const;
const plainHello = messageFrame(serverHello()).slice();

/** How a connection begins: both hellos, and where it is asked for the sealing of what follows. */
export class Opening {
  readonly handshake: Handshake;
  /** The first thing said. */
  readonly helloFrame: Uint8Array;
  /** Undefined until the client has said hello. */
  #manner: Manner | undefined;
  /** It came with a token, as only clients of 1.x may, and has yet to say that it is one. */
  #isTakenFor1x = false;

  constructor(sealable: Sealable | undefined) {
    this.handshake = new Handshake(sealable);
    this.helloFrame = sealable?.offer.helloFrame ?? plainHello;
  }

  /** Undefined until the client has said hello. */
  get strictness(): Strictness | undefined {
    return this.#manner?.strictness;
  }

  get features(): Manner["features"] {
    return (this.#manner ?? mannerOf1x).features;
  }

  /** The connection came with a token, before any hello. */
  takeFor1x(): void {
    this.#isTakenFor1x = true;
    this.#manner = mannerOf1x;
  }

  /** Takes the hello, and turns down what may not come at this point. `payload` is what was read. */
  admit(reading: Reading, payload: Uint8Array): Verdict {
    const objection = this.handshake.objectionTo(reading);
    if (objection !== undefined) return objection;
    if (reading.kind === "senseless") return take;
    const { name } = reading.request;
    if (name === "client_hello") return this.#greet(reading.request, payload);
    if (this.#manner !== undefined || name === "ping") return take;
    const message = "Must complete the handshake first";
    return { kind: "refuse", error: new ChatError("unauthorized", { message }) };
  }

  #greet({ params }: Request, payload: Uint8Array): Verdict {
    if (this.#manner !== undefined && !this.#isTakenFor1x) {
      const message = "Hello was said before.";
      return { kind: "refuse", error: new ChatError("invalid_state", { message }) };
    }
    try {
      const { manner, named } = readHello(params);
      if (this.#isTakenFor1x && manner.strictness === "strict") return notFor1x();
      this.#isTakenFor1x = false;
      this.#manner = manner;
      this.handshake.begin(named, payload);
      return { kind: "greeted" };
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      return { kind: error.code === "version_mismatch" ? "end" : "refuse", error };
    }
  }
}

function notFor1x(): Verdict {
  const message = "Tokens in the address are for clients of 1.x: send authenticate.";
  return { kind: "end", error: new ChatError("invalid_state", { message }) };
}
