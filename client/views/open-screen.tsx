import { type RenderOptions, render } from "ink";
import type { Actions } from "../actions/actions.ts";
import type { Clock } from "../clock.ts";
import { createStore, type Store } from "../store/create-store.ts";
import type { State } from "../store/state.ts";
import { timeFormat } from "../text/format-time.ts";
import { AppView, CrashBoundary } from "./app-view.tsx";
import type { WindowSize } from "./layout.ts";
import { paceStore } from "./paced-store.ts";
import type { About, Screen } from "./screen.ts";
import { ThemeContext } from "./shared/rows-view.tsx";
import { type KeySource, terminalInput } from "./terminal-input.ts";
import { themeFor } from "./theme.ts";
import { initialUiState, type UiState } from "./ui-state.ts";
import { watchStore } from "./watch-store.ts";

/** Where the screen is drawn and its keys come from. */
export interface Terminal {
  readonly stdin: KeySource;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WritableStream;
}

export interface ScreenOptions {
  readonly store: Store<State>;
  readonly actions: Actions;
  readonly about: About;
  readonly clock: Clock;
  /** IANA name of the zone that times are shown in. */
  readonly timeZone: string;
  /** False for `NO_COLOR` and monochrome terminals. */
  readonly isColoured: boolean;
  readonly terminal: Terminal;
}

/** A screen that is up, until closed. */
export interface OpenScreen extends Disposable {
  /** Resolves when somebody quits, rejects when drawing fails; the terminal is restored by then. */
  readonly closed: Promise<void>;
}

/** Frames that what others do may cost: 20 a second. */
const STORE_INTERVAL_MS = 50;
/** A key is shown within 1/60 s of the last frame. */
const FRAMES_PER_SECOND = 60;

const renderOptions = {
  interactive: true,
  alternateScreen: true,
  incrementalRendering: true,
  maxFps: FRAMES_PER_SECOND,
  kittyKeyboard: { mode: "auto" },
  exitOnCtrlC: false,
  // Ink would write what libraries log into the frame, as it is.
  patchConsole: false,
} as const satisfies RenderOptions;

const CLEAR_SCREEN = "\u001B[2J\u001B[H";

const sizeOf = ({ columns, rows }: NodeJS.WriteStream): WindowSize => ({
  // Some terminals (a serial line) have no size to tell.
  columns: columns > 0 ? columns : 80,
  rows: rows > 0 ? rows : 24,
});

/** Takes the terminal over and shows the application on its other screen. */
export function openScreen(options: ScreenOptions): OpenScreen {
  const { actions, about, clock, terminal } = options;
  const ui = createStore<UiState>(initialUiState(about.user));
  const unwatch = watchStore(options.store, ui);
  const store = paceStore(options.store, STORE_INTERVAL_MS);
  const size = createStore(sizeOf(terminal.stdout));
  const resized = () => {
    size.update(() => sizeOf(terminal.stdout));
    // Does what is due at once. Ink draws next, and that frame must be for the new window already.
    instance.rerender(tree);
  };
  const stdin = terminalInput(terminal.stdin);
  let crash: unknown;

  const screen: Screen = {
    store,
    ui,
    size,
    actions,
    about,
    clock,
    time: timeFormat(options.timeZone, clock.now),
    redraw() {
      instance.clear();
      terminal.stdout.write(CLEAR_SCREEN);
      // Ink draws everything again when the window changes its size.
      terminal.stdout.emit("resize");
    },
    quit: () => instance.unmount(),
  };
  const tree = (
    <CrashBoundary
      onCrash={(error) => {
        crash = error;
        instance.unmount();
      }}
    >
      <ThemeContext value={themeFor(options.isColoured)}>
        <AppView screen={screen} />
      </ThemeContext>
    </CrashBoundary>
  );
  const instance = render(tree, {
    ...renderOptions,
    stdin,
    stdout: terminal.stdout,
    stderr: terminal.stderr,
  });
  terminal.stdout.prependListener("resize", resized);
  const release = () => {
    stdin[Symbol.dispose]();
    terminal.stdout.off("resize", resized);
    unwatch();
    store[Symbol.dispose]();
  };
  return {
    closed: instance.waitUntilExit().then(
      () => {
        release();
        if (crash !== undefined) throw crash;
      },
      (error: unknown) => {
        release();
        throw error;
      },
    ),
    [Symbol.dispose]: () => instance.unmount(),
  };
}
