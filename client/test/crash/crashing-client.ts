import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Given, Order, Shown, Word } from "./client-process.ts";

const program = fileURLToPath(new URL("./client-process.ts", import.meta.url));
const tsxHook = new URL("../../../scripts/tsx-hook.mjs", import.meta.url).href;

/** A client that is killed and begun again, on the same folder. */
export class CrashingClient {
  readonly given: Given;
  /** Names it in what it writes. */
  readonly name: string;
  /** Said to be on its disk, in order. */
  readonly kept: string[] = [];
  /** Written to this process, and not said to be kept yet. */
  open = 0;
  onWord: () => void = () => undefined;
  #child: ChildProcess | undefined;
  #errors = "";
  #written = 0;
  #reports = 0;
  /** What it is told before it can hear. */
  #waiting: Order[] | undefined;
  readonly #asked = new Map<number, (shown: Shown) => void>();

  constructor(name: string, given: Given) {
    this.name = name;
    this.given = given;
  }

  start(): void {
    const child = fork(program, [JSON.stringify(this.given)], {
      execArgv: ["--import", tsxHook],
      // As it runs at home.
      env: { ...process.env, NODE_ENV: "production" },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    child.stderr?.on("data", (bytes: Buffer) => {
      this.#errors = (this.#errors + bytes.toString()).slice(-4_000);
    });
    child.on("message", (word) => this.#hear(word as Word));
    this.#child = child;
    this.open = 0;
    this.#waiting = [];
  }

  /** @throws Error if it has ended by itself */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.signalCode !== null) return;
    if (child.exitCode !== null) throw new Error(`${this.name} ended by itself: ${this.#errors}`);
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  write(): void {
    this.#written += 1;
    this.open += 1;
    this.#order({ write: `${this.name} ${this.#written}` });
  }

  /** What it shows now, all of it or the end; never comes if it is killed. */
  report(isWhole: boolean): Promise<Shown> {
    this.#reports += 1;
    const number = this.#reports;
    return new Promise((resolve) => {
      this.#asked.set(number, resolve);
      this.#order({ report: number, isWhole });
    });
  }

  #order(order: Order): void {
    this.#waiting?.push(order);
    if (this.#waiting !== undefined) return;
    // One that is just being killed hears nothing.
    if (this.#child?.connected === true) this.#child.send(order, () => undefined);
  }

  #hear(word: Word): void {
    if ("ready" in word) {
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const order of waiting) this.#order(order);
    }
    if ("kept" in word) {
      this.kept.push(word.kept);
      this.open -= 1;
    }
    if ("refused" in word) {
      this.open -= 1;
      // Asked again when something has changed.
      return;
    }
    if ("report" in word) {
      this.#asked.get(word.report)?.(word.shown);
      this.#asked.delete(word.report);
    }
    this.onWord();
  }
}
