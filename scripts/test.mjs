// What `npm test [-- WORDS OPTIONS]` gives to Node's test runner.
import { readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { PlainError } from "./setup/plain-error.mjs";

const folders = ["protocol", "server", "client", "scripts"];
const testFile = /\.test\.tsx?$/;
// A test that hangs must fail by itself, in CI too; what is run for long on purpose says how long.
const timeoutMs = Math.max(300_000, Number(process.env.TEST_FILE_LIMIT_MS ?? 0));

/**
 * Words choose the test files whose path contains one of them (`npm test -- frame server/storage`);
 * options go to Node as they are (`npm test -- --test-name-pattern=reconnect`).
 */
export function testArguments(root, args) {
  const options = args.filter((arg) => arg.startsWith("-"));
  const words = args.filter((arg) => !arg.startsWith("-"));
  const files = testFiles(root).filter(
    (file) => words.length === 0 || words.some((word) => file.includes(word)),
  );
  // Given no files, Node would go looking for its own idea of tests.
  if (files.length === 0) throw new PlainError(`no test file matches "${words.join(" ")}"`);
  return [
    "--import",
    pathToFileURL(path.join(root, "scripts", "end-hanging-tests.mjs")).href,
    "--enable-source-maps",
    "--test",
    "--test-reporter=spec",
    "--test-concurrency=2",
    `--test-timeout=${timeoutMs}`,
    ...options,
    ...files,
  ];
}

/** Every test file of the checkout, relative to its root and with forward slashes, in order. */
function testFiles(root) {
  return folders
    .flatMap((folder) => filesBelow(root, folder))
    .filter((file) => testFile.test(file))
    .sort();
}

function filesBelow(root, folder) {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const place = `${folder}/${entry.name}`;
    if (entry.isFile()) return [place];
    return entry.isDirectory() && entry.name !== "node_modules" ? filesBelow(root, place) : [];
  });
}
