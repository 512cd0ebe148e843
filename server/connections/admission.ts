import { addressKey } from "../security/address-key.ts";
import type { ConnectionLimits } from "./connection-limits.ts";

type Limits = Pick<ConnectionLimits, "maxConnections" | "maxConnectionsPerAddress">;

/** Lets a bounded number of connections in, of all addresses and of each. */
export class Admission {
  readonly #limits: Limits;
  readonly #perAddress = new Map<string, number>();
  #open = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Connections that are in. */
  get open(): number {
    return this.#open;
  }

  /** Counts a connection in; the answer counts it out, once. Undefined when there is no room. */
  enter(address: string): (() => void) | undefined {
    const key = addressKey(address);
    const fromThere = this.#perAddress.get(key) ?? 0;
    if (this.#open >= this.#limits.maxConnections) return undefined;
    if (fromThere >= this.#limits.maxConnectionsPerAddress) return undefined;
    this.#open += 1;
    this.#perAddress.set(key, fromThere + 1);
    let isIn = true;
    return () => {
      if (isIn) this.#leave(key);
      isIn = false;
    };
  }

  #leave(key: string): void {
    this.#open -= 1;
    const left = (this.#perAddress.get(key) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(key);
    else this.#perAddress.set(key, left);
  }
}
