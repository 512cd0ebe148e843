import type { HistoryRecord } from "./history.ts";

/** An entry of the log as the server holds it. */
export interface LoggedEntry {
  readonly seq: number;
  readonly kind: string;
  readonly id: string | null;
  readonly sender: string;
  readonly hash: string;
}

/** What the server holds after the run: each conversation's log, in the order it was given. */
export type ServerLog = ReadonlyMap<string, readonly LoggedEntry[]>;

/** What one device did and saw. */
export interface DeviceHistory {
  readonly device: string;
  readonly user: string;
  /** What it is entitled to see, from the first entry on. */
  readonly conversations: readonly string[];
  readonly records: Iterable<HistoryRecord>;
}
