import type { DeviceId } from "@lair-chat/protocol/ids.ts";
import { readPrivateFile, replacePrivateFile } from "./private-file.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LARGEST_FILE = 1024;

/** The id in the file, or a new one that is in it from now on. */
export async function keptDeviceId(path: string, newId: () => string): Promise<DeviceId> {
  const file = await readPrivateFile(path, LARGEST_FILE);
  const known = typeof file === "object" ? file.text.trim() : "";
  if (uuid.test(known)) return known as DeviceId;
  // Nothing is lost with an unreadable one: the server only sees another device.
  const id = newId();
  await replacePrivateFile(path, `${id}\n`);
  return id as DeviceId;
}
