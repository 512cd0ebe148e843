import { ChatError } from "@lair-chat/protocol/errors.ts";
import { limits } from "@lair-chat/protocol/limits.ts";

const { min, max } = limits.passwordBytes;

export type PasswordProblem = "too_short" | "too_long" | "is_name" | "is_common";

const texts = {
  too_short: `The password is too short: it needs at least ${min} bytes.`,
  too_long: `The password is too long: it has at most ${max} bytes.`,
  is_name: "The password must not be your name.",
  is_common:
    "That password is one of the most common ones, so it is guessed first. Choose another.",
} as const satisfies Record<PasswordProblem, string>;

/** What is wrong with a new password, if anything; `common` holds lower-case passwords. */
export function passwordProblem(
  password: string,
  username: string,
  common: ReadonlySet<string>,
): PasswordProblem | undefined {
  const normalized = password.normalize("NFC");
  const bytes = Buffer.byteLength(normalized, "utf8");
  if (bytes < min) return "too_short";
  if (bytes > max) return "too_long";
  const folded = normalized.toLowerCase();
  if (folded === username.normalize("NFC").toLowerCase()) return "is_name";
  return common.has(folded) ? "is_common" : undefined;
}

/** @throws ChatError `password_too_weak`, saying why */
export function checkPassword(
  password: string,
  username: string,
  common: ReadonlySet<string>,
): void {
  const problem = passwordProblem(password, username, common);
  if (problem === undefined) return;
  throw new ChatError("password_too_weak", {
    message: texts[problem],
    details: { field: "password" },
  });
}
