import { startBenchServer } from "../bench-server.ts";
import { type Contender, loadOn } from "../contenders.ts";
import { type Measured, runLoad } from "../generator.ts";
import type { Bench, Findings, Measurement } from "../measurement.ts";
import { type Population, populate } from "../population.ts";
import { interleaved, median } from "../rounds.ts";
import { shapeOf } from "../shapes.ts";

const members = 10;
const signInsAtOnce = 16;
/** Of what the server can send at most, so that there is something to be disturbed. */
const share = 0.5;

const weathers = ["calm", "storm"] as const;

interface Run {
  readonly measured: Measured;
  /** Sign-ins a second, and those that were refused because too many waited. */
  readonly signIns: number;
  readonly refused: number;
}

async function run(bench: Bench): Promise<Findings> {
  const shape = shapeOf(members);
  const population = await populate(bench.newDirectory(), { ...shape, otherUsers: 200 });
  await using server = await startBenchServer(population);
  const { seats } = population;
  const target = { protocol: "lair", acks: true, seats, port: server.tcpPort } as const;
  const contender: Contender = { name: "tcp", target, pid: server.pid };
  const most = await runLoad(bench.generator, {
    ...shape,
    ...target,
    seconds: bench.options.seconds,
  });
  const rate = (most.acked / most.seconds) * share;
  const results = await interleaved(
    weathers,
    bench.options.rounds,
    async (weather): Promise<Run> => {
      const storm = weather === "storm" ? new Storm(server.httpPort, population) : undefined;
      const measured = await loadOn(bench, contender, { ...shape, rate });
      const { signIns, refused } = (await storm?.end()) ?? { signIns: 0, refused: 0 };
      bench.say(`${weather}: p99 ${measured.delivery.p99} ms, ${Math.round(signIns)} sign-ins/s`);
      return { measured, signIns, refused };
    },
  );
  return findings(results, rate);
}

function findings(results: ReadonlyMap<string, readonly Run[]>, rate: number): Findings {
  const p99 = (runs: readonly Run[]) => runs.map(({ measured }) => measured.delivery.p99);
  const calm = median(p99(results.get("calm") ?? []));
  return {
    tables: [
      {
        title: `Chat at ${Math.round(rate)} sends/s in rooms of ${members} while others sign in`,
        columns: ["weather", "sign-ins/s", "refused/s", "ack p99 ms", "delivery p99 ms", "of calm"],
        rows: [...results].map(([weather, runs]) => [
          weather,
          median(runs.map(({ signIns }) => signIns)),
          median(runs.map(({ refused }) => refused)),
          median(runs.map(({ measured }) => measured.ack.p99)),
          median(p99(runs)),
          median(p99(runs)) / calm,
        ]),
      },
    ],
    plots: [],
    samples: Object.fromEntries(
      [...results].map(([weather, runs]) => [`${weather} delivery p99 ms`, p99(runs)]),
    ),
    notes: [
      `${signInsAtOnce} sign in at once over HTTP, each again and again, with the right password.`,
    ],
  };
}

/** People who sign in for as long as it lasts. */
class Storm {
  readonly #url: string;
  readonly #password: string;
  readonly #begun = performance.now();
  readonly #work: Promise<unknown>;
  #isOver = false;
  #done = 0;
  #refused = 0;

  constructor(httpPort: number, { password }: Population) {
    this.#url = `http://127.0.0.1:${httpPort}/api/v1/auth/login`;
    this.#password = password;
    this.#work = Promise.all(
      Array.from({ length: signInsAtOnce }, (_, index) => this.#person(index)),
    );
  }

  async end() {
    const seconds = (performance.now() - this.#begun) / 1000;
    const rates = { signIns: this.#done / seconds, refused: this.#refused / seconds };
    this.#isOver = true;
    await this.#work;
    return rates;
  }

  async #person(index: number): Promise<void> {
    const body = JSON.stringify({ identifier: `other-${index}`, password: this.#password });
    while (!this.#isOver) {
      const headers = { "content-type": "application/json" };
      const response = await fetch(this.#url, { method: "POST", headers, body });
      await response.arrayBuffer();
      if (response.ok) this.#done += 1;
      else if (response.status === 503) this.#refused += 1;
      else throw new Error(`a sign-in was answered with ${response.status}`);
    }
  }
}

/** What many sign-ins do to those who chat. */
export const loginStorm: Measurement = {
  name: "login-storm",
  about: "sign-ins a second, and what chat's times become meanwhile",
  run,
};
