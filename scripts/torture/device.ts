import { randomUUIDv7 } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { ChatError, errorTable } from "@lair-chat/protocol/errors.ts";
import type { MessageTarget } from "@lair-chat/protocol/messages/shapes.ts";
import type { EventOf } from "@lair-chat/protocol/registry.ts";
import { type CatchUpDeps, catchUp } from "./catch-up.ts";
import { Cursors } from "./cursors.ts";
import { contentOf } from "./device-content.ts";
import { contentHash, HistoryFile, monotonicMicros } from "./history.ts";
import type { ServerAddress, TransportName } from "./link.ts";
import { type Departure, Outbox, type Send } from "./outbox.ts";
import type { Random } from "./random.ts";
import { restoreDevice } from "./restore-device.ts";
import { LostConnection, type Outcome, type Reply, Session } from "./session.ts";
import { conversationKey, placedEntry } from "./wire-entry.ts";

export interface DeviceSetup {
  readonly name: string;
  readonly userId: string;
  readonly token: string;
  readonly transport: TransportName;
  /** Whether it connects through the proxy that spoils links. */
  readonly isProxied: boolean;
  readonly targets: readonly MessageTarget[];
  readonly historyPath: string;
}

/** What all devices of a process are told. */
export interface Orders {
  address: (isProxied: boolean) => ServerAddress;
  /** New messages are made. */
  isSending: boolean;
  /** The bytes of a content. */
  contentBytes: number;
  /** In flight per connection. */
  window: number;
  /** Milliseconds between two new sends, at least. */
  intervalMs: number;
}

const pumpMs = 20;

/** One user's device: sends, shows, connects again; keeps all it needs in its history. */
export class Device {
  readonly #setup: DeviceSetup;
  readonly #orders: Orders;
  readonly #random: Random;
  readonly #history: HistoryFile;
  readonly #outbox = new Outbox();
  readonly #cursors: Cursors;
  readonly #logId: { current: string | undefined } = { current: undefined };
  readonly #targets: ReadonlyMap<string, MessageTarget>;
  #session: Session | undefined;
  #features: ReadonlySet<string> = new Set();
  #isStopped = false;
  #madeAt = 0;
  #catchingUp: Promise<void> | undefined;
  acked = 0;

  constructor(setup: DeviceSetup, orders: Orders, random: Random) {
    this.#setup = setup;
    this.#orders = orders;
    this.#random = random;
    const restored = restoreDevice(setup.historyPath);
    this.#history = new HistoryFile(setup.historyPath);
    this.#cursors = new Cursors(this.#history);
    for (const [conversation, shown] of restored.shown) this.#cursors.restore(conversation, shown);
    for (const [conversation, id] of restored.lastStored) this.#outbox.remember(conversation, id);
    for (const send of restored.unsettled) this.#outbox.add(send);
    const keyed = setup.targets.map((target) => [conversationKey(target, setup.userId), target]);
    this.#targets = new Map(keyed as [string, MessageTarget][]);
  }

  get name(): string {
    return this.#setup.name;
  }

  get unsettled(): number {
    return this.#outbox.unsettled;
  }

  get shown(): number {
    return this.#cursors.shown;
  }

