import type { Notice, State } from "./state.ts";

const NOTICES = 50;

/** The state with something to tell the person; what stands there last is not said twice. */
export function withNotice(state: State, notice: Omit<Notice, "id">): State {
  const last = state.notices.at(-1);
  if (last?.text === notice.text && last.severity === notice.severity) return state;
  const id = (last?.id ?? 0) + 1;
  return { ...state, notices: [...state.notices, { ...notice, id }].slice(-NOTICES) };
}

export function withoutNotice(state: State, id: number): State {
  return { ...state, notices: state.notices.filter((notice) => notice.id !== id) };
}
