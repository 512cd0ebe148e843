import { readFileSync } from "node:fs";
import { finished } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { loadOptions } from "./node-generator/load-options.ts";
import { NodeLoad } from "./node-generator/node-load.ts";

// node node-generator.ts NAME=VALUE...: the load generator for machines without a C compiler. It
// takes and prints the same as loadgen/generator.c, for the protocols "lair" and "relay", and it is
// slower: what it measures is at least as much itself as the server.

const options = loadOptions(process.argv.slice(2));
const seats = options.protocol === "lair" ? readFileSync(options.seats, "utf8").split("\n") : [];
const load = new NodeLoad(options, seats, () => performance.now());

const tell = (event: string, facts: object) => console.log(JSON.stringify({ event, ...facts }));

tell("ready", await load.getIn());
if (options.warmup > 0) {
  load.begin();
  await sleep(options.warmup * 1000);
}
load.measure();
tell("measuring", {});
if (options.count > 0) await load.untilCounted();
else await sleep(options.seconds * 1000);
tell("done", load.result());
if (options.goon > 0) {
  load.measure();
  await finished(process.stdin.resume());
  tell("done", load.result());
}
process.exit(0);
