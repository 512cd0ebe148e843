// Stands in for the npm command, so that the launcher's tests need no registry: it writes down how it
// was called and "installs" what the launcher looks for. Found through `npm_execpath`, as npm is.
const fs = require("node:fs");
const path = require("node:path");

const { FAKE_NPM, NODE_ENV, npm_config_omit } = process.env;
const { log, node, hold, fail } = JSON.parse(FAKE_NPM);
const call = { args: process.argv.slice(2), cwd: process.cwd(), NODE_ENV, npm_config_omit };
fs.appendFileSync(log, `${JSON.stringify(call)}\n`);

if (fail) {
  console.error("npm error code ECONNREFUSED");
  process.exit(1);
}
console.error("npm is at work");
const pause = new Int32Array(new SharedArrayBuffer(4));
const deadline = Date.now() + 20_000; // in case the test that should end this one has failed
while (hold && !fs.existsSync(hold) && Date.now() < deadline) Atomics.wait(pause, 0, 0, 20);

const os = process.platform === "win32" ? "win" : process.platform;
const bin = path.join("node_modules", `node-${os}-${process.arch}`, "bin");
fs.mkdirSync(bin, { recursive: true });
const exe = path.join(bin, process.platform === "win32" ? "node.exe" : "node");
fs.rmSync(exe, { force: true });
if (node) fs.symlinkSync(node, exe);
else fs.writeFileSync(exe, "not a program", { mode: 0o755 });
fs.mkdirSync(path.join("node_modules", ".bin"), { recursive: true });
fs.writeFileSync(path.join("node_modules", ".bin", "node"), "");
