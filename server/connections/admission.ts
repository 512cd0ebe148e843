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

  /** Addresses that connections are counted to. */
  get addresses(): number {
    return this.#perAddress.size;
  }

  /** Counts a connection in; the answer counts it out, once. Undefined when there is no room. */
  enter(address: string): (() => void) | undefined {
    const leave = this.enterUnnamed();
    if (leave === undefined) return undefined;
    const leaveAddress = this.enterAddress(address);
    if (leaveAddress === undefined) {
      leave();
      return undefined;
    }
    return () => {
      leaveAddress();
      leave();
    };
  }

  /** The same for a connection of which it is not known yet where it comes from. */
  enterUnnamed(): (() => void) | undefined {
    if (this.#open >= this.#limits.maxConnections) return undefined;
    this.#open += 1;
    return once(() => {
      this.#open -= 1;
    });
  }

  /** Counts a connection that is in already to its address; the answer takes that back, once. */
  enterAddress(address: string): (() => void) | undefined {
    const key = addressKey(address);
    const fromThere = this.#perAddress.get(key) ?? 0;
    if (fromThere >= this.#limits.maxConnectionsPerAddress) return undefined;
    this.#perAddress.set(key, fromThere + 1);
    return once(() => this.#leave(key));
  }

  #leave(key: string): void {
    const left = (this.#perAddress.get(key) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(key);
    else this.#perAddress.set(key, left);
  }
}

function once(step: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) step();
    isDone = true;
  };
}
