#!/usr/bin/env node
// What `npx lair-chat-client` runs, with whatever Node the machine has. Kept to the syntax of Node 12,
// so that an old one gets a sentence to act on instead of a stack trace.
import { existsSync, realpathSync } from "fs";
import { dirname, join } from "path";
import { fileURLToPath, pathToFileURL } from "url";

const here = dirname(realpathSync(fileURLToPath(import.meta.url)));
const published = join(here, "bundle", "main.js");
const launcher = join(here, "..", "scripts", "launch.mjs");

// In a checkout the launcher installs what is missing and brings its own Node, so an older one will do.
const start = existsSync(published)
  ? { oldest: [22, 12], run: runPublished }
  : { oldest: [20, 11], run: runCheckout };

if (isAtLeast(start.oldest)) {
  start.run().catch(function fail(error) {
    console.error(error);
    process.exit(1);
  });
} else {
  const oldest = start.oldest.join(".");
  console.error(`lair-chat-client needs Node.js ${oldest} or newer; this is ${process.version}.`);
  process.exit(1);
}

function isAtLeast(oldest) {
  const parts = process.versions.node.split(".").map(Number);
  return parts[0] > oldest[0] || (parts[0] === oldest[0] && parts[1] >= oldest[1]);
}

async function runPublished() {
  if (!process.env.NODE_ENV) process.env.NODE_ENV = "production"; // React's development build is slow
  const { enableCompileCache } = await import("node:module");
  enableCompileCache();
  await import(pathToFileURL(published).href);
}

async function runCheckout() {
  const { launch } = await import(pathToFileURL(launcher).href);
  await launch("client", process.argv.slice(2));
}