  /** Whether it shows everything up to these heads. */
  hasShown(heads: Readonly<Record<string, number>>): boolean {
    const keys = [...this.#targets.keys()];
    return keys.every((key) => this.#cursors.shownOf(key) >= (heads[key] ?? 0));
  }

  /** Connects, and connects again, until it is stopped. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      await this.#oneConnection();
      this.#history.flush();
      await delay(20 + this.#random.below(150));
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#session?.destroy();
    this.#history.flush();
  }

  async #oneConnection(): Promise<void> {
    const over = Promise.withResolvers<void>();
    const { transport, isProxied, token } = this.#setup;
    const session = new Session(transport, this.#orders.address(isProxied), {
      event: (type, event) => this.#heard(type, event),
      closed: () => over.resolve(),
    });
    this.#session = session;
    this.#cursors.interrupted();
    const pump = setInterval(() => this.#pump(), pumpMs);
    try {
      this.#features = new Set();
      const features = await session.signIn(token);
      this.#features = features;
      await this.#catchUp();
      this.#pump();
      await over.promise;
    } catch (error) {
      session.destroy();
      await over.promise;
      if (!isPassing(error)) throw error;
    } finally {
      clearInterval(pump);
      this.#catchingUp = undefined;
      this.#features = new Set();
    }
  }

  /** One at a time: whoever comes while one is under way waits for that. */
  #catchUp(): Promise<void> {
    this.#catchingUp ??= this.#catchUpAll().finally(() => {
      this.#catchingUp = undefined;
    });
    return this.#catchingUp;
  }

  async #catchUpAll(): Promise<void> {
    const deps = this.#catchUpDeps();
    if (deps === undefined) return;
    await catchUp(deps);
  }

  #catchUpDeps(): CatchUpDeps | undefined {
    const session = this.#session;
    if (session === undefined) return undefined;
    return {
      session,
      features: this.#features,
      cursors: this.#cursors,
      self: this.#setup.userId,
      targets: this.#setup.targets,
      logId: this.#logId,
      rewound: () => this.#history.add(["rewound", monotonicMicros()]),
    };
  }

  #heard(type: string, event: Reply): void {
    if (type === "resync") this.#cursors.interrupted();
    const placed = placedEntry(event);
    const isWhole = placed === undefined || this.#cursors.pushed(placed);
    const isBehind = type === "resync" || (type === "heads" && this.#isBehind(event)) || !isWhole;
    if (isBehind && this.#features.size > 0) this.#catchUpBeside();
  }

  #isBehind(event: Reply): boolean {
    const { heads } = event as unknown as Pick<EventOf<"heads">, "heads">;
    let isBehind = false;
    for (const { target, seq, chain } of heads) {
      const key = conversationKey(target, this.#setup.userId);
      if (chain !== null) this.#cursors.chained(key, seq, chain);
      this.#cursors.expect(key, seq);
      isBehind ||= this.#cursors.isMissingSome(key);
    }
    return isBehind;
  }

  #catchUpBeside(): void {
    const session = this.#session;
    this.#catchUp().catch((error: unknown) => {
      if (!isPassing(error)) throw error;
      session?.destroy();
    });
  }

  /** Lets go what may: first what waits from before, then new ones. */
  #pump(): void {
    const departures: Departure[] = [];
    while (this.#features.size > 0 && this.#outbox.flying < this.#orders.window) {
      const now = performance.now();
      if (this.#outbox.waiting === 0 && this.#mayMakeOne(now)) this.#outbox.add(this.#newSend());
      const departure = this.#outbox.depart(now);
      if (departure === undefined) break;
      const { send } = departure;
      const { id, conversation, hash, content } = send;
      this.#history.add(["invoke", monotonicMicros(), id, conversation, hash, content.length]);
      departures.push(departure);
    }
    // Written before it leaves: whatever happens to this process, it is known what was sent.
    this.#history.flush();
    for (const departure of departures) this.#send(departure);
  }

  #mayMakeOne(now: number): boolean {
    const { isSending, intervalMs } = this.#orders;
    if (!isSending || now - this.#madeAt < intervalMs) return false;
    this.#madeAt = now;
    return true;
  }

  #newSend(): Send {
    const id = randomUUIDv7();
    const keys = [...this.#targets.keys()];
    const conversation = keys[this.#random.below(keys.length)] ?? "";
    const content = contentOf(id, this.#orders.contentBytes);
    const hash = contentHash(content);
    return { id, conversation, content, hash, isUnsure: false, isFlying: false };
  }

  #send({ send, follows }: Departure): void {
    const params = {
      target: this.#targets.get(send.conversation),
      content: send.content,
      client_id: send.id,
      ...(follows !== undefined && this.#features.has("resume") ? { follows } : {}),
    };
    this.#session?.request("send_message", params, (outcome) => this.#settled(send, outcome));
  }

  #settled(send: Send, outcome: Outcome): void {
    const at = monotonicMicros();
    if (outcome.kind === "done") {
      const { seq, chain } = ackOf(outcome.result);
      this.#history.add(["ok", at, send.id, seq, chain]);
      this.#outbox.stored(send);
      this.acked += 1;
    } else if (outcome.kind === "lost") {
      this.#history.add(["info", at, send.id]);
      this.#outbox.lost(send);
    } else if (outcome.error.code === "internal_error") {
      // A fault of the server's, of which it promises nothing.
      this.#history.add(["info", at, send.id]);
      send.isUnsure = true;
      this.#outbox.refused(send, performance.now(), false);
    } else {
      const { code } = outcome.error;
      this.#history.add(["fail", at, send.id, code]);
      this.#outbox.refused(send, performance.now(), this.#givesUp(code));
    }
    if (outcome.kind !== "lost") this.#pump();
  }

  /** Some are given up so that it can be seen that what was refused is nowhere. */
  #givesUp(code: keyof typeof errorTable | string): boolean {
    if (!this.#features.has("resume")) return true;
    const isRetryable = errorTable[code as keyof typeof errorTable]?.retry ?? false;
    return !isRetryable || (code !== "predecessor_missing" && this.#random.below(4) === 0);
  }
}

function ackOf(result: Reply): { readonly seq: number; readonly chain: string | null } {
  const given = (result["ack"] ?? result["message"]) as { seq: number; chain?: unknown };
  const { seq, chain } = given;
  return { seq, chain: typeof chain === "string" ? chain : null };
}

/** What ends a connection and is no fault of ours: the next one will do. */
function isPassing(error: unknown): boolean {
  return error instanceof LostConnection || error instanceof ChatError;
}
