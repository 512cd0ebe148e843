import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { checkHistories, type Verdict } from "./check-histories.ts";
import { ClientGroup } from "./client-group.ts";
import type { Addresses, ClientOrders, ToClients } from "./client-process.ts";
import { readHistory } from "./history.ts";
import { LinkProxy } from "./link-proxy.ts";
import { type Crowd, gatherPeople, type People } from "./people.ts";
import { headsOf, readServerLog } from "./read-server-log.ts";
import { freePort, type ServerOptions, ServerUnderTest } from "./server-under-test.ts";
import { conversationKey } from "./wire-entry.ts";

export interface ArenaOptions extends Crowd {
  /** An existing folder for everything the arena makes. */
  readonly folder: string;
  readonly seed: number;
  /** Client processes; the devices are shared out among them. */
  readonly processes: number;
  /** In flight per device. */
  readonly window: number;
  readonly contentBytes: number;
  /** What the server is started with, always. */
  readonly server?: Pick<ServerOptions, "wrapper" | "nodeArgs">;
  readonly isTls?: boolean;
}

/** What the server is started with, this time. */
export type ServerSpoiling = Pick<ServerOptions, "wrapper" | "nodeArgs"> & {
  readonly isTls?: boolean;
};

const settleMs = 150_000;
const drainMs = 120_000;

/** A server, many devices that write to it, and the links between them. */
export class Arena {
  readonly serverDirectory: string;
  readonly groups: readonly ClientGroup[];
  readonly people: People;
  readonly restartMs: number[] = [];
  readonly #options: ArenaOptions;
  readonly #ports: { readonly tcpPort: number; readonly httpPort: number };
  readonly #proxies: readonly [tcp: LinkProxy, http: LinkProxy];
  #server: ServerUnderTest;
  #isTls: boolean;
  #orders: ClientOrders;

  private constructor(options: ArenaOptions, parts: ArenaParts) {
    this.#options = options;
    this.serverDirectory = parts.directory;
    this.people = parts.people;
    this.#ports = parts.ports;
    this.#proxies = parts.proxies;
    this.#server = parts.server;
    this.#isTls = options.isTls ?? false;
    const { window, contentBytes, seed, processes } = options;
    this.#orders = { number: 1, isSending: true, window, contentBytes, intervalMs: 0 };
    this.groups = Array.from({ length: processes }, (_, number) => {
      const devices = parts.people.devices.filter((_device, index) => index % processes === number);
      return new ClientGroup({ seed: seed * 1000 + number * 100, devices });
    });
  }

