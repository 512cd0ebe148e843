import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, utimesSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { FakeCheckout } from "./fake-checkout.ts";

const unix = { skip: process.platform === "win32" ? "Windows has no signals" : false };

/** A server that says what it was given and leaves with code 78. */
const tellingServer = `
const { LAIR_TCP_PORT } = process.env;
console.log(JSON.stringify({ cwd: process.cwd(), args: process.argv.slice(2), LAIR_TCP_PORT }));
process.exitCode = 78;
`;

/** A server that takes its time to stop, and goes by itself should nobody stop it. */
const patientServer = `
const work = setTimeout(() => {}, 20_000);
process.on("SIGTERM", () => {
  console.log("stopping");
  setImmediate(() => { clearTimeout(work); console.log("stopped"); process.exitCode = 3; });
});
console.log("ready");
`;

describe("the launcher", () => {
  test("installs before the first run and starts at once the next time", async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": tellingServer });
    const first = await checkout.run(["server"]).ended;
    assert.match(first.stderr, /setup: installing/);
    assert.equal(first.code, 78);
    const second = await checkout.run(["server"]).ended;
    assert.equal(second.stderr, "");
    assert.equal(second.code, 78);
    assert.equal(checkout.npmCalls().length, 1);
  });

  test("installs again when the lock file has changed", async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": tellingServer });
    await checkout.run(["server"]).ended;
    await checkout.write("package-lock.json", '{ "lockfileVersion": 3, "packages": { "": {} } }');
    await checkout.run(["server"]).ended;
    assert.equal(checkout.npmCalls().length, 2);
  });

  test("does not install over an installation that somebody made by hand", async () => {
    const lock =
      '{ "packages": { "node_modules/a": { "version": "1.0.0", "integrity": "sha512-x" } } }';
    await using checkout = await FakeCheckout.create({
      "server/main.ts": tellingServer,
      "package-lock.json": lock,
      "node_modules/.package-lock.json": lock,
      "node_modules/a/package.json": "{}",
    });
    assert.equal((await checkout.run(["server"]).ended).code, 78);
    assert.deepEqual(checkout.npmCalls(), []);
  });

  test("installs when what somebody installed by hand is another version", async () => {
    const lock = (version: string) =>
      JSON.stringify({ packages: { "node_modules/a": { version, integrity: "sha512-x" } } });
    await using checkout = await FakeCheckout.create({
      "server/main.ts": tellingServer,
      "package-lock.json": lock("1.0.1"),
      "node_modules/.package-lock.json": lock("1.0.0"),
      "node_modules/a/package.json": "{}",
    });
    assert.equal((await checkout.run(["server"]).ended).code, 78);
    assert.equal(checkout.npmCalls().length, 1);
  });

  test("runs no install scripts and keeps an outer npm's settings from the inner one", async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": tellingServer });
    const env = { NODE_ENV: "production", npm_config_omit: "dev" };
    await checkout.run(["server"], { env }).ended;
    const [call] = checkout.npmCalls();
    assert.ok(call);
    assert.equal(call.args[0], "ci");
    for (const setting of ["--ignore-scripts", "--include=dev", "--include=optional"]) {
      assert.ok(call.args.includes(setting), setting);
    }
    assert.equal(call.cwd, checkout.dir);
    assert.equal(call["NODE_ENV"], undefined);
    assert.equal(call["npm_config_omit"], undefined);
  });

  test("gives the server its arguments and variables and leaves it the caller's folder", async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": tellingServer });
    await checkout.write("elsewhere/note.txt", "");
    const cwd = path.join(checkout.dir, "elsewhere");
    const args = ["server", "--", "--config", "my.toml"];
    const { stdout } = await checkout.run(args, { cwd, env: { LAIR_TCP_PORT: "9000" } }).ended;
    const expected = { cwd, args: ["--config", "my.toml"], LAIR_TCP_PORT: "9000" };
    assert.deepEqual(JSON.parse(stdout), expected);
  });

  test("hands SIGTERM on and leaves the moment and the exit code to the server", unix, async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": patientServer });
    const running = checkout.run(["server"]);
    await running.says("ready");
    running.child.kill("SIGTERM");
    const { code, stdout } = await running.ended;
    assert.match(stdout, /stopping\nstopped/);
    assert.equal(code, 3);
  });

  test(
    "stops the server when npm's shell above it was killed, as npm does on SIGTERM",
    unix,
    async () => {
      await using checkout = await FakeCheckout.create({ "server/main.ts": patientServer });
      const command = `node scripts/run.mjs server; exit $?`;
      const npm =
        "require('node:child_process').spawn('sh', ['-c', process.argv[1]], { stdio: 'inherit' })";
      const script = `const sh = ${npm}; process.on('SIGTERM', () => sh.kill()); sh.on('exit', () => {});`;
      const running = checkout.node(["-e", script, command], {
        env: { npm_lifecycle_event: "start" },
      });
      await running.says("ready");
      running.child.kill("SIGTERM");
      assert.match((await running.ended).stdout, /stopping\nstopped/);
    },
  );

  test("ends by the signal that ended the server", unix, async () => {
    await using checkout = await FakeCheckout.create({
      "server/main.ts": 'process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);',
    });
    assert.equal((await checkout.run(["server"]).ended).signal, "SIGKILL");
  });

  test("explains a failed installation in a line and recovers when run again", async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": tellingServer });
    const failed = await checkout.run(["server"], { npm: { fail: true } }).ended;
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /ECONNREFUSED\nlair-chat: npm ci failed \(exit code 1/);
    assert.doesNotMatch(failed.stderr, /^ {4}at /m);
    assert.equal((await checkout.run(["server"]).ended).code, 78);
  });

  test("lets a second one wait while the first installs", async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": tellingServer });
    const hold = path.join(checkout.dir, "go-on");
    const first = checkout.run(["server"], { npm: { hold } });
    await first.says("installing");
    const second = checkout.run(["server"], { npm: { hold } });
    await second.says(`another set-up (process ${first.child.pid}) is running`);
    await checkout.write("go-on", "");
    assert.deepEqual([(await first.ended).code, (await second.ended).code], [78, 78]);
    assert.equal(checkout.npmCalls().length, 1);
  });

  test("clears away the lock of a set-up that was killed", unix, async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": tellingServer });
    const hold = path.join(checkout.dir, "go-on");
    const killed = checkout.run(["server"], { npm: { hold } });
    await killed.says("npm is at work");
    killed.child.kill("SIGKILL");
    await checkout.write("go-on", "");
    await killed.ended;
    assert.ok(existsSync(path.join(checkout.dir, ".cache", "setup-lock")));
    assert.equal((await checkout.run(["server"]).ended).code, 78);
    assert.ok(!existsSync(path.join(checkout.dir, ".cache", "setup-lock")));
  });

  test("stops the installation when it is told to stop", unix, async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": tellingServer });
    const stopped = checkout.run(["server"], { npm: { hold: "/never" } });
    await stopped.says("npm is at work");
    stopped.child.kill("SIGTERM");
    assert.match((await stopped.ended).stderr, /npm ci failed \(SIGTERM/);
    assert.ok(!existsSync(path.join(checkout.dir, ".cache", "setup-lock")));
  });

  test("takes a new enough system Node where the pinned one does not run", unix, async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": tellingServer });
    assert.equal((await checkout.run(["server"], { npm: { node: null } }).ended).code, 78);
    assert.ok(!existsSync(path.join(checkout.dir, "node_modules", ".bin", "node")));
  });

  test("names its tasks when asked for another", async () => {
    await using checkout = await FakeCheckout.create();
    const { code, stderr } = await checkout.run(["sevrer"]).ended;
    assert.equal(code, 2);
    assert.match(stderr, /server\|client\|test\|check/);
    assert.deepEqual(checkout.npmCalls(), []);
  });

  test("runs the tests whose path holds a given word, and fails when there are none", async () => {
    const passing = 'import { test } from "node:test"; test("it holds", () => {});';
    await using checkout = await FakeCheckout.create({
      "protocol/a.test.ts": passing,
      "server/b.test.ts": 'throw new Error("not asked for");',
    });
    await checkout.borrow("esbuild", "@esbuild");
    const { code, stdout } = await checkout.run(["test", "protocol/a"]).ended;
    assert.match(stdout, /✔ it holds[\s\S]*ℹ pass 1\nℹ fail 0/);
    assert.equal(code, 0);
    const none = await checkout.run(["test", "no-such"]).ended;
    assert.equal(none.code, 1);
    assert.match(none.stderr, /lair-chat: no test file matches "no-such"/);
    assert.equal((await checkout.run(["test"]).ended).code, 1);
  });

  test("ends a test file that a leftover handle keeps alive, and says so", async () => {
    await using checkout = await FakeCheckout.create({
      "protocol/leak.test.ts": `
        import { test } from "node:test";
        test("it holds", () => { setInterval(() => {}, 1000); });
      `,
      "server/main.ts": "",
    });
    const env = { TEST_FILE_LIMIT_MS: "500" };
    const { code, stdout } = await checkout.run(["test"], { env }).ended;
    assert.equal(code, 1);
    assert.match(stdout, /leak\.test\.ts was still running after 500 ms; kept alive by .*Timeout/);
    assert.match(stdout, /ℹ fail 1/);
  });
});

