import { randomBytes } from "node:crypto";
import { parseOptions } from "@node-rs/argon2";
import { type Argon2, pooledArgon2 } from "./argon2.ts";
import type { HashQueue } from "./hash-queue.ts";

/** What one Argon2id hash costs. */
export interface HashCost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/** What `LAIR_PASSWORD_HASHING` chooses from. */
export const hashCosts = {
  default: { memoryKiB: 19 * 1024, passes: 2, lanes: 1 },
  production: { memoryKiB: 64 * 1024, passes: 3, lanes: 4 },
} as const satisfies Record<string, HashCost>;

export type HashCostName = keyof typeof hashCosts;

/** Turns passwords into what is stored of them. All costly work waits in the queue. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(stored: string, password: string): Promise<boolean>;
  /** Does the work of `verify` where there is no account to compare with. */
  verifyNothing(password: string): Promise<void>;
  /** Whether a stored hash is weaker than those made now. */
  needsRehash(stored: string): boolean;
}

export function createPasswordHasher(
  queue: HashQueue,
  cost: HashCost,
  argon2: Argon2 = pooledArgon2,
): PasswordHasher {
  const options = {
    memoryCost: cost.memoryKiB,
    timeCost: cost.passes,
    parallelism: cost.lanes,
    outputLen: 32,
  };
  const nothing = unmatchable(cost);
  return {
    hash: (password) => queue.run(() => argon2.hash(normalized(password), options)),
    verify: (stored, password) => queue.run(() => argon2.verify(stored, normalized(password))),
    verifyNothing: async (password) => {
      await queue.run(() => argon2.verify(nothing, normalized(password)));
    },
    needsRehash: (stored) => isWeaker(stored, cost),
  };
}

/** The same password typed on different systems is the same bytes. */
function normalized(password: string): string {
  return password.normalize("NFC");
}

/** A well-formed hash of nothing anybody knows: as costly to check as a real one. */
function unmatchable(cost: HashCost): string {
  const part = (bytes: number) => randomBytes(bytes).toString("base64").replaceAll("=", "");
  return `$argon2id$v=19$m=${cost.memoryKiB},t=${cost.passes},p=${cost.lanes}$${part(16)}$${part(32)}`;
}

function isWeaker(stored: string, cost: HashCost): boolean {
  const used = parseOptions(stored);
  return used.memoryCost < cost.memoryKiB || used.timeCost < cost.passes;
}
