import type { RoomRole } from "@lair-chat/protocol/messages/shapes.ts";
import type { Member } from "../../store/state.ts";

const collator = new Intl.Collator("en", { sensitivity: "base", numeric: true });
const ranks: Readonly<Record<RoomRole, number>> = { owner: 0, moderator: 1, member: 2 };

// Comparing thousands of names takes longer than drawing a frame; a list does not change in place.
const sorted = new WeakMap<readonly Member[], readonly Member[]>();
const ranked = new WeakMap<readonly Member[], readonly Member[]>();

/** Those of a room by name. */
export const byName = (list: readonly Member[]): readonly Member[] =>
  remembered(sorted, list, () => [...list].sort(compareNames));

/** Owners, moderators, then the others, each by name. */
export const byRoleAndName = (list: readonly Member[]): readonly Member[] =>
  remembered(ranked, list, () =>
    [...list].sort((a, b) => ranks[a.role] - ranks[b.role] || compareNames(a, b)),
  );

const compareNames = (a: Member, b: Member): number => collator.compare(a.username, b.username);

function remembered(
  known: WeakMap<readonly Member[], readonly Member[]>,
  list: readonly Member[],
  sort: () => readonly Member[],
): readonly Member[] {
  const before = known.get(list);
  if (before !== undefined) return before;
  const now = sort();
  known.set(list, now);
  return now;
}