describe("the built server", () => {
  const builds = (dir: string) => readdirSync(path.join(dir, ".cache", "bundles"));

  test("is built once, and again when its source has changed", async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": 'console.log("first");' });
    assert.equal((await checkout.run(["server"]).ended).stdout, "first\n");
    assert.equal((await checkout.run(["server"]).ended).stdout, "first\n");
    assert.equal(builds(checkout.dir).length, 1);
    await checkout.write("server/main.ts", 'console.log("second");');
    assert.equal((await checkout.run(["server"]).ended).stdout, "second\n");
    assert.equal(builds(checkout.dir).length, 2);
  });

  test("does not pile up with every change", async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": "" });
    for (let change = 0; change < 7; change += 1) {
      await checkout.write("server/main.ts", `console.log(${change});`);
      assert.equal((await checkout.run(["server"]).ended).stdout, `${change}\n`);
    }
    assert.ok(builds(checkout.dir).length < 6, builds(checkout.dir).join(" "));
  });

  test("is built by two at once without either getting half of it", async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": 'console.log("whole");' });
    await checkout.run(["check"]).ended;
    const both = [1, 2, 3].map(() => checkout.run(["server"]).ended);
    for (const { stdout, stderr } of await Promise.all(both)) {
      assert.deepEqual({ stdout, stderr }, { stdout: "whole\n", stderr: "" });
    }
    assert.equal(builds(checkout.dir).length, 1);
  });

  test("finds the files that lay beside its modules", async () => {
    await using checkout = await FakeCheckout.create({
      "server/main.ts": `
        import { readFileSync } from "node:fs";
        import { Worker } from "node:worker_threads";
        const text = readFileSync(new URL("./deep/words.txt", import.meta.url), "utf8");
        const migration = readFileSync(new URL("nothing.sql", new URL("../migrations/", import.meta.url)), "utf8");
        console.log(JSON.stringify([text, migration]));
        new Worker(new URL("./writer-thread.ts", import.meta.url));
      `,
      "server/deep/words.txt": "words",
      "server/writer-thread.ts": 'console.log("a thread");',
    });
    assert.equal((await checkout.run(["server"]).ended).stdout, '["words",""]\na thread\n');
  });

  test("says in a few lines what is wrong with a source that is no program", async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": "const = 1;" });
    const { code, stderr } = await checkout.run(["server"]).ended;
    assert.equal(code, 1);
    assert.match(stderr, /lair-chat: The server could not be built: .*\n.*main\.ts:1:6/s);
    assert.doesNotMatch(stderr, /\n +at /);
    assert.deepEqual(builds(checkout.dir), []);
  });

  test("says where it wanted to be built, and what to do, where that is not possible", async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": "" });
    await checkout.write(".cache/bundles", "a file where the folder should be");
    const { code, stderr } = await checkout.run(["server"]).ended;
    assert.equal(code, 1);
    assert.match(stderr, /is built into .*bundles, which failed: .*Start it as a user who may/);
    assert.doesNotMatch(stderr, /\n +at /);
  });

  test("clears away what a build that was killed has left, but not what may still be made", async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": "" });
    for (const name of ["unfinished-old", "unfinished-new"]) {
      await checkout.write(`.cache/bundles/${name}/main.js`, "");
    }
    const twoHoursAgo = Date.now() / 1000 - 7200;
    const old = path.join(checkout.dir, ".cache/bundles/unfinished-old");
    utimesSync(old, twoHoursAgo, twoHoursAgo);
    assert.equal((await checkout.run(["server"]).ended).code, 0);
    const left = builds(checkout.dir).filter((name) => name.startsWith("unfinished"));
    assert.deepEqual(left, ["unfinished-new"]);
  });

  test("is not built from a module that looks for its files in another way", async () => {
    await using checkout = await FakeCheckout.create({
      "server/main.ts": "console.log(import.meta.dirname);",
    });
    const { code, stderr } = await checkout.run(["server"]).ended;
    assert.equal(code, 1);
    assert.match(stderr, /write addresses as new URL/);
  });
});

