import type { Findings, ViolationKind } from "./findings.ts";
import type { DeviceHistory, ServerLog } from "./histories.ts";
import type { ShownEntry } from "./history.ts";

/** What one device shows, held against the log as it goes. */
export class DeviceDisplay {
  readonly #log: ServerLog;
  readonly #device: DeviceHistory;
  readonly #findings: Findings;
  readonly #last = new Map<string, number>();
  shown = 0;

  constructor(log: ServerLog, device: DeviceHistory, findings: Findings) {
    this.#log = log;
    this.#device = device;
    this.#findings = findings;
  }

  show(conversation: string, entry: ShownEntry): void {
    const [seq] = entry;
    const last = this.#last.get(conversation) ?? 0;
    this.shown += 1;
    if (seq > last + 1) {
      this.#tell("lost", conversation, `shows ${seq} after ${last}`, seq - last - 1);
    } else if (seq === last) this.#tell("duplicate", conversation, `shows ${seq} twice`);
    else if (seq < last) this.#tell("misordered", conversation, `shows ${seq} after ${last}`);
    if (seq > last) this.#last.set(conversation, seq);
    this.#compare(conversation, entry);
  }

  #compare(conversation: string, [seq, kind, id, sender, hash]: ShownEntry): void {
    const logged = this.#log.get(conversation)?.[seq - 1];
    if (logged === undefined) {
      this.#tell("phantom", conversation, `shows ${seq}, which the log has not`);
    } else if (
      logged.seq !== seq ||
      logged.kind !== kind ||
      logged.id !== id ||
      logged.sender !== sender ||
      logged.hash !== hash
    ) {
      this.#tell("altered", conversation, `shows another entry ${seq} than the log has`);
    }
  }

  end(): void {
    for (const conversation of this.#device.conversations) {
      const head = this.#log.get(conversation)?.length ?? 0;
      const last = this.#last.get(conversation) ?? 0;
      if (last < head) {
        this.#tell("lost", conversation, `ends at ${last} of ${head}`, head - last);
      }
    }
  }

  #tell(kind: ViolationKind, conversation: string, what: string, times = 1): void {
    this.#findings.add(kind, `${this.#device.device} ${what} in ${conversation}`);
    this.#findings.counts[kind] += times - 1;
  }
}
