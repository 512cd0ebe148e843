import type { DeviceId } from "@lair-chat/protocol/ids.ts";
import type { Result } from "@lair-chat/protocol/registry.ts";
import { ConnectionError } from "../connection/connection-error.ts";
import { withNotice } from "../store/notices.ts";
import type { ActionParts } from "./action-parts.ts";
import type { Actions, Credentials, NewAccount, Outcome, UnknownServer } from "./actions.ts";
import { done, failed, isOutside, outcomeOf } from "./outcome.ts";

type Parts = Pick<
  ActionParts,
  "store" | "clock" | "sessions" | "accountApi" | "accounts" | "deviceName" | "trustServer"
>;
type SignedIn = Result<"login">;
interface Device {
  readonly device_id: DeviceId;
  readonly device_name: string;
}

/** What the person reads when an account is in use already. */
export const takenText = (username: string): string =>
  `${username} is already open in another window on this machine. Use that one, or sign in as somebody else here.`;

/** Signing in to an account that exists, or to a new one. */
export function signInActions(parts: Parts): Pick<Actions, "signIn" | "register" | "trustServer"> {
  const { accountApi } = parts;
  let isUnderWay = false;

  async function enter(
    username: string,
    ask: (device: Device) => Promise<SignedIn>,
  ): Promise<Outcome> {
    if (isUnderWay) return failed("Signing in is under way already.");
    isUnderWay = true;
    try {
      return await askingAboutServer(() => enterOnce(parts, username, ask));
    } finally {
      isUnderWay = false;
    }
  }

  return {
    trustServer: (fingerprint) => parts.trustServer(fingerprint),
    signIn: ({ username, password }: Credentials) =>
      enter(username, (device) =>
        accountApi.call("login", { identifier: username, password, ...device }),
      ),
    register: ({ username, password, email, invite = "", setupToken }: NewAccount) =>
      enter(username, (device) =>
        accountApi.call("register", {
          username,
          password,
          ...(email === "" ? {} : { email }),
          ...(invite === "" ? {} : { invite }),
          ...(setupToken === "" ? {} : { setup_token: setupToken }),
          ...device,
        }),
      ),
  };
}

/** A server that only the person can judge is no mere failure: there is something to be asked. */
async function askingAboutServer(work: () => Promise<Outcome>): Promise<Outcome> {
  let unknownServer: UnknownServer | undefined;
  const outcome = await outcomeOf(() =>
    work().catch((error: unknown) => {
      unknownServer = unknownServerIn(error);
      throw error;
    }),
  );
  if (outcome.ok) return outcome.value;
  return unknownServer === undefined ? outcome : { ...outcome, unknownServer };
}

function unknownServerIn(error: unknown): UnknownServer | undefined {
  if (!(error instanceof ConnectionError) || error.kind !== "unknown_certificate") return undefined;
  return { at: error.at, fingerprint: error.detail };
}

async function enterOnce(
  parts: Parts,
  username: string,
  ask: (device: Device) => Promise<SignedIn>,
): Promise<Outcome> {
  const { accounts, deviceName } = parts;
  if (await accounts.isTaken(username)) return failed(takenText(username));
  const device = { device_id: await accounts.deviceId(), device_name: deviceName };
  return begin(parts, await ask(device));
}

async function begin(parts: Parts, signedIn: SignedIn): Promise<Outcome> {
  const { store, clock, sessions, accounts } = parts;
  const { user, token, refresh_token: refreshToken } = signedIn;
  await sessions.end();
  const opened = await accounts.open({ username: user.username, userId: user.id });
  if (opened === undefined) {
    await giveBack(parts, token);
    return failed(takenText(user.username));
  }
  const { account, notices } = opened;
  for (const text of notices) {
    store.update((state) => withNotice(state, { severity: "warning", text, at: clock.now() }));
  }
  try {
    await account.save((data) => ({ ...data, refreshToken }));
    sessions.begin({ account, role: user.role, accessToken: token });
  } catch (error) {
    // It would be taken for one that is open in another window.
    await account.release();
    throw error;
  }
  return done;
}

/** Ends a session nobody will use. */
async function giveBack({ accountApi }: Pick<Parts, "accountApi">, token: string): Promise<void> {
  try {
    await accountApi.call("logout", {}, token);
  } catch (error) {
    // It ends by itself in time; the person has no part in it.
    if (!isOutside(error)) throw error;
  }
}
