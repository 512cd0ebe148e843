import { useCursor, useInput, usePaste } from "ink";
import { Component, type ReactNode } from "react";
import { useStore } from "../store/use-store.ts";
import { ChatView } from "./chat/chat-view.tsx";
import { DialogView } from "./dialogs/dialog-view.tsx";
import type { Frame } from "./frame.ts";
import { isTooSmall } from "./layout.ts";
import { LoginView } from "./login/login-view.tsx";
import { pasteText, pressKeys, scopeOf } from "./press-keys.ts";
import type { Screen } from "./screen.ts";
import { TooSmallView } from "./shared/too-small-view.tsx";
import { useFading } from "./use-fading.ts";
import { useNow } from "./use-now.ts";

const whole = <State,>(state: State): State => state;

/** The whole screen: reads the keys and shows the part that has them. */
export function AppView({ screen }: { readonly screen: Screen }): ReactNode {
  const size = useStore(screen.size, whole);
  const state = useStore(screen.store, whole);
  const ui = useStore(screen.ui, whole);
  const now = useNow(screen.clock, state);
  const { setCursorPosition: placeCaret } = useCursor();
  useFading(screen, state, ui);
  useInput((input, key) => {
    pressKeys(screen, size, { input, key });
    // What a person did is shown at once; only what others do may wait.
    screen.store.flush();
  });
  usePaste((text) => {
    pasteText(screen, size, text);
    screen.store.flush();
  });
  const frame: Frame = { screen, state, ui, size, now, placeCaret };
  if (isTooSmall(size)) return <TooSmallView {...frame} />;
  const scope = scopeOf(screen);
  if (scope === "dialog") return <DialogView {...frame} />;
  return scope === "login" ? <LoginView {...frame} /> : <ChatView {...frame} />;
}

interface CrashBoundaryProps {
  readonly onCrash: (error: unknown) => void;
  readonly children: ReactNode;
}

/** Ends the screen when drawing fails. Ink's own boundary would print the raw message. */
export class CrashBoundary extends Component<CrashBoundaryProps, { hasCrashed: boolean }> {
  override state = { hasCrashed: false };

  static getDerivedStateFromError(): { hasCrashed: boolean } {
    return { hasCrashed: true };
  }

  override componentDidCatch(error: unknown): void {
    this.props.onCrash(error);
  }

  override render(): ReactNode {
    return this.state.hasCrashed ? null : this.props.children;
  }
}
