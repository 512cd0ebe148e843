import assert from "node:assert/strict";
import { test } from "node:test";
import { loadOptions } from "../node-generator/load-options.ts";
import { readOptions, UsageError } from "../options.ts";

test("without options everything is measured in rooms of 2, 10, 100 and 1000 over all transports", () => {
  const { only, sizes, transports, writesDocs } = readOptions([]);
  assert.deepEqual(
    { only, sizes, transports, writesDocs },
    { only: [], sizes: [2, 10, 100, 1000], transports: ["tcp", "tls", "ws"], writesDocs: false },
  );
});

test("options choose what is measured, for how long and how often", () => {
  const args = ["--only", "fanout,idle", "--seconds", "0.5", "--rounds", "5", "--sizes=2,10"];
  const { only, seconds, rounds, sizes } = readOptions(args);
  assert.deepEqual(
    { only, seconds, rounds, sizes },
    { only: ["fanout", "idle"], seconds: 0.5, rounds: 5, sizes: [2, 10] },
  );
});

const senseless: readonly (readonly string[])[] = [
  ["--rounds", "0"],
  ["--rounds", "1.5"],
  ["--seconds", "-1"],
  ["--seconds", ""],
  ["--sizes", "2,many"],
  ["--sizes", "0"],
  ["--transports", "udp"],
  ["--generator", "rust"],
  ["--audience", "50", "--stopped", "50"],
  ["--stall", "0"],
  ["--quick"],
  ["fanout"],
];

for (const args of senseless) {
  test(`"${args.join(" ")}" is refused with what was wrong`, () => {
    assert.throws(() => readOptions(args), UsageError);
  });
}

test("the generator in Node takes what the one in C takes", () => {
  const { protocol, port, members, tls } = loadOptions(["protocol=relay", "port=7", "tls=1"]);
  assert.deepEqual(
    { protocol, port, members, tls },
    { protocol: "relay", port: 7, members: 2, tls: 1 },
  );
});

for (const argument of ["colour=red", "port", "port=", "port=many", "=1", "protocol=smtp"]) {
  test(`the generator in Node refuses "${argument}"`, () => {
    assert.throws(() => loadOptions([argument]), /not (understood|spoken)/);
  });
}
