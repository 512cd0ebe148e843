import type { DeviceId, UserId } from "@lair-chat/protocol/ids.ts";
import { and, desc, eq, inArray } from "drizzle-orm";
import { type WriteTransaction, writeOperation } from "../../storage/database.ts";
import { devicesPerUser } from "./session-rules.ts";

export interface DeviceOf {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
}

/** Part of the transaction that signs somebody in: the device is known from now on. */
export async function insertDevice(
  transaction: WriteTransaction,
  device: DeviceOf & { readonly deviceName: string },
): Promise<void> {
  const { db, tables, now } = transaction;
  const { devices } = tables;
  const { userId, deviceId: id, deviceName: name } = device;
  await db
    .insert(devices)
    .values({ userId, id, name, createdAt: now, lastSeenAt: now })
    .onConflictDoUpdate({
      target: [devices.userId, devices.id],
      set: { lastSeenAt: now, ...(name === "" ? {} : { name }) },
    });
  await forgetSurplusDevices(transaction, userId);
}

/** The ids are the clients' to make, so their number needs a bound. */
async function forgetSurplusDevices({ db, tables }: WriteTransaction, userId: UserId) {
  const { devices, sessions } = tables;
  const known = await db
    .select({ id: devices.id })
    .from(devices)
    .where(eq(devices.userId, userId))
    .orderBy(desc(devices.lastSeenAt));
  if (known.length <= devicesPerUser) return;
  const used = await db
    .select({ id: sessions.deviceId })
    .from(sessions)
    .where(eq(sessions.userId, userId));
  const inUse = new Set(used.map(({ id }) => id));
  const surplus = known.slice(devicesPerUser).filter(({ id }) => !inUse.has(id));
  if (surplus.length === 0) return;
  const ids = surplus.map(({ id }) => id);
  await db.delete(devices).where(and(eq(devices.userId, userId), inArray(devices.id, ids)));
}

/** Says that the user was here now, on this device. */
export async function markSeen(
  { db, tables, now }: WriteTransaction,
  who: DeviceOf,
): Promise<void> {
  const { users, devices } = tables;
  await db.update(users).set({ lastSeenAt: now }).where(eq(users.id, who.userId));
  const isDevice = and(eq(devices.userId, who.userId), eq(devices.id, who.deviceId));
  await db.update(devices).set({ lastSeenAt: now }).where(isDevice);
}

export const touchDeviceOperation = writeOperation("touch_device", markSeen, {
  keepsMemory: true,
});
