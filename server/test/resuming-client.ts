import type { MessageTarget } from "@lair-chat/protocol/messages/shapes.ts";
import { events, isEventName, type Result } from "@lair-chat/protocol/registry.ts";
import { SERVER_FEATURES } from "@lair-chat/protocol/version.ts";
import type { WireClient, WireMessage } from "./wire-client.ts";

type Reply = Result<"resume">;
type Caught = Extract<Reply["conversations"][number], { readonly head: number }>;

/** A process that was stopped meanwhile finds all of its timers over: they must not mean anything. */
const patienceMs = 10 * 60_000;

/** What a client has of a conversation. */
interface Held {
  readonly target: MessageTarget;
  seq: number;
  /** As far as it is known: of what is new to this client it learns only this. */
  head: number;
  chain: string | null;
  /** Each entry once, as text, in the order of the log. */
  readonly entries: string[];
}

/**
 * A client that keeps cursors, as simple as the protocol allows: it takes what comes next to its
 * cursor, passes over what it has, and resumes where it sees that something is missing. It throws
 * when the server says two things of one place, or leaves a hole where it promised none.
 */
export class ResumingClient {
  readonly held = new Map<string, Held>();
  readonly #connect: () => Promise<WireClient>;
  #wire: WireClient | undefined;
  /** Messages of the connection that were taken already. */
  #taken = 0;
  #hasCaughtUp = false;
  #logId: string | null = null;
  resumes = 0;

  constructor(connect: () => Promise<WireClient>) {
    this.#connect = connect;
  }

  get wire(): WireClient {
    if (this.#wire === undefined) throw new Error("not connected");
    return this.#wire;
  }

  get isConnected(): boolean {
    return this.#wire !== undefined;
  }

  /** A signed-in connection; nothing is asked for yet. */
  async connect(token: string): Promise<void> {
    const wire = await this.#connect();
    await wire.hello(SERVER_FEATURES);
    await wire.call("authenticate", { token });
    this.#wire = wire;
    this.#taken = 0;
    this.#hasCaughtUp = false;
  }

  async drop(): Promise<void> {
    await this.#wire?.close();
    this.#wire = undefined;
  }

  /** Asks until there is nothing more to ask for. */
  async resume(): Promise<void> {
    let after: string | undefined;
    for (;;) {
      const reply = await this.#resumeOnce(after);
      const isNew = ({ seq, head }: Held) => seq < head;
      if (!reply.has_more && ![...this.held.values()].some(isNew)) break;
      after = reply.next ?? undefined;
    }
    this.#hasCaughtUp = true;
  }

  /** Takes what came, in its order; resumes where the server says so. */
  async settle(): Promise<void> {
    await this.wire.call("ping", {}, patienceMs);
    if (this.takeReceived() === "resync") await this.resume();
  }

  async #resumeOnce(after: string | undefined): Promise<Reply> {
    this.resumes += 1;
    const cursors = [...this.held.values()].map(({ target, seq, chain }) => ({
      target,
      seq,
      ...(chain !== null && { chain }),
    }));
    const asked = this.wire.request("resume", {
      log_id: this.#logId,
      cursors,
      ...(after !== undefined && { after }),
    });
    const reply = (await this.wire.replyTo(asked, patienceMs)) as unknown as Reply;
    this.takeReceived();
    return reply;
  }

  /** What came on the wire since this was called last. */
  takeReceived(): "resync" | undefined {
    const { received } = this.wire;
    let isToResync = false;
    for (; this.#taken < received.length; this.#taken += 1) {
      const message = received[this.#taken];
      if (message === undefined) break;
      const type = String(message["type"]);
      if (type === "resync") {
        this.#hasCaughtUp = false;
        isToResync = true;
      }
      if (type === "resume_response" && message["success"] === true) {
        this.#takeReply(message as unknown as Reply);
      }
      if (isEventName(type) && events[type].logged) this.#takePush(message);
    }
    return isToResync ? "resync" : undefined;
  }

  #takeReply({ log_id: logId, conversations }: Reply): void {
    this.#logId = logId;
    for (const one of conversations) {
      if ("gone" in one) this.held.delete(keyOf(one.target));
      else this.#takeCaught(one);
    }
  }

  #takeCaught({
    target,
    entries,
    head,
    chain,
    rewound,
    history_starts_at: start = 1,
  }: Caught): void {
    const held = this.#heldOf(target);
    held.head = head;
    if (rewound === true) {
      held.seq = 0;
      held.entries.length = 0;
      return;
    }
    if (held.seq < start - 1) held.seq = start - 1;
    for (const entry of entries) {
      if (entry.seq > held.seq + 1)
        throw new Error(`a page jumps to ${entry.seq} from ${held.seq}`);
      this.#take(held, entry as unknown as WireMessage, entry.seq);
    }
    if (held.seq === head) held.chain = chain;
  }

  #takePush(message: WireMessage): void {
    const seq = Number(message["seq"]);
    const held = this.#heldOf(targetOf(message));
    if (seq <= held.seq + 1) this.#take(held, message, seq);
    // Before the catch-up is over there may be a hole, which it fills.
    else if (this.#hasCaughtUp) throw new Error(`a push jumps to ${seq} from ${held.seq}`);
  }

  #take(held: Held, message: WireMessage, seq: number): void {
    const { user_seq: _own, ...entry } = message;
    const text = textOf(entry);
    if (seq === held.seq + 1) {
      held.entries.push(text);
      held.seq = seq;
      held.chain = null;
      return;
    }
    const known = held.entries.at(seq - held.seq - 1);
    if (known !== undefined && known !== text) throw new Error(`${seq} is ${known} and ${text}`);
  }

  #heldOf(target: MessageTarget): Held {
    const key = keyOf(target);
    const known = this.held.get(key);
    if (known !== undefined) return known;
    const held: Held = { target, seq: 0, head: 0, chain: null, entries: [] };
    this.held.set(key, held);
    return held;
  }
}

/** The same for the same entry, whatever it came by. */
export function textOf(entry: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(entry).sort()));
}

function keyOf(target: MessageTarget): string {
  return target.type === "room" ? target.room_id : target.recipient;
}

/** Of an event in a room; direct conversations need to know who reads, which these tests do not. */
function targetOf(message: WireMessage): MessageTarget {
  const { target } = (message["message"] ?? message) as { target?: MessageTarget };
  if (target !== undefined) return target;
  return { type: "room", room_id: message["room_id"] as never };
}
