import { isatty } from "node:tty";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
const parentCheckMs = 200;

/**
 * Resolves with `{ code, signal }` when the child has ended. Until then signals meant for this
 * process are handed on, and the child alone decides when to go. `isAlwaysTold` is for a child to
 * which hearing a signal twice means no more than hearing it once.
 */
export function waitFor(child, { isAlwaysTold = false } = {}) {
  const handOn = (signal) => {
    // A terminal sends these to the whole foreground group: the child has it already, and a
    // second Ctrl-C means "at once" to many programs.
    const isOfGroup = signal !== "SIGTERM" && !isAlwaysTold;
    if (isOfGroup && [0, 1, 2].some((fd) => isatty(fd))) return;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, handOn);
  const stopWatching = onParentGone(() => child.kill("SIGTERM"));
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  return ended.finally(() => {
    stopWatching();
    for (const signal of signals) process.off(signal, handOn);
  });
}

/**
 * npm hands a SIGTERM only to the shell it put in between, and that dies without a word to us:
 * `kill` of `npm start` would leave the server running. So under npm the parent is watched. Started
 * in any other way it is not, for then outliving the shell may be just what is wanted (nohup).
 */
function onParentGone(act) {
  if (process.env.npm_lifecycle_event === undefined) return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, parentCheckMs);
  timer.unref();
  return () => clearInterval(timer);
}
