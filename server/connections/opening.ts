import type { Request } from "@lair-chat/protocol/envelope.ts";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { Strictness } from "@lair-chat/protocol/validate.ts";
import { messageFrame } from "./frame-batch.ts";
import { Handshake, type Objection } from "./handshake.ts";
import { readHello, serverHello } from "./hello.ts";
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
  #strictness: Strictness | undefined;
  /** It came with a token, as only clients of 1.x may, and has yet to say that it is one. */
  #isTakenFor1x = false;

  constructor(sealable: Sealable | undefined) {
    this.handshake = new Handshake(sealable);
    this.helloFrame = sealable?.offer.helloFrame ?? plainHello;
  }

  get strictness(): Strictness | undefined {
    return this.#strictness;
  }

  /** The connection came with a token, before any hello. */
  takeFor1x(): void {
    this.#isTakenFor1x = true;
    this.#strictness = "lenient";
  }

  /** Takes the hello, and turns down what may not come at this point. `payload` is what was read. */
  admit(reading: Reading, payload: Uint8Array): Verdict {
    const objection = this.handshake.objectionTo(reading);
    if (objection !== undefined) return objection;
    if (reading.kind === "senseless") return take;
    const { name } = reading.request;
    if (name === "client_hello") return this.#greet(reading.request, payload);
    if (this.#strictness !== undefined || name === "ping") return take;
    const message = "Must complete the handshake first";
    return { kind: "refuse", error: new ChatError("unauthorized", { message }) };
  }

  #greet({ params }: Request, payload: Uint8Array): Verdict {
    if (this.#strictness !== undefined && !this.#isTakenFor1x) {
      const message = "Hello was said before.";
      return { kind: "refuse", error: new ChatError("invalid_state", { message }) };
    }
    try {
      const { strictness, features } = readHello(params);
      if (this.#isTakenFor1x && strictness === "strict") return notFor1x();
      this.#isTakenFor1x = false;
      this.#strictness = strictness;
      this.handshake.begin(features, payload);
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
