import { randomUUIDv7 } from "node:crypto";
import { unpackMessages } from "@lair-chat/protocol/messages/unpack.ts";
import type { EventOf } from "@lair-chat/protocol/registry.ts";
import { PROTOCOL_VERSION } from "@lair-chat/protocol/version.ts";
import { type Link, openLink } from "../../torture/link.ts";
import type { LoadOptions } from "./load-options.ts";

/** What happens on a connection; texts are those of messages. */
export interface SeatEvents {
  readonly delivered: (text: string) => void;
  readonly acked: (text: string) => void;
  readonly refused: (why: string) => void;
  readonly closed: () => void;
}

interface Place {
  readonly roomId: string;
  readonly token: string;
  /** Of the room, where rooms have no ids. */
  readonly number: number;
}

type Message = Readonly<Record<string, unknown>>;

/** One connection of the load: gets in by itself, then says what it is told to. */
export class Seat {
  readonly #options: LoadOptions;
  readonly #place: Place;
  readonly #events: SeatEvents;
  readonly #link: Link;
  readonly #ready = Promise.withResolvers<void>();

  constructor(options: LoadOptions, place: Place, events: SeatEvents) {
    this.#options = options;
    this.#place = place;
    this.#events = events;
    const { port, tls, websocket, protocol } = options;
    const address = { tcpPort: port, httpPort: port, isTls: tls > 0 };
    this.#link = openLink(websocket > 0 ? "ws" : "tcp", address, {
      message: (message) => (protocol === "lair" ? this.#hear(message) : this.#hearRelay(message)),
      closed: () => this.#closed(),
    });
    if (protocol === "relay") this.#link.send({ t: "j", room: `r${place.number}` });
  }

  /** Resolves when it is in its room. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  say(text: string): void {
    const { roomId, number } = this.#place;
    if (this.#options.protocol === "relay") {
      this.#link.send({ t: "s", room: `r${number}`, text });
      return;
    }
    this.#link.send({
      type: "send_message",
      request_id: "s",
      target: { type: "room", room_id: roomId },
      content: text,
      client_id: randomUUIDv7(),
    });
  }

  ping(): void {
    if (this.#options.protocol === "lair") this.#link.send({ type: "ping", request_id: "p" });
  }

  #hear(message: Message): void {
    // Who came, who went, pongs: read and passed over, as clients do.
    this.#heard[String(message["type"])]?.(message);
  }

  readonly #heard: Readonly<Record<string, (message: Message) => void>> = {
    room_messages: (event) => {
      for (const message of unpackMessages(event as unknown as EventOf<"room_messages">)) {
        this.#events.delivered(contentOf(message));
      }
    },
    message_received: (message) => this.#events.delivered(contentOf(message)),
    send_message_response: (message) => {
      if (message["success"] === true) this.#events.acked(contentOf(message));
      else this.#events.refused(JSON.stringify(message["error"]));
    },
    server_hello: () => this.#greet(),
    authenticate_response: (message) => {
      if (message["success"] === true) this.#ready.resolve();
      else this.#ready.reject(new Error(JSON.stringify(message["error"])));
    },
    error: (message) => this.#events.refused(JSON.stringify(message)),
  };

  #greet(): void {
    const features = this.#options.features.split(",");
    const hello = { version: PROTOCOL_VERSION, client_name: "bench", features };
    this.#link.send({ type: "client_hello", ...hello });
    this.#link.send({ type: "authenticate", request_id: "in", token: this.#place.token });
  }

  #hearRelay({ t, text = "" }: Message): void {
    if (t === "s") this.#events.delivered(String(text));
    else if (t === "a") this.#events.acked(String(text));
    else if (t === "r") this.#ready.resolve();
  }

  #closed(): void {
    this.#ready.reject(new Error("a connection was lost"));
    this.#events.closed();
  }
}

function contentOf({ message }: Message): string {
  return String((message as { readonly content?: unknown } | undefined)?.content ?? "");
}
