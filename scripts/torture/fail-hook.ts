// For `--import`, with `?point=NAME&hit=N`: kills the whole process at the Nth time that one of its
// threads comes by that point. Each thread runs this file and counts for itself. It imports nothing
// of the server: what looks for the hook looks once, when it is loaded.
const wanted = new URL(import.meta.url).searchParams;
const point = wanted.get("point");
let hits = Number(wanted.get("hit") ?? 1);

Object.defineProperty(globalThis, Symbol.for("lair-chat.fail-point"), {
  value: (name: string) => {
    if (name !== point) return;
    hits -= 1;
    if (hits === 0) process.kill(process.pid, "SIGKILL");
  },
});

export {};
