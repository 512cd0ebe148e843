import type { RoomRole } from "@lair-chat/protocol/messages/shapes.ts";

/** What one member can do about another in a room; the server has the last word. */
export type MemberAct = "write" | "moderate" | "own" | "demote" | "transfer" | "kick" | "ban";

/** Those that make sense, in the order in which they are offered. */
export function memberActs(mine: RoomRole | undefined, theirs: RoomRole): readonly MemberAct[] {
  const acts: MemberAct[] = ["write"];
  if (mine === "owner") {
    if (theirs !== "moderator") acts.push("moderate");
    if (theirs !== "owner") acts.push("own");
    if (theirs !== "member") acts.push("demote");
    acts.push("transfer");
  }
  const mayRemove = mine === "owner" || (mine === "moderator" && theirs === "member");
  return mayRemove ? [...acts, "kick", "ban"] : acts;
}
