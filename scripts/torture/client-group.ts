import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Addresses, ClientOrders, ClientReport, ToClients } from "./client-process.ts";
import type { DeviceSetup } from "./device.ts";

const script = fileURLToPath(new URL("./client-process.ts", import.meta.url));

export interface GroupSetup {
  readonly seed: number;
  readonly devices: readonly DeviceSetup[];
}

const nothing: ClientReport = {
  acked: 0,
  shown: 0,
  unsettled: 0,
  ordersNumber: 0,
  behind: undefined,
};

/** A process of devices, which may be stopped, killed and started again on the same histories. */
export class ClientGroup {
  readonly #setup: GroupSetup;
  #child: ChildProcess | undefined;
  #report: ClientReport = nothing;
  /** Of processes that were killed before. */
  #ackedBefore = 0;
  #shownBefore = 0;
  #lives = 0;
  #fault: Error | undefined;

  constructor(setup: GroupSetup) {
    this.#setup = setup;
  }

  get report(): ClientReport {
    if (this.#fault !== undefined) throw this.#fault;
    const { acked, shown } = this.#report;
    const sums = { acked: acked + this.#ackedBefore, shown: shown + this.#shownBefore };
    return { ...this.#report, ...sums };
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  start(addresses: Addresses, orders: ClientOrders): void {
    const { seed, devices } = this.#setup;
    this.#ackedBefore += this.#report.acked;
    this.#shownBefore += this.#report.shown;
    this.#report = nothing;
    this.#lives += 1;
    const child = fork(script, [], {
      execArgv: [],
      // Whom they talk to is not what is tested here, and a clock that jumps makes the server sign itself
      // another certificate: WebSockets have no other way to take any. The warning would come each time.
      env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: "0", NODE_NO_WARNINGS: "1" },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child = child;
    // One that was stopped would not notice that we are gone.
    const takeAlong = () => child.kill("SIGKILL");
    process.once("exit", takeAlong);
    child.once("exit", () => process.off("exit", takeAlong));
    child.on("message", (report: ClientReport) => {
      this.#report = report;
    });
    child.on("exit", (code) => {
      if (code !== null && code !== 0)
        this.#fault = new Error(`a client process ended with ${code}`);
    });
    this.tell({ kind: "start", seed: seed + this.#lives, devices, addresses, orders });
  }

  tell(told: ToClients): void {
    // One that is gone is started again and told everything then.
    this.#child?.send(told, () => undefined);
  }

  /** Stops the process where it stands, or lets it go on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#child?.kill(signal);
  }

  async kill(): Promise<void> {
    await this.#endBy((child) => child.kill("SIGKILL"));
  }

  /** Ends it in order, with everything written down. */
  async stop(): Promise<void> {
    await this.#endBy((child) => child.send({ kind: "stop" } satisfies ToClients, () => undefined));
  }

  async #endBy(end: (child: ChildProcess) => void): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    end(child);
    const overdue = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await exited;
    clearTimeout(overdue);
  }
}
