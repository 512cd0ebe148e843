import type { Measurement } from "../measurement.ts";
import { coldStart } from "./cold-start.ts";
import { fanout } from "./fanout.ts";
import { growth } from "./growth.ts";
import { history } from "./history.ts";
import { idle } from "./idle.ts";
import { latency } from "./latency.ts";
import { loginStorm } from "./login-storm.ts";
import { memory } from "./memory.ts";
import { slowDisk } from "./slow-disk.ts";
import { stoppedReaders } from "./stopped-readers.ts";

/** Everything that can be measured, in the order in which it is. */
export const allMeasurements: readonly Measurement[] = [
  fanout,
  latency,
  idle,
  loginStorm,
  history,
  coldStart,
  memory,
  slowDisk,
  stoppedReaders,
  growth,
];
