import type { Shape } from "./generator.ts";

// Enough messages under way that the server is what limits, few enough that they do not only queue.
const bySize: readonly (Shape & { readonly upTo: number })[] = [
  { upTo: 2, rooms: 100, members: 2, senders: 2, window: 4 },
  { upTo: 10, rooms: 50, members: 10, senders: 4, window: 4 },
  { upTo: 100, rooms: 10, members: 100, senders: 20, window: 2 },
];

/** Rooms of so many members, as many as make a fair load. */
export function shapeOf(members: number): Shape {
  const found = bySize.find(({ upTo }) => members <= upTo);
  if (found === undefined) return { rooms: 1, members, senders: Math.min(members, 100), window: 2 };
  const { rooms, senders, window } = found;
  return { rooms, members, senders: Math.min(senders, members), window };
}
