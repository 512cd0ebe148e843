import type { Handlers } from "../../commands/handler.ts";
import { createTyping, type PresenceDeps } from "./typing.ts";

export function createPresenceHandlers(deps: PresenceDeps) {
  return { typing: createTyping(deps) } satisfies Partial<Handlers>;
}
