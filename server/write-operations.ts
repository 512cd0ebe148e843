import { createAccountOperation } from "./features/auth/account-store.ts";
import { touchDeviceOperation } from "./features/auth/device-store.ts";
import { rotateRefreshTokenOperation } from "./features/auth/refresh-token-store.ts";
import {
  extendSessionOperation,
  purgeSessionsOperation,
  revokeSessionOperation,
  startSessionOperation,
} from "./features/auth/session-store.ts";
import { replaceSetupTokenOperation } from "./features/auth/setup-token-store.ts";
import { appendMessageOperation } from "./features/messages/message-store.ts";
import {
  createRoomOperation,
  joinRoomOperation,
  leaveRoomOperation,
} from "./features/rooms/room-store.ts";
import {
  addUserOperation,
  replacePasswordHashOperation,
  setUserRoleOperation,
} from "./features/users/user-store.ts";
import { touchProbeOperation } from "./storage/readiness-probe.ts";

/** Everything the writer thread can be asked to do: an operation that is not listed here is unknown to it. */
export const writeOperations = [
  createAccountOperation,
  touchDeviceOperation,
  rotateRefreshTokenOperation,
  extendSessionOperation,
  purgeSessionsOperation,
  revokeSessionOperation,
  startSessionOperation,
  replaceSetupTokenOperation,
  appendMessageOperation,
  createRoomOperation,
  joinRoomOperation,
  leaveRoomOperation,
  addUserOperation,
  replacePasswordHashOperation,
  setUserRoleOperation,
  touchProbeOperation,
];
