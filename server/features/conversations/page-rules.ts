import { limits } from "@lair-chat/protocol/limits.ts";

export interface FittedPage<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
}

/**
 * Leaves out what does not fit into one reply: a page of long messages can be larger than a frame may
 * be. What is kept is the end where reading goes on from, so that the next page continues without a hole.
 */
export function fitPage<Item>(
  items: readonly Item[],
  hasMore: boolean,
  keep: "first" | "last",
  mostBytes: number = limits.pageBytes,
): FittedPage<Item> {
  const order = keep === "first" ? items : items.toReversed();
  let bytes = 0;
  const kept = order.findIndex((item, index) => {
    bytes += Buffer.byteLength(JSON.stringify(item));
    return bytes > mostBytes && index > 0;
  });
  if (kept === -1) return { items, hasMore };
  const some = order.slice(0, kept);
  return { items: keep === "first" ? some : some.toReversed(), hasMore: true };
}
