import { PassThrough, Writable } from "node:stream";
import type { Actions } from "../actions/actions.ts";
import { createStore, type Store } from "../store/create-store.ts";
import { initialState, type State } from "../store/state.ts";
import { openScreen } from "../views/open-screen.tsx";
import type { About } from "../views/screen.ts";
import { manualClock } from "./manual-clock.ts";
import { type Recorded, recordingActions } from "./recording-actions.ts";
import { noon } from "./sample-chat.ts";
import { createEmulator, type ScreenEmulator } from "./screen-emulator.ts";

interface RenderOptions {
  readonly state?: State;
  readonly actions?: Partial<Actions>;
  readonly about?: Partial<About>;
  readonly columns?: number;
  readonly rows?: number;
  readonly isColoured?: boolean;
}

/** The real screen on a terminal of the test's own. */
export interface TestScreen extends AsyncDisposable {
  readonly store: Store<State>;
  readonly terminal: ScreenEmulator;
  readonly recorded: readonly Recorded[];
  /** What was asked for under one name. */
  asked(name: keyof Actions): readonly (readonly unknown[])[];
  /** Sends bytes as a terminal does when keys are pressed. */
  press(bytes: string): void;
  paste(text: string): void;
  resize(columns: number, rows: number): void;
  /** Waits until the screen is as wanted; fails with the screen as it is. */
  until(wanted: (screen: TestScreen) => boolean): Promise<string>;
  /** Waits until the screen shows a text. */
  untilShown(text: string): Promise<string>;
  untilGone(text: string): Promise<string>;
  /** Lets time pass for what waits on the clock. */
  pass(ms: number): void;
  readonly closed: Promise<void>;
  /** Bytes written since the screen was opened. */
  readonly written: number;
}

const LIMIT_MS = 5_000;

const about: About = {
  server: "chat.example",
  httpUrl: "https://chat.example",
  transport: "tls",
  version: "1.2.3",
  initial: "login",
  canRegister: true,
};

export async function renderScreen(options: RenderOptions = {}): Promise<TestScreen> {
  const { columns = 80, rows = 24 } = options;
  const terminal = createEmulator(columns, rows);
  const output = outputTo(terminal, columns, rows);
  const stdin = inputStream();
  const recording = recordingActions(options.actions);
  const clock = manualClock(noon);
  const store = createStore<State>(options.state ?? initialState);
  const screen = openScreen({
    store,
    actions: recording.actions,
    about: { ...about, ...options.about },
    clock,
    timeZone: "UTC",
    isColoured: options.isColoured ?? true,
    terminal: { stdin, stdout: output.stream, stderr: output.stream },
  });
  const until = (isDone: () => boolean) => output.until(isDone);
  recording.onRecorded = output.look;
  const test: TestScreen = {
    store,
    terminal,
    recorded: recording.recorded,
    asked: recording.of,
    press: (bytes) => void stdin.write(bytes),
    paste: (text) => void stdin.write(`\u001B[200~${text}\u001B[201~`),
    resize(newColumns, newRows) {
      terminal.resize(newColumns, newRows);
      output.resize(newColumns, newRows);
    },
    until: (wanted) => until(() => wanted(test)),
    untilShown: (text) => until(() => terminal.text().includes(text)),
    untilGone: (text) => until(() => !terminal.text().includes(text)),
    pass: clock.advance,
    closed: screen.closed,
    get written() {
      return output.written();
    },
    async [Symbol.asyncDispose]() {
      screen[Symbol.dispose]();
      await screen.closed.catch(() => {});
    },
  };
  await test.until(({ terminal: { modes } }) => modes.has("2004"));
  return test;
}

/** Input that can be switched to raw mode, as a terminal's. */
function inputStream() {
  return Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => {},
    ref: () => {},
    unref: () => {},
  });
}

function outputTo(terminal: ScreenEmulator, columns: number, rows: number) {
  const watchers = new Set<() => void>();
  let bytes = 0;
  let failure: unknown;
  const look = () => {
    for (const watcher of watchers) watcher();
  };
  const sink = new Writable({
    decodeStrings: false,
    write(chunk: Buffer | string, _encoding, done) {
      const text = chunk.toString();
      bytes += Buffer.byteLength(text);
      try {
        terminal.write(text);
      } catch (error) {
        failure ??= error;
      }
      look();
      done();
    },
  });
  const stream = Object.assign(sink, { isTTY: true, columns, rows });
  return {
    look,
    stream: stream as unknown as NodeJS.WriteStream,
    written: () => bytes,
    resize(newColumns: number, newRows: number) {
      Object.assign(stream, { columns: newColumns, rows: newRows });
      stream.emit("resize");
    },
    /** Resolves when it is so, looking after every write and action; rejects when the terminal was mistreated. */
    until(isDone: () => boolean): Promise<string> {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const watcher = () => {
        if (failure !== undefined) reject(failure);
        else if (isDone()) resolve(terminal.text());
      };
      const limit = setTimeout(() => {
        reject(new Error(`not so within ${LIMIT_MS} ms:\n${terminal.text()}`));
      }, LIMIT_MS);
      watchers.add(watcher);
      watcher();
      return promise.finally(() => {
        clearTimeout(limit);
        watchers.delete(watcher);
      });
    },
  };
}
