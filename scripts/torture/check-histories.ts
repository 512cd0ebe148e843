import { ChainBook } from "./chain-book.ts";
import { DeviceDisplay } from "./device-display.ts";
import { Findings, type ViolationKind } from "./findings.ts";
import type { DeviceHistory, LoggedEntry, ServerLog } from "./histories.ts";
import { isRefused, type Send, SendBook, totals } from "./send-book.ts";

export interface Verdict {
  readonly sends: number;
  readonly acked: number;
  readonly nacked: number;
  readonly unknown: number;
  /** Entries seen on devices. */
  readonly shown: number;
  readonly violations: Readonly<Record<ViolationKind, number>>;
  /** The first of them, in words. */
  readonly examples: readonly string[];
}

/** Holds what devices did and saw against the log. Takes time in proportion to what there is. */
export function checkHistories(log: ServerLog, devices: Iterable<DeviceHistory>): Verdict {
  const findings = new Findings();
  const sends = new Map<string, Send>();
  const chains = new ChainBook(findings);
  let shown = 0;
  for (const device of devices) {
    shown += checkDevice(device, { log, sends, chains, findings });
  }
  checkLog(log, sends, findings);
  return { ...totals(sends), shown, violations: findings.counts, examples: findings.examples };
}

interface Books {
  readonly log: ServerLog;
  readonly sends: Map<string, Send>;
  readonly chains: ChainBook;
  readonly findings: Findings;
}

/** @returns how many entries the device has shown */
function checkDevice(history: DeviceHistory, { log, sends, chains, findings }: Books): number {
  const { device } = history;
  const display = new DeviceDisplay(log, history, findings);
  const book = new SendBook(history, sends, findings);
  for (const record of history.records) {
    const [kind] = record;
    if (kind === "show") display.show(record[1], record[2]);
    else if (kind === "chain") chains.take(record[1], record[2], record[3]);
    else if (kind === "gap") {
      findings.add("gap", `${device} got ${record[3]} for ${record[2]} of ${record[1]}`);
    } else if (kind === "rewound") {
      findings.add("lost", `${device} was told that the history was rewound`);
    } else {
      book.take(record);
      if (kind === "ok") chains.takeAck(sends.get(record[2]), record[3], record[4]);
    }
  }
  display.end();
  return display.shown;
}

function checkLog(log: ServerLog, sends: ReadonlyMap<string, Send>, findings: Findings): void {
  const found = new Set<string>();
  for (const [conversation, entries] of log) {
    checkDense(conversation, entries, findings);
    checkRealTime(conversation, entries, sends, findings);
    const lastSends = new Map<string, Send>();
    for (const entry of entries) {
      if (entry.kind === "corrupt") findings.add("altered", `${entry.seq} of ${conversation}`);
      const { id } = entry;
      if (id === null) continue;
      if (found.has(id)) findings.add("duplicate", `${id} in ${conversation}`);
      found.add(id);
      checkSent(conversation, entry, { send: sends.get(id), lastSends, findings });
    }
  }
  checkNoneLost(sends, found, findings);
}

interface Sent {
  readonly send: Send | undefined;
  readonly lastSends: Map<string, Send>;
  readonly findings: Findings;
}

function checkSent(conversation: string, entry: LoggedEntry, { send, lastSends, findings }: Sent) {
  if (send === undefined) findings.add("phantom", `${entry.id} was never sent`);
  else {
    checkEntry(conversation, entry, send, findings);
    checkSenderOrder(entry, send, lastSends, findings);
  }
}

function checkNoneLost(
  sends: ReadonlyMap<string, Send>,
  found: ReadonlySet<string>,
  findings: Findings,
): void {
  for (const { id, ackedAt, seq, conversation } of sends.values()) {
    if (ackedAt === undefined || found.has(id)) continue;
    findings.add("lost", `${id}, acknowledged as ${seq} of ${conversation}`);
  }
}

function checkDense(conversation: string, entries: readonly LoggedEntry[], findings: Findings) {
  let expected = 1;
  for (const { seq } of entries) {
    if (seq > expected) findings.add("lost", `${conversation} has no ${expected} before ${seq}`);
    else if (seq === expected - 1) findings.add("duplicate", `${conversation} has ${seq} twice`);
    else if (seq < expected) findings.add("misordered", `${conversation} has ${seq} late`);
    expected = Math.max(expected, seq + 1);
  }
}

function checkEntry(conversation: string, entry: LoggedEntry, send: Send, findings: Findings) {
  const name = `${entry.id} in ${conversation}`;
  if (isRefused(send)) findings.add("phantom", `${name} was refused and is there`);
  if (
    send.conversation !== conversation ||
    send.hash !== entry.hash ||
    send.user !== entry.sender
  ) {
    findings.add("altered", `${name} is not what was sent`);
  }
  if (send.seq !== undefined && send.seq !== entry.seq) {
    findings.add("misordered", `${name} was acknowledged as ${send.seq} and is ${entry.seq}`);
  }
}

/** The sends of one device stand in the order in which it made them. */
function checkSenderOrder(
  entry: LoggedEntry,
  send: Send,
  lastSends: Map<string, Send>,
  findings: Findings,
): void {
  const last = lastSends.get(send.device);
  if (last !== undefined && last.place > send.place) {
    findings.add("misordered", `${send.device} sent ${last.id} after ${send.id} (${entry.seq})`);
    return;
  }
  lastSends.set(send.device, send);
}

/** Whatever was acknowledged before another was sent stands before it. */
function checkRealTime(
  conversation: string,
  entries: readonly LoggedEntry[],
  sends: ReadonlyMap<string, Send>,
  findings: Findings,
): void {
  let soonest: Send | undefined;
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const send = sends.get(entries[index]?.id ?? "");
    if (send === undefined) continue;
    if (soonest?.ackedAt !== undefined && soonest.ackedAt < send.invokedAt) {
      findings.add(
        "misordered",
        `${soonest.id} was acknowledged before ${send.id} was sent, and stands behind it in ${conversation}`,
      );
    }
    if (send.ackedAt === undefined) continue;
    if (soonest?.ackedAt === undefined || send.ackedAt < soonest.ackedAt) soonest = send;
  }
}
