import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionId } from "@lair-chat/protocol/ids.ts";
import { applyEvent } from "./apply-event.ts";
import { initialState } from "./state.ts";

const now = Date.parse("2026-11-21T12:00:00Z");

const told = (expires_at: string) => {
  const session_id = "s" as SessionId;
  const event = { type: "session_expiring", session_id, expires_at } as const;
  return applyEvent(initialState, event, now).notices[0];
};

test("a session that is about to end says so until somebody has seen it", () => {
  const notice = told("2026-11-21T12:04:30Z");
  assert.match(notice?.text ?? "", /^Your session ends in 5 minutes\. .* sign in again/);
  assert.equal(notice?.severity, "error", "others go away by themselves");
  assert.match(told("2026-11-21T11:00:00Z")?.text ?? "", /in a minute/);
});
