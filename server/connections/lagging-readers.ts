import type { EventOf } from "@lair-chat/protocol/registry.ts";
import type { ConnectionLog } from "./connection-log.ts";
import { messageFrame } from "./frame-batch.ts";
import type { LagChange, Outbox } from "./outbox.ts";

/** How pushing to readers that do not keep up has gone since the start. */
export interface LagCounts {
  /** Readers that are left out of what is pushed now. */
  readonly lagging: number;
  /** How often one came to be left out. */
  readonly lags: number;
  /** How often one had read what waited, and was told to fetch the rest. */
  readonly resyncs: number;
  /** How often one was given up, left out before or not. */
  readonly givenUp: number;
}

const resyncEvent: EventOf<"resync"> = { type: "resync" };

/** Tells readers that were left out of pushes when they may catch up, and counts them. */
export class LaggingReaders {
  readonly #log: Pick<ConnectionLog, "info">;
  #counts: LagCounts = { lagging: 0, lags: 0, resyncs: 0, givenUp: 0 };

  constructor(log: Pick<ConnectionLog, "info">) {
    this.#log = log;
  }

  get counts(): LagCounts {
    return this.#counts;
  }

  /** One does not keep up, or takes nothing at all, and is closed. */
  gaveUp(): void {
    this.#counts = { ...this.#counts, givenUp: this.#counts.givenUp + 1 };
  }

  changed(change: LagChange, outbox: Pick<Outbox, "send">, address: string): void {
    const { lagging, lags, resyncs, givenUp } = this.#counts;
    if (change === "begins") {
      this.#counts = { lagging: lagging + 1, lags: lags + 1, resyncs, givenUp };
      this.#log.info({ address }, "a slow reader is left out of what is pushed");
      return;
    }
    const hasCaughtUp = change === "caught up";
    const told = resyncs + (hasCaughtUp ? 1 : 0);
    this.#counts = { lagging: lagging - 1, lags, resyncs: told, givenUp };
    if (hasCaughtUp) outbox.send(messageFrame(resyncEvent));
  }
}
