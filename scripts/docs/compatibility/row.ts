import type { Proof } from "./proofs.ts";

/** What shows it over one transport, or why there is nothing to show. */
export type Cell = readonly Proof[] | { readonly none: string };

/** Something that the documents of Lair Chat 0.8.0 promise. */
export interface Row {
  readonly documented: string;
  /** What it is called here. */
  readonly here: string;
  readonly tcp: Cell;
  readonly webSocket: Cell;
  readonly http: Cell;
}
