import { createStore } from "../store/create-store.ts";
import type { State } from "../store/state.ts";
import { runScreen } from "../views/run-screen.tsx";
import { recordingActions } from "./recording-actions.ts";
import { chatState, conversation, general, messages } from "./sample-chat.ts";

// A program for tests in a real terminal: the screen with a room on it, named after the process.
// Its argument says what goes wrong once `/rooms` is asked for.
const faults: Readonly<Record<string, () => void>> = {
  throw: () => {
    queueMicrotask(() => {
      throw new Error("thrown \u001B]0;owned\u0007 on purpose");
    });
  },
  reject: () => void Promise.reject(new Error("rejected on purpose")),
  draw: () => store.update((state) => ({ ...state, conversations: undefined as never })),
  log: () => console.log("logged \u001B]0;owned\u0007 on purpose"),
};

const [, , fault = ""] = process.argv;
const room = conversation(general, `pid-${process.pid}`, { entries: messages(1, 50) });
const store = createStore<State>(chatState([room]));
const { actions } = recordingActions({
  async searchRooms() {
    faults[fault]?.();
    return { ok: true, value: undefined };
  },
});

const reason = await runScreen({
  store,
  actions,
  about: {
    server: "chat.example",
    httpUrl: "https://chat.example",
    transport: "tls",
    version: "1.2.3",
    initial: "chat",
    canRegister: false,
  },
});
process.stdout.write(`reason ${reason.kind}\n`);
process.exit(reason.exitCode);
