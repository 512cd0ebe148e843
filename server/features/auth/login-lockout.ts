import { ChatError } from "@lair-chat/protocol/errors.ts";
import { addressKey } from "../../security/address-key.ts";
import type { Clock } from "../../security/clock.ts";

export interface LockoutOptions {
  readonly failures: number;
  readonly lockedMs: number;
  /** Pairs of account and address that are remembered; beyond that the oldest is forgotten. */
  readonly capacity: number;
}

const lockoutDefaults: LockoutOptions = {
  failures: 5,
  lockedMs: 15 * 60_000,
  capacity: 100_000,
};

/** One try of a password. It counts as failed until it says otherwise. */
export interface LoginAttempt {
  succeeded(): void;
  /** The password was not looked at. */
  abandoned(): void;
}

/**
 * Counts failed sign-ins per account and address, so that nobody can lock the owner out from elsewhere.
 */
export interface LoginLockout {
  /** @throws ChatError `account_locked` with the seconds to wait */
  begin(account: string, address: string): LoginAttempt;
  /** Pairs of account and address that are remembered, and the most that are. */
  stats(): { readonly size: number; readonly limit: number };
}

interface Count {
  failures: number;
  /** When the failures are forgotten; once there are too many, until when it is locked. */
  until: number;
}

export function createLoginLockout(
  clock: Clock,
  options: LockoutOptions = lockoutDefaults,
): LoginLockout {
  const counts = new Map<string, Count>();

  function counted(key: string, now: number): Count {
    const known = counts.get(key);
    // Put in again at the end: the first of the map is then the one unused for longest.
    counts.delete(key);
    const count = known === undefined || known.until <= now ? { failures: 0, until: 0 } : known;
    counts.set(key, count);
    const [oldest] = counts.keys();
    if (counts.size > options.capacity && oldest !== undefined) counts.delete(oldest);
    return count;
  }

  return {
    stats: () => ({ size: counts.size, limit: options.capacity }),
    begin(account, address) {
      const now = clock.now();
      const key = `${account} ${addressKey(address)}`;
      const count = counted(key, now);
      if (count.failures >= options.failures) {
        const retryAfter = Math.ceil((count.until - now) / 1000);
        throw new ChatError("account_locked", { retryAfter });
      }
      // Counted before the password is checked: many at once get no more tries than one by one.
      count.failures += 1;
      count.until = now + options.lockedMs;
      return {
        succeeded: () => {
          if (counts.get(key) === count) counts.delete(key);
        },
        abandoned: () => {
          count.failures -= 1;
        },
      };
    },
  };
}