  /** Starts the server, makes the accounts, starts the clients. */
  static async open(options: ArenaOptions): Promise<Arena> {
    const directory = join(options.folder, "server");
    const histories = join(options.folder, "histories");
    for (const made of [directory, histories]) mkdirSync(made, { recursive: true, mode: 0o700 });
    const ports = { tcpPort: await freePort(), httpPort: await freePort() };
    const proxies = [
      await LinkProxy.open(ports.tcpPort),
      await LinkProxy.open(ports.httpPort),
    ] as const;
    const address = { ...ports, isTls: options.isTls ?? false };
    const server = await ServerUnderTest.start({ directory, address, ...options.server });
    const people = await gatherPeople(address, options, histories);
    const arena = new Arena(options, { directory, people, ports, proxies, server });
    for (const group of arena.groups) group.start(arena.addresses, arena.#orders);
    return arena;
  }

  get server(): ServerUnderTest {
    return this.#server;
  }

  /** Whether its clients trust the server's certificate, which WebSockets need. */
  get mayUseTls(): boolean {
    return this.#options.isTls !== undefined;
  }

  get orders(): ClientOrders {
    return this.#orders;
  }

  get proxies(): readonly LinkProxy[] {
    return this.#proxies;
  }

  get addresses(): Addresses {
    const isTls = this.#isTls;
    const [tcp, http] = this.#proxies;
    return {
      direct: { ...this.#ports, isTls },
      proxied: { tcpPort: tcp.port, httpPort: http.port, isTls },
    };
  }

  get acked(): number {
    return this.groups.reduce((sum, group) => sum + group.report.acked, 0);
  }

  get unsettled(): number {
    return this.groups.reduce((sum, group) => sum + group.report.unsettled, 0);
  }

  /** Starts the server, which must have ended, on the same files and ports. */
  async startServer(spoiling: ServerSpoiling = {}): Promise<void> {
    const began = performance.now();
    this.spawnServer(spoiling);
    if (!(await this.#server.isReady())) {
      throw new Error(`the server did not get ready again:\n${this.#server.output}`);
    }
    this.restartMs.push(performance.now() - began);
  }

  /** The same without waiting: it may be meant to end before it is ready. */
  spawnServer({ isTls = this.#isTls, ...spoiling }: ServerSpoiling): void {
    this.#isTls = isTls;
    this.#server = ServerUnderTest.spawn({
      directory: this.serverDirectory,
      address: this.addresses.direct,
      ...this.#options.server,
      ...spoiling,
    });
    this.tellAll({ kind: "addresses", addresses: this.addresses });
  }

  order(orders: Partial<ClientOrders>): void {
    const { number } = this.#orders;
    this.#orders = { ...this.#orders, ...orders, number: number + 1 };
    this.tellAll({ kind: "orders", orders: this.#orders });
  }

  tellAll(told: ToClients): void {
    for (const group of this.groups) group.tell(told);
  }

  startGroup(group: ClientGroup): void {
    group.start(this.addresses, this.#orders);
  }

  /** Waits until so many more sends were acknowledged. False if the server ended or it took too long. */
  async progress(acked: number, limitMs = 30_000): Promise<boolean> {
    const goal = this.acked + acked;
    return this.until(() => this.acked >= goal, limitMs);
  }

  async until(reached: () => boolean, limitMs: number): Promise<boolean> {
    const until = performance.now() + limitMs;
    while (!reached()) {
      if (this.#server.hasEnded || performance.now() > until) return false;
      await delay(10);
    }
    return true;
  }

  /** No new sends are made, and all that were made are settled. */
  get #isAtRest(): boolean {
    const { number } = this.#orders;
    return this.groups.every(
      ({ report }) => report.ordersNumber === number && report.unsettled === 0,
    );
  }

  /** Lets everything come to rest, reads what the server holds then, and holds it against what was seen. */
  async settle(): Promise<Settled> {
    this.order({ isSending: false });
    const isAtRest = await this.until(() => this.#isAtRest, drainMs);
    const unanswered = isAtRest ? 0 : this.unsettled;
    const log = await readServerLog(this.addresses.direct, this.people);
    this.tellAll({ kind: "settle", heads: headsOf(log) });
    await this.until(
      () => this.groups.every((group) => group.report.behind?.length === 0),
      settleMs,
    );
    await Promise.all(this.groups.map((group) => group.stop()));
    return { unanswered, verdict: checkHistories(log, deviceHistories(this.people)) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.groups.map((group) => group.kill()));
    await this.#server.kill();
    for (const proxy of this.#proxies) await proxy[Symbol.asyncDispose]();
  }
}

/** What came of it all. */
export interface Settled {
  readonly verdict: Verdict;
  /** Sends to which nobody has given an answer, though nothing stood in the way any more. */
  readonly unanswered: number;
}

interface ArenaParts {
  readonly directory: string;
  readonly people: People;
  readonly ports: { readonly tcpPort: number; readonly httpPort: number };
  readonly proxies: readonly [LinkProxy, LinkProxy];
  readonly server: ServerUnderTest;
}

/** The histories of all devices, read while they are looked at. */
export function* deviceHistories(people: People) {
  for (const { name, userId, targets, historyPath } of people.devices) {
    yield {
      device: name,
      user: userId,
      conversations: targets.map((target) => conversationKey(target, userId)),
      records: readHistory(historyPath),
    };
  }
}
