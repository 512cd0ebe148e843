import { parentPort, workerData } from "node:worker_threads";
import { createAccountOperation } from "../features/auth/account-store.ts";
import { touchDeviceOperation } from "../features/auth/device-store.ts";
import { rotateRefreshTokenOperation } from "../features/auth/refresh-token-store.ts";
import {
  extendSessionOperation,
  purgeSessionsOperation,
  revokeSessionOperation,
  startSessionOperation,
} from "../features/auth/session-store.ts";
import { replaceSetupTokenOperation } from "../features/auth/setup-token-store.ts";
import { createRoomOperation, joinRoomOperation } from "../features/rooms/room-store.ts";
import {
  addUserOperation,
  replacePasswordHashOperation,
  setUserRoleOperation,
} from "../features/users/user-store.ts";
import { runWriter } from "../storage/sqlite-writer.ts";
import type { WriterSetup } from "../storage/writer-protocol.ts";
import { forgetEverythingOperation } from "./account-operations.ts";

if (parentPort === null) throw new Error("runs as a worker thread only");
runWriter(parentPort, workerData as WriterSetup, [
  createAccountOperation,
  touchDeviceOperation,
  rotateRefreshTokenOperation,
  extendSessionOperation,
  purgeSessionsOperation,
  revokeSessionOperation,
  startSessionOperation,
  replaceSetupTokenOperation,
  addUserOperation,
  replacePasswordHashOperation,
  setUserRoleOperation,
  createRoomOperation,
  joinRoomOperation,
  forgetEverythingOperation,
]);
