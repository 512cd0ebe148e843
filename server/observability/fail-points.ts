/**
 * The places on a message's way, from its frame to its reply, at which a process may be made to die.
 * Nothing in the server sets the hook: whoever tests it loads a file in front of it that does.
 */
export const failPoints = [
  "frame read",
  "dispatched",
  "posted to writer",
  "writer received",
  "begun",
  "appended",
  "before commit",
  "after commit",
  "settled posted",
  "settled received",
  "published",
  "reply queued",
  "reply written",
  "checkpoint",
  "migrating",
] as const;
export type FailPoint = (typeof failPoints)[number];

type Hook = (point: FailPoint) => void;

/** Where a hook is looked for, once, when this module is loaded. */
const place = Symbol.for("lair-chat.fail-point");
const hook = (globalThis as { readonly [place]?: Hook })[place];

/** Says that this place was reached. Without a hook it does nothing. */
export function failPoint(point: FailPoint): void {
  hook?.(point);
}
