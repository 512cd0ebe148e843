import type { Fault } from "../fault.ts";
import { backup } from "./backup.ts";
import { bitRot } from "./bit-rot.ts";
import { clock } from "./clock.ts";
import { diskFull } from "./disk-full.ts";
import { failPoint } from "./fail-point.ts";
import { fileSize } from "./file-size.ts";
import { ioError } from "./io-error.ts";
import { kill } from "./kill.ts";
import { killClients } from "./kill-clients.ts";
import { links } from "./links.ts";
import { powerLoss } from "./power-loss.ts";
import { rollingRestart } from "./rolling-restart.ts";
import { stopClients } from "./stop-clients.ts";

/** Every fault there is, in the order in which they are told of. */
export const allFaults: readonly Fault[] = [
  kill,
  failPoint,
  stopClients,
  killClients,
  links,
  fileSize,
  ioError,
  clock,
  rollingRestart,
  diskFull,
  powerLoss,
  bitRot,
  backup,
];
