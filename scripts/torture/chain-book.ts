import type { Findings } from "./findings.ts";
import type { Send } from "./send-book.ts";

/** What was said of chains, to whomever: of one entry there is only one. */
export class ChainBook {
  readonly #chains = new Map<string, string[]>();
  readonly #findings: Findings;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  take(conversation: string, seq: number, chain: string): void {
    const known = this.#chains.get(conversation) ?? [];
    this.#chains.set(conversation, known);
    if (known[seq] === undefined) known[seq] = chain;
    else if (known[seq] !== chain) {
      this.#findings.add("altered", `entry ${seq} of ${conversation} has two chains`);
    }
  }

  takeAck(send: Send | undefined, seq: number, chain: string | null): void {
    if (send !== undefined && chain !== null) this.take(send.conversation, seq, chain);
  }
}
