import type { Findings } from "./findings.ts";
import type { DeviceHistory } from "./histories.ts";
import type { HistoryRecord } from "./history.ts";

/** One logical send, over all its attempts. */
export interface Send {
  readonly id: string;
  readonly conversation: string;
  readonly device: string;
  readonly user: string;
  readonly hash: string;
  /** Its place among the sends of its device. */
  readonly place: number;
  readonly invokedAt: number;
  /** Of the attempts, how many have no outcome, and whether one never had. */
  open: number;
  isUnsure: boolean;
  ackedAt: number | undefined;
  seq: number | undefined;
}

/** Puts the attempts of one device together. */
export class SendBook {
  readonly #device: DeviceHistory;
  readonly #sends: Map<string, Send>;
  readonly #findings: Findings;
  #place = 0;

  constructor(device: DeviceHistory, sends: Map<string, Send>, findings: Findings) {
    this.#device = device;
    this.#sends = sends;
    this.#findings = findings;
  }

  take(
    record: Exclude<HistoryRecord, readonly ["show" | "gap" | "chain" | "rewound", ...unknown[]]>,
  ): void {
    const [kind, at, id] = record;
    if (kind === "invoke") {
      this.#invoke(record);
      return;
    }
    const send = this.#sends.get(id);
    if (send === undefined) {
      this.#findings.add("phantom", `${kind} for unsent ${id}`);
      return;
    }
    send.open -= 1;
    if (kind === "info") send.isUnsure = true;
    else if (kind === "ok") this.#acknowledge(send, at, record[3]);
  }

  #invoke([, at, id, conversation, hash]: HistoryRecord & readonly ["invoke", ...unknown[]]): void {
    const { device, user } = this.#device;
    const known = this.#sends.get(id);
    if (known !== undefined) {
      // The attempt before was cut off together with its process: nobody wrote down how it ended.
      if (known.open > 0) known.isUnsure = true;
      known.open = 1;
      return;
    }
    this.#place += 1;
    this.#sends.set(id, {
      id,
      conversation,
      device,
      user,
      hash,
      place: this.#place,
      invokedAt: at,
      open: 1,
      isUnsure: false,
      ackedAt: undefined,
      seq: undefined,
    });
  }

  #acknowledge(send: Send, at: number, seq: number): void {
    if (send.seq !== undefined && send.seq !== seq) {
      this.#findings.add("misordered", `${send.id} acknowledged as ${send.seq} and as ${seq}`);
    }
    send.ackedAt ??= at;
    send.seq = seq;
  }
}

/** Every attempt was refused: it must not be anywhere. */
export function isRefused(send: Send): boolean {
  return send.ackedAt === undefined && !send.isUnsure && send.open <= 0;
}

/** How many sends ended how. */
export function totals(sends: ReadonlyMap<string, Send>) {
  const counts = { sends: sends.size, acked: 0, nacked: 0, unknown: 0 };
  for (const send of sends.values()) {
    if (send.ackedAt !== undefined) counts.acked += 1;
    else if (isRefused(send)) counts.nacked += 1;
    else counts.unknown += 1;
  }
  return counts;
}
