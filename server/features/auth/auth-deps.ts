import type { Bus } from "../../cluster/bus.ts";
import type { TokenBuckets } from "../../cluster/token-buckets.ts";
import type { Config } from "../../config/config.ts";
import type { Clock } from "../../security/clock.ts";
import type { PasswordHasher } from "../../security/password-hash.ts";
import type { AccessTokens } from "../../security/tokens.ts";
import type { Database } from "../../storage/database.ts";
import type { LoginLockout } from "./login-lockout.ts";

/** What the handlers of this feature work with; each asks for its part. */
export interface AuthDeps {
  readonly db: Pick<Database, "read" | "tables" | "write">;
  readonly clock: Clock;
  /** A new UUIDv7. */
  readonly newId: () => string;
  readonly passwords: PasswordHasher;
  readonly tokens: AccessTokens;
  readonly lockout: LoginLockout;
  /** How often sessions have asked to be continued. */
  readonly refreshes: TokenBuckets;
  readonly bus: Pick<Bus, "endSession" | "userLogGrew">;
  readonly registration: Config["registration"];
}
