import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Arena } from "./arena.ts";
import { type Fault, missing, type Stage } from "./fault.ts";
import { allFaults } from "./faults/all.ts";
import { type Ledger, Tally } from "./ledger.ts";
import type { Goals, TortureOptions } from "./options.ts";
import { createRandom, type Random } from "./random.ts";

export interface TortureDeps {
  readonly say: (line: string) => void;
  readonly commit: string | undefined;
}

/** Between two sends of a device once enough were acknowledged: what all keep must not grow for ever. */
const trickleMs = 100;
/** Every so-manieth device goes through the proxy that spoils links. */
const proxiedEach = 3;

/** Tortures the server as the options say, and tells what came of it. */
export async function runTorture(options: TortureOptions, deps: TortureDeps): Promise<Ledger> {
  const began = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "lair-chat-torture-"));
  const forget = () => options.keeps || rmSync(folder, { recursive: true, force: true });
  process.once("exit", forget);
  const tally = new Tally();
  const random = createRandom(options.seed);
  try {
    const faults = possibleFaults(options, tally, deps);
    await using arena = await Arena.open({ ...options, ...arenaParts(options), folder });
    const run = { options, deps, tally, random, arena, folder, faults };
    await runEpisodes(run);
    deps.say("settling");
    const { verdict, unanswered } = await arena.settle();
    tally.found(verdict, true);
    if (unanswered > 0) tally.violated(`${unanswered} sends never got an answer`);
    tally.restartMs.push(...arena.restartMs);
    const seconds = Math.round((performance.now() - began) / 1000);
    const missed = missedGoals(options.goals, reached(run));
    return tally.ledger({ seed: options.seed, seconds, commit: deps.commit, missed });
  } finally {
    process.off("exit", forget);
    forget();
    if (options.keeps) deps.say(`kept in ${folder}`);
  }
}

function arenaParts({ isTlsToo }: TortureOptions) {
  // With TLS from the start, so that the first of them talk so too.
  return { proxiedEach, ...(isTlsToo ? { isTls: true } : {}) };
}

interface Run {
  readonly options: TortureOptions;
  readonly deps: TortureDeps;
  readonly tally: Tally;
  readonly random: Random;
  readonly arena: Arena;
  readonly folder: string;
  readonly faults: readonly Fault[];
}

function possibleFaults({ faults }: TortureOptions, tally: Tally, { say }: TortureDeps) {
  return allFaults.filter((fault) => {
    if (!faults.includes(fault.name)) return false;
    const why = missing(fault);
    if (why === undefined) return true;
    tally.skipped[fault.name] = why;
    say(`skipped ${fault.name}: ${why}`);
    return false;
  });
}

async function runEpisodes(run: Run): Promise<void> {
  const until = performance.now() + run.options.minutes * 60_000;
  for (let number = 0; performance.now() < until; number += 1) {
    const fault = nextFault(run, number);
    if (fault === undefined) break;
    await runEpisode(run, fault, number);
    if (run.tally.hasViolations) run.deps.say(`VIOLATED: ${run.tally.violations.join("; ")}`);
  }
}

async function runEpisode(run: Run, fault: Fault, number: number): Promise<void> {
  const { tally, arena, random, options, deps } = run;
  const folder = join(run.folder, `episode-${number}`);
  mkdirSync(folder, { mode: 0o700 });
  const stage: Stage = {
    arena,
    random: random.named(`${fault.name} ${number}`),
    folder,
    portion: options.portion,
    found: (verdict) => tally.found(verdict, false),
    violated: (what) => tally.violated(`${fault.name}: ${what}`),
  };
  const began = performance.now();
  const isEnough = options.goals.acked > 0 && arena.acked >= options.goals.acked;
  arena.order({ isSending: fault.isApart !== true, intervalMs: isEnough ? trickleMs : 0 });
  const counts = await fault.run(stage);
  tally.count(fault.name, counts);
  if (!options.keeps) rmSync(folder, { recursive: true, force: true });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  deps.say(`${number} ${fault.name} ${seconds} s ${JSON.stringify(counts)}; acked ${arena.acked}`);
}

/** What serves which goal. The first of each list is what is run while that goal is far off. */
const servants: Readonly<Record<keyof Goals, readonly string[]>> = {
  kills: ["kill", "fail-point"],
  acked: ["links", "kill"],
  images: ["power-loss"],
  copies: ["bit-rot"],
  fullCycles: ["file-size", "disk-full"],
  restarts: ["rolling-restart"],
};

/** All in turn at first; then what still serves a goal; nothing once there is none left. */
function nextFault(run: Run, number: number): Fault | undefined {
  const { faults, random, options } = run;
  const first = faults[number];
  if (first !== undefined) return first;
  const names = Object.keys(servants) as (keyof Goals)[];
  const hasGoals = names.some((name) => options.goals[name] > 0);
  if (!hasGoals) return faults.length === 0 ? undefined : random.pick(faults);
  const now = reached(run);
  const open = names.filter((name) => now[name] < options.goals[name]);
  const useful = faults.filter(({ name }) => open.some((goal) => servants[goal].includes(name)));
  if (useful.length === 0) return undefined;
  // Now and then another one, so that they meet in all combinations.
  return random.pick(random.below(8) === 0 ? faults : useful);
}

function reached({ tally, arena }: Pick<Run, "tally" | "arena">): Goals {
  return {
    kills: tally.total("kills"),
    acked: arena.acked,
    images: tally.total("images"),
    copies: tally.total("copies"),
    fullCycles: tally.total("fullCycles"),
    restarts: tally.total("restarts"),
  };
}

function missedGoals(goals: Goals, now: Goals): readonly string[] {
  const names = Object.keys(goals) as (keyof Goals)[];
  return names
    .filter((name) => now[name] < goals[name])
    .map((name) => `${name}: ${now[name]} of ${goals[name]}`);
}
