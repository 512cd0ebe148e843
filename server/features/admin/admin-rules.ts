import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { Role } from "@lair-chat/protocol/messages/shapes.ts";

/** As much of an account as decides what administrators may do with it. */
export interface Account {
  readonly id: UserId;
  readonly role: Role;
}

/** An admin is made a user before being banned, so that the last one cannot be. @throws ChatError `permission_denied` */
export function demandBannable(by: UserId, account: Account): void {
  if (account.id === by) throw refusal("You can't ban yourself.");
  if (account.role === "admin") {
    throw refusal("An administrator can't be banned. Take the role away first.");
  }
}

/** `admins` are all there are, the account among them. @throws ChatError `permission_denied` */
export function demandNotLastAdmin(account: Account, role: Role, admins: number): void {
  if (account.role !== "admin" || role === "admin" || admins > 1) return;
  throw refusal("This is the only administrator. Make somebody else one first.");
}

function refusal(message: string): ChatError {
  return new ChatError("permission_denied", { message });
}
