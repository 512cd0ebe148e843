import { ChatError } from "@lair-chat/protocol/errors.ts";
import type { UserId } from "@lair-chat/protocol/ids.ts";
import type { Role } from "@lair-chat/protocol/messages/shapes.ts";
import { checkParams } from "@lair-chat/protocol/validate.ts";
import { v7 } from "uuid";
import type { Config } from "../config/config.ts";
import { checkUsername } from "../features/users/user-rules.ts";
import {
  addUserOperation,
  pageOfUsers,
  setUserRoleOperation,
  type UserRow,
} from "../features/users/user-store.ts";
import { visible } from "../observability/visible-text.ts";
import { commonPasswords } from "../security/common-passwords.ts";
import { createHashQueue } from "../security/hash-queue.ts";
import { createPasswordHasher, hashCosts } from "../security/password-hash.ts";
import { checkPassword } from "../security/password-rules.ts";
import { withDatabase, withReader } from "./command-database.ts";
import { readNewPassword } from "./read-password.ts";

export interface AddUserOptions {
  readonly role: Role;
  readonly email?: string | undefined;
}

/** `user add`: makes an account whose password is typed in, or comes on standard input. */
export async function addUser(
  config: Config,
  username: string,
  { role, email }: AddUserOptions,
): Promise<void> {
  const shape = { username, password: "", ...(email === undefined ? {} : { email }) };
  checkParams("register", shape, "strict");
  checkUsername(username);
  await withDatabase(config, "user add", async (db) => {
    const password = await readNewPassword();
    checkPassword(password, username, await commonPasswords());
    await using queue = createHashQueue();
    const hasher = createPasswordHasher(queue, hashCosts[config.passwordHashing]);
    const passwordHash = await hasher.hash(password);
    const id = v7() as string as UserId;
    await db.write(addUserOperation, { id, username, email: email || null, passwordHash, role });
  });
  console.log(`Added ${username} (${role}).`);
}

/** `user set-role` */
export async function setRole(config: Config, username: string, role: Role): Promise<void> {
  await withDatabase(config, "user set-role", async (db) => {
    await db.write(setUserRoleOperation, { username, role }).catch((cause: unknown) => {
      if (!(cause instanceof ChatError && cause.code === "user_not_found")) throw cause;
      throw new ChatError("user_not_found", { message: `There is no user ${username}.`, cause });
    });
  });
  console.log(`${username} is ${role} now.`);
}

const rowsPerPage = 500;

/** `user list` */
export async function listUsers(config: Config): Promise<void> {
  await withReader(config, async (reader) => {
    console.log(columns("NAME", "ROLE", "CREATED", "LAST SEEN", "E-MAIL"));
    for (let offset = 0; ; offset += rowsPerPage) {
      const page = { search: undefined, limit: rowsPerPage, offset };
      const { rows } = await pageOfUsers(reader, page);
      for (const row of rows) console.log(line(row));
      if (rows.length < rowsPerPage) return;
    }
  });
}

function line({ username, role, createdAt, lastSeenAt, email }: UserRow): string {
  const seen = lastSeenAt === null ? "never" : day(lastSeenAt);
  return columns(username, role, day(createdAt), seen, email ?? "");
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

const widths = [32, 9, 10, 10, 0] as const;

function columns(...texts: readonly string[]): string {
  return texts
    .map((text, index) => visible(text).padEnd(widths[index] ?? 0))
    .join("  ")
    .trimEnd();
}
