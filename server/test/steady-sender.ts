import type { ClientId, RoomId } from "@lair-chat/protocol/ids.ts";
import { v7 as uuidv7 } from "uuid";
import { WireClient } from "./wire-client.ts";

/** One logical send: made once, sent until it is acknowledged. */
export interface LogicalSend {
  readonly clientId: ClientId;
  readonly content: string;
  /** The seq of the acknowledgement, once there was one. */
  acked: number | undefined;
}

const inFlight = 8;

/** A client that sends one message after the other, and after a lost connection the unacknowledged ones again, in order. */
export class SteadySender {
  readonly sends: LogicalSend[] = [];
  readonly #name: string;
  readonly #token: string;
  readonly #roomId: RoomId;

  constructor(name: string, token: string, roomId: RoomId) {
    this.#name = name;
    this.#token = token;
    this.#roomId = roomId;
  }

  get ackedCount(): number {
    return this.sends.filter((send) => send.acked !== undefined).length;
  }

  /** Sends until the connection is lost or `enough` says so. */
  async run(port: number, enough: () => boolean): Promise<void> {
    const client = await WireClient.connect({ port });
    try {
      await client.hello();
      await client.call("authenticate", { token: this.#token });
      await this.#sendAll(client, enough);
    } catch (error) {
      if (!isLostConnection(error)) throw error;
    } finally {
      await client.close();
    }
  }

  async #sendAll(client: WireClient, enough: () => boolean): Promise<void> {
    const waiting = this.sends.filter((send) => send.acked === undefined);
    const next = () => waiting.shift() ?? (enough() ? undefined : this.#newSend());
    const worker = async () => {
      for (let send = next(); send !== undefined; send = next()) await this.#sendOne(client, send);
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
  }

  #newSend(): LogicalSend {
    const send = {
      clientId: uuidv7() as ClientId,
      content: `${this.#name} ${this.sends.length}`,
      acked: undefined,
    };
    this.sends.push(send);
    return send;
  }

  async #sendOne(client: WireClient, send: LogicalSend): Promise<void> {
    const { message } = await client.call("send_message", {
      target: { type: "room", room_id: this.#roomId },
      content: send.content,
      client_id: send.clientId,
    });
    if (send.acked !== undefined && send.acked !== message.seq) {
      throw new Error(`${send.content} was acknowledged as ${send.acked} and as ${message.seq}`);
    }
    send.acked = message.seq;
  }
}

function isLostConnection(error: unknown): boolean {
  return error instanceof Error && /the connection (is|was) closed/.test(error.message);
}