describe("bin.js", () => {
  const client =
    'const x: string = process.env["NODE_ENV"] ?? ""; console.log(<a>{x}</a>.props.children);';
  const fakeReact = {
    "node_modules/react/package.json": '{ "exports": { "./jsx-runtime": "./jsx.js" } }',
    "node_modules/react/jsx.js": "exports.jsx = (type, props) => ({ type, props });",
  };

  test("sets a checkout up and runs the client from its sources, in production mode", async () => {
    await using checkout = await FakeCheckout.create({ "client/main.tsx": client, ...fakeReact });
    await checkout.borrow("esbuild", "@esbuild");
    const bin = path.join(checkout.dir, "client", "bin.js");
    const { stdout, stderr } = await checkout.node([bin], { cwd: path.dirname(checkout.dir) })
      .ended;
    assert.equal(stdout, "production\n");
    assert.match(stderr, /setup: installing/);
    const chosen = await checkout.node([bin], { env: { NODE_ENV: "development" } }).ended;
    assert.equal(chosen.stdout, "development\n");
  });

  test("runs the server from its sources, with its arguments and exit code", async () => {
    await using checkout = await FakeCheckout.create({ "server/main.ts": tellingServer });
    const bin = path.join(checkout.dir, "server", "bin.js");
    const { code, stdout } = await checkout.node([bin, "--help"]).ended;
    assert.deepEqual(JSON.parse(stdout).args, ["--help"]);
    assert.equal(code, 78);
  });

  test("runs the bundle where it was published with one", async () => {
    await using checkout = await FakeCheckout.create({
      "client/bundle/main.js": 'console.log("bundle", process.env.NODE_ENV);',
      "server/bundle/main.js": 'console.log("bundle");',
    });
    const run = (end: string) => checkout.node([path.join(checkout.dir, end, "bin.js")]).ended;
    assert.equal((await run("client")).stdout, "bundle production\n");
    assert.equal((await run("server")).stdout, "bundle\n");
    assert.deepEqual(checkout.npmCalls(), []);
  });

  test("keeps to syntax that an old Node can read far enough to say what it needs", () => {
    for (const end of ["client", "server"]) {
      const file = path.resolve(import.meta.dirname, "..", "..", end, "bin.js");
      const code = readFileSync(file, "utf8").replace(/\/\/.*$/gm, "");
      assert.doesNotMatch(code, /\?\.|\?\?|^await |from "node:/m, end);
    }
  });
});
