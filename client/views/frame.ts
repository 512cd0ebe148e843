import type { State } from "../store/state.ts";
import type { WindowSize } from "./layout.ts";
import type { Screen } from "./screen.ts";
import type { Caret } from "./shared/field-row.ts";
import type { UiState } from "./ui-state.ts";

/** What one frame is drawn from. */
export interface Frame {
  readonly screen: Screen;
  readonly state: State;
  readonly ui: UiState;
  readonly size: WindowSize;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Where the terminal's own cursor goes; undefined hides it. Called while drawing, once. */
  readonly placeCaret: (caret: Caret | undefined) => void;
}
