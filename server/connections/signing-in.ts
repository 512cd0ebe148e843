import { networkKey } from "../security/address-key.ts";
import type { ConnectionLimits } from "./connection-limits.ts";

/**
 * Counts the connections that have not signed in, by the network they come from: whoever has many
 * addresses side by side must not keep all others out. Holds one number per network that has any.
 */
export class SigningIn {
  readonly #limits: Pick<ConnectionLimits, "maxSigningInPerNetwork">;
  readonly #perNetwork = new Map<string, number>();

  constructor(limits: Pick<ConnectionLimits, "maxSigningInPerNetwork">) {
    this.#limits = limits;
  }

  /** Networks that have any. */
  get networks(): number {
    return this.#perNetwork.size;
  }

  /** Counts one in; the answer counts it out, once. Undefined when there are too many. */
  enter(address: string): (() => void) | undefined {
    const key = networkKey(address);
    const there = this.#perNetwork.get(key) ?? 0;
    if (there >= this.#limits.maxSigningInPerNetwork) return undefined;
    this.#perNetwork.set(key, there + 1);
    let isIn = true;
    return () => {
      if (isIn) this.#leave(key);
      isIn = false;
    };
  }

  #leave(key: string): void {
    const left = (this.#perNetwork.get(key) ?? 1) - 1;
    if (left === 0) this.#perNetwork.delete(key);
    else this.#perNetwork.set(key, left);
  }
}
