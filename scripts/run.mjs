// node scripts/run.mjs TASK [arguments]: what all npm scripts of this checkout go through.
// One launcher and no npm pre-scripts: `ignore-scripts=true` in a user's npmrc switches those off, and
// a shell that has run `node` once keeps to that one after the set-up has brought another.
// Kept to the syntax of Node 12, so that an old one gets a sentence instead of a stack trace.
const [major, minor] = process.versions.node.split(".").map(Number);
const [task = "", ...args] = process.argv.slice(2);

async function start() {
  const { launch } = await import("./launch.mjs");
  await launch(task, args[0] === "--" ? args.slice(1) : args);
}

if (major > 20 || (major === 20 && minor >= 11)) {
  start().catch(function fail(error) {
    console.error(error);
    process.exit(1);
  });
} else {
  console.error(`Node.js 20.11 or newer is needed to start with; this is ${process.version}.`);
  process.exit(1);
}
