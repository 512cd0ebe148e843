import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../test/storage-fixture.ts";
import { stderrSink } from "./stderr-sink.ts";

test("lines come in their order, and those that still wait are written at the end", async () => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, "log");
  const fd = openSync(file, "a");
  const sink = stderrSink(fd);
  const lines = Array.from({ length: 500 }, (_, number) => `line ${number}\n`);
  for (const line of lines.slice(0, 250)) sink.write(line);
  const limit = performance.now() + 10_000;
  while (readFileSync(file, "utf8") !== lines.slice(0, 250).join("")) {
    assert.ok(performance.now() < limit);
    await new Promise(setImmediate);
  }
  // The write that is under way has to be over: what comes behind it would be written beside it.
  await new Promise((resolve) => setTimeout(resolve, 0));
  for (const line of lines.slice(250)) sink.write(line);
  sink.flush();
  while (readFileSync(file, "utf8").length < lines.join("").length) {
    assert.ok(performance.now() < limit);
    await new Promise(setImmediate);
  }
  assert.deepEqual(
    readFileSync(file, "utf8").split("\n").toSorted(),
    ["", ...lines.map((line) => line.trim())].toSorted(),
  );
  closeSync(fd);
});

const skip = existsSync("/dev/full") ? false : "there is no /dev/full";

test("what cannot be written is dropped, without an exception and without waiting", {
  skip,
}, () => {
  const fd = openSync("/dev/full", "w");
  const sink = stderrSink(fd);
  for (let round = 0; round < 3; round += 1) {
    sink.write("line\n");
    sink.write("line\n");
    sink.flush();
  }
});

const program = `
  import { stderrSink } from ${JSON.stringify(fileURLToPath(new URL("./stderr-sink.ts", import.meta.url)))};
  const sink = stderrSink();
  for (let line = 0; line < 5_000; line += 1) sink.write("x".repeat(999) + "\\n");
  console.log("over");
`;

test("a reader who does not read holds nothing up", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  assert.equal(said.toString(), "over\n");
  child.kill("SIGKILL");
  child.stderr.resume();
  await once(child, "close");
});
