import type { Generator } from "./generator.ts";
import type { BenchOptions } from "./options.ts";
import type { Rival } from "./rivals.ts";

/** Undefined where nothing could be measured, which is null when it was kept as JSON. */
export type Cell = string | number | null | undefined;

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A plot with logarithmic axes: what is looked for in it is how things grow. */
export interface Plot {
  /** Its file is called after it. */
  readonly name: string;
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
}

/** What came of a measurement. */
export interface Findings {
  readonly tables: readonly Table[];
  readonly plots: readonly Plot[];
  /** What the medians were made of, by what was measured. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
  /** What a reader has to know to judge the figures, and what was left out. */
  readonly notes: readonly string[];
}

/** What measurements work with. */
export interface Bench {
  readonly options: BenchOptions;
  readonly generator: Generator;
  readonly rivals: readonly Rival[];
  /** Makes a directory that is gone after the run. */
  readonly newDirectory: () => string;
  readonly say: (line: string) => void;
}

/** One of the things that can be measured, chosen by `--only`. */
export interface Measurement {
  readonly name: string;
  readonly about: string;
  readonly run: (bench: Bench) => Promise<Findings>;
}
