// Loaded into every test file's process. Node's own time limit ends a test but not the process: a
// socket or timer that a failed test left behind would keep the whole run waiting for ever.
import { isMainThread } from "node:worker_threads";

const limitMs = Number(process.env.TEST_FILE_LIMIT_MS ?? 400_000); // more than one test may take

if (isMainThread && process.env.NODE_TEST_CONTEXT !== undefined) {
  const timer = setTimeout(() => {
    const alive = [...new Set(process.getActiveResourcesInfo())].join(", ");
    console.error(
      `${process.argv[1]} was still running after ${limitMs} ms; kept alive by ${alive}`,
    );
    process.exit(1);
  }, limitMs);
  timer.unref(); // it must not be what keeps the process
}
