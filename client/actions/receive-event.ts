import { type AnyEvent, events, type LoggedEvent } from "@lair-chat/protocol/registry.ts";
import type { Clock } from "../clock.ts";
import { isBehind, userSeqOf } from "../store/apply-delivery.ts";
import { applyEvent } from "../store/apply-event.ts";
import type { Store } from "../store/create-store.ts";
import { conversationOf } from "../store/log-conversation.ts";
import type { State } from "../store/state.ts";
import { nextTypingExpiry, withoutExpiredTyping } from "../store/typing.ts";
import type { CatchUp } from "./catch-up.ts";
import type { LogLoader } from "./load-log.ts";

export interface ReceiveDeps {
  readonly store: Store<State>;
  readonly clock: Clock;
  readonly log: LogLoader;
  readonly catchUp: CatchUp;
}

/** Takes what the server says into the state, and fetches what it shows to be missing. */
export class Receiver {
  readonly #deps: ReceiveDeps;
  #cancel: () => void = () => undefined;
  #isWatching = false;

  constructor(deps: ReceiveDeps) {
    this.#deps = deps;
  }

  receive(event: AnyEvent): void {
    const { store, clock } = this.#deps;
    const before = store.get();
    store.update((state) => applyEvent(state, event, clock.now()));
    if (event.type === "user_typing") this.#watchTyping();
    if (event.type === "message_deleted") this.#deps.log.nameDeleter(event.deleted_by);
    if (isLoss(event, before)) this.#deps.catchUp.lost();
    if (isCatchUpDue(event, before)) void this.#deps.catchUp.run();
    this.#fetchMissing(event, before);
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }

  #fetchMissing(event: AnyEvent, before: State): void {
    if (!isLogged(event) || before.me === undefined) return;
    const { log, catchUp } = this.#deps;
    const key = conversationOf(event, before);
    if (key === undefined) return;
    const wasJoined = before.conversations.get(key)?.joined === true;
    const isOurJoin = event.type === "user_joined_room" && event.user.id === before.me.id;
    // New to us: its name and whatever else is not in the event is in the list.
    if (!wasJoined && !isLoss(event, before)) void catchUp.run();
    else if (isOurJoin) void catchUp.run();
    void log.catchUp(key);
  }

  /** Forgets those whose writing has gone on without a message. */
  #watchTyping(): void {
    if (this.#isWatching) return;
    const { store, clock } = this.#deps;
    const next = nextTypingExpiry(store.get());
    if (next === undefined) return;
    this.#isWatching = true;
    this.#cancel = clock.after(Math.max(0, next - clock.now()) + 1, () => {
      this.#isWatching = false;
      store.update((state) => withoutExpiredTyping(state, clock.now()));
      this.#watchTyping();
    });
  }
}

/** Whether something was left out that no log of a conversation shows to be missing. */
function isCatchUpDue(event: AnyEvent, before: State): boolean {
  if (event.type === "resync") return true;
  if (event.type === "heads") return isBehind(before, event);
  const userSeq = userSeqOf(event);
  return userSeq !== undefined && before.log !== undefined && userSeq > before.log.userSeq + 1;
}

/** Whether we are out of a room by it. */
function isLoss(event: AnyEvent, { me }: State): boolean {
  if (event.type === "room_deleted") return true;
  return event.type === "user_left_room" && event.user_id === me?.id;
}

const isLogged = (event: AnyEvent): event is LoggedEvent => events[event.type].logged;
