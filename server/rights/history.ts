import type { Tables } from "../storage/schema/tables.ts";

export type History = Tables["rooms"]["$inferSelect"]["history"];

/** The seq of the first entry that a member may read: the one of joining, or the very first. Pure. */
export function historyStart(history: History, joinedSeq: number): number {
  return history === "joined" ? Math.max(1, joinedSeq) : 1;
}
