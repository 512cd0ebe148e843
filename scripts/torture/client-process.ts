import { Device, type DeviceSetup, type Orders } from "./device.ts";
import type { ServerAddress } from "./link.ts";
import { createRandom } from "./random.ts";

// A process of many devices, started by fork and told what to do over its channel.

export interface ClientOrders {
  /** Counts up, so that a report can say which orders it knew. */
  readonly number: number;
  readonly isSending: boolean;
  readonly contentBytes: number;
  readonly window: number;
  /** Milliseconds between two new sends of a device, at least. */
  readonly intervalMs: number;
}

export interface Addresses {
  readonly direct: ServerAddress;
  readonly proxied: ServerAddress;
}

export type ToClients =
  | {
      readonly kind: "start";
      readonly seed: number;
      readonly devices: readonly DeviceSetup[];
      readonly addresses: Addresses;
      readonly orders: ClientOrders;
    }
  | { readonly kind: "addresses"; readonly addresses: Addresses }
  | { readonly kind: "orders"; readonly orders: ClientOrders }
  /** Reports are to say from now on how many devices have not shown everything up to these heads. */
  | { readonly kind: "settle"; readonly heads: Readonly<Record<string, number>> }
  | { readonly kind: "stop" };

export interface ClientReport {
  readonly acked: number;
  readonly shown: number;
  readonly unsettled: number;
  /** The orders it knew. */
  readonly ordersNumber: number;
  /** Devices that have not shown everything; undefined until heads are known. */
  readonly behind: readonly string[] | undefined;
}

const reportMs = 100;
const orders: Orders = {
  address: () => ({ tcpPort: 0, httpPort: 0, isTls: false }),
  isSending: false,
  contentBytes: 100,
  window: 8,
  intervalMs: 0,
};
let ordersNumber = 0;
let devices: readonly Device[] = [];
let heads: Readonly<Record<string, number>> | undefined;

const handlers: { readonly [K in ToClients["kind"]]: (told: ToClients & { kind: K }) => void } = {
  start: ({ seed, devices: setups, addresses, orders: given }) => {
    use(addresses);
    obey(given);
    const random = createRandom(seed);
    devices = setups.map((setup) => new Device(setup, orders, random.named(setup.name)));
    for (const device of devices) void device.run();
  },
  addresses: ({ addresses }) => use(addresses),
  orders: ({ orders: given }) => obey(given),
  settle: (told) => {
    heads = told.heads;
  },
  stop: () => {
    for (const device of devices) device.stop();
    report();
    process.exit(0);
  },
};

function obey({ number, ...given }: ClientOrders): void {
  ordersNumber = number;
  Object.assign(orders, given);
}

function use({ direct, proxied }: Addresses): void {
  orders.address = (isProxied) => (isProxied ? proxied : direct);
}

function report(): void {
  const unsettled = sum((device) => device.unsettled);
  const told: ClientReport = {
    acked: sum((device) => device.acked),
    shown: sum((device) => device.shown),
    unsettled,
    ordersNumber,
    behind: behind(),
  };
  process.send?.(told, undefined, undefined, () => undefined);
}

function behind(): readonly string[] | undefined {
  const all = heads;
  if (all === undefined) return undefined;
  return devices.filter((device) => !device.hasShown(all)).map(({ name }) => name);
}

function sum(of: (device: Device) => number): number {
  return devices.reduce((total, device) => total + of(device), 0);
}

process.on("message", (told: ToClients) => handlers[told.kind](told as never));
// Nobody is left to tell what to do.
process.on("disconnect", () => process.exit(0));
setInterval(report, reportMs);
