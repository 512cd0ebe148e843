import { createHash, type Hash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import { LostConnection, type Reply, Session } from "../../torture/session.ts";

/** How far a reader has come. */
export interface Progress {
  /** The newest place up to which it has shown everything, each entry once. */
  readonly seq: number;
  /** Over all it has shown, in its order. */
  readonly digest: string;
  readonly bytes: number;
  /** How often it was told that it was left out, and how often it had to connect again. */
  readonly resyncs: number;
  readonly reconnects: number;
}

export interface ReaderPlace {
  readonly tcpPort: number;
  readonly roomId: string;
  readonly token: string;
}

type Page = { readonly entries?: readonly Reply[] };

const againMs = 250;

/** One member of a room who shows what is said in it: the next entry or none, and catches up by `resume`. */
export class ResumingReader {
  readonly #place: ReaderPlace;
  readonly #hash: Hash = createHash("sha256");
  #session: Session | undefined;
  #seq = 0;
  #bytes = 0;
  #resyncs = 0;
  #connects = 0;
  #isCatchingUp = false;
  #isAskedAgain = false;

  constructor(place: ReaderPlace) {
    this.#place = place;
  }

  /** Reads until the process ends. */
  async run(): Promise<never> {
    for (;;) {
      const closed = Promise.withResolvers<void>();
      try {
        await this.#connect(() => closed.resolve());
        await closed.promise;
      } catch (error) {
        if (!(error instanceof LostConnection || isForNow(error))) throw error;
        this.#session?.destroy();
      }
      await sleep(againMs * (1 + Math.random()));
    }
  }

  get progress(): Progress {
    return {
      seq: this.#seq,
      digest: this.#hash.copy().digest("hex"),
      bytes: this.#bytes,
      resyncs: this.#resyncs,
      reconnects: Math.max(0, this.#connects - 1),
    };
  }

  async #connect(closed: () => void): Promise<void> {
    const { tcpPort, token } = this.#place;
    const address = { tcpPort, httpPort: 0, isTls: false };
    const event = (type: string, body: Reply) => this.#heard(type, body);
    const session = new Session("tcp", address, { event, closed });
    this.#session = session;
    await session.signIn(token);
    this.#connects += 1;
    await this.#catchUp(session);
  }

  #heard(type: string, event: Reply): void {
    if (type === "resync") this.#resyncs += 1;
    const seq = event["seq"];
    // One behind a hole is found again in its place by catching up.
    const isHole = typeof seq === "number" && !this.#show(event, seq);
    const session = this.#session;
    if (session === undefined || !(isHole || type === "resync" || type === "heads")) return;
    this.#catchUp(session).catch((error: unknown) => {
      // The connection's end is told by itself.
      if (!(error instanceof LostConnection)) session.destroy();
    });
  }

  /** @returns whether everything up to it has been shown */
  #show(event: Reply, seq: number): boolean {
    if (seq > this.#seq + 1) return false;
    if (seq <= this.#seq) return true;
    const text = JSON.stringify(event);
    this.#hash.update(text);
    this.#bytes += text.length;
    this.#seq = seq;
    return true;
  }

  async #catchUp(session: Session): Promise<void> {
    this.#isAskedAgain = this.#isCatchingUp;
    if (this.#isCatchingUp) return;
    this.#isCatchingUp = true;
    try {
      do {
        this.#isAskedAgain = false;
        while (await this.#nextPage(session));
      } while (this.#isAskedAgain);
    } finally {
      this.#isCatchingUp = false;
    }
  }

  /** @returns whether there is more */
  async #nextPage(session: Session): Promise<boolean> {
    const target = { type: "room", room_id: this.#place.roomId };
    const reply = await session.call("resume", { cursors: [{ target, seq: this.#seq }] });
    const before = this.#seq;
    for (const page of reply["conversations"] as readonly Page[]) {
      for (const entry of page.entries ?? []) this.#show(entry, Number(entry["seq"]));
    }
    // Without a step forward the rest is of other logs, which nobody reads here.
    return reply["has_more"] === true && this.#seq > before;
  }
}

/** What goes by itself. */
function isForNow(error: unknown): boolean {
  return error instanceof ChatError && ["busy", "rate_limited"].includes(error.code);
}
