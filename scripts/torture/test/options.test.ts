import assert from "node:assert/strict";
import { test } from "node:test";
import { missing } from "../fault.ts";
import { allFaults } from "../faults/all.ts";
import { readOptions, UsageError } from "../options.ts";

const read = (...args: readonly string[]) => readOptions(args, () => 0.5);

test("without options everything there is happens, under a seed that is said", () => {
  const { faults, seed, transports, isTlsToo } = read();
  assert.deepEqual(
    faults,
    allFaults.map(({ name }) => name),
  );
  assert.equal(seed, 2 ** 30);
  assert.deepEqual({ transports, isTlsToo }, { transports: ["tcp", "ws"], isTlsToo: true });
});

test("a seed given is the seed taken, 0 too", () => {
  assert.equal(read("--seed", "0").seed, 0);
});

test("what is misspelt or no number is refused, and what there is is said", () => {
  assert.throws(() => read("--faults", "kill,earthquake"), /knows no earthquake; there are kill, /);
  for (const args of [
    ["--kills", "many"],
    ["--kills", "-1"],
    ["--minutes", "0"],
    ["--transports", "pigeon"],
    ["--fault", "kill"],
    ["kill"],
  ]) {
    assert.throws(() => read(...args), UsageError, args.join(" "));
  }
});

test("a fault whose program is not there says so", () => {
  assert.equal(missing({ needs: [] }), undefined);
  assert.match(missing({ needs: ["no-such-program"] }) ?? "", /no-such-program is not installed/);
});
