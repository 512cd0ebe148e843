import { ChatError } from "@lair-chat/protocol/errors.ts";
import { commands } from "@lair-chat/protocol/registry.ts";
import type { Dispatch } from "./dispatch.ts";
import type { Call } from "./handler.ts";

/** Every command that may say which channel it is meant for. */
const bound: ReadonlySet<string> = new Set(
  Object.values(commands)
    .filter(({ params }) => "channel_binding" in params.properties)
    .map(({ name }) => name),
);

/**
 * Turns a sign-in away that is meant for another channel than the one it came on. It then stands for
 * two channels where the client knows of one: somebody in between opens each frame and seals it again.
 */
export function withChannelBinding(dispatch: Dispatch): Dispatch {
  return (call, name, raw) => {
    if (!bound.has(name)) return dispatch(call, name, raw);
    const { channel_binding: given, ...params } = raw;
    return isRight(call, given, name === "authenticate")
      ? dispatch(call, name, params)
      : Promise.reject(new ChatError("channel_mismatch"));
  };
}

function isRight(
  { channelBinding, strictness }: Call,
  given: unknown,
  isAuthenticate: boolean,
): boolean {
  const isLenient = strictness === "lenient";
  // Clients of 1.x say null for what they leave out.
  const isLeftOut = given === undefined || (given === null && isLenient);
  if (!isLeftOut) return given === channelBinding;
  return channelBinding === undefined || isLenient || !isAuthenticate;
}
