import type { HubDeps } from "../hub.ts";

type Deps = Pick<HubDeps<never>, "turn" | "schedule">;

/** The end of a turn of the event loop, and time, as the test has them come. */
export class HandTurned implements Deps {
  #gathered: (() => void)[] = [];
  #later: { readonly at: number; readonly step: () => void }[] = [];
  #now = 0;
  /** How long the last pause was to be. */
  lastMs: number | undefined;

  readonly turn = {
    gather: (step: () => void) => {
      this.#gathered.push(step);
    },
  };

  readonly schedule = (step: () => void, ms: number): void => {
    this.lastMs = ms;
    this.#later.push({ at: this.#now + ms, step });
  };

  endTurn(): void {
    const steps = this.#gathered;
    this.#gathered = [];
    for (const step of steps) step();
  }

  /** Lets time pass, and ends the turn. */
  pass(ms: number): void {
    this.#now += ms;
    const due = this.#later.filter(({ at }) => at <= this.#now);
    this.#later = this.#later.filter(({ at }) => at > this.#now);
    for (const { step } of due) step();
    this.endTurn();
  }

  /** Until there is nothing left to be done. */
  settle(): void {
    this.endTurn();
    while (this.#later.length > 0) this.pass(60_000);
  }
}
