import { limits } from "@lair-chat/protocol/limits.ts";
import type { Params, Result } from "@lair-chat/protocol/registry.ts";
import type { Clock } from "../clock.ts";
import { applyResume, type Cursors, foundOf } from "../store/apply-resume.ts";
import { spanOf, targetOf } from "../store/conversation.ts";
import type { Store } from "../store/create-store.ts";
import type { Conversation, ConversationKey, State } from "../store/state.ts";
import type { LogLoader } from "./load-log.ts";
import type { Online } from "./online.ts";

export interface ResumerDeps {
  readonly store: Store<State>;
  readonly online: Online;
  readonly clock: Clock;
  readonly log: LogLoader;
}

/** What came of it beside what is in the state now. */
export interface Resumed {
  /** Our own log does not tell all that happened: the lists it tells the changes of have to be fetched. */
  readonly isLogCut: boolean;
}

// So much behind, it is quicker to begin at the end and page back when somebody looks.
const FAR_BEHIND = 5_000;

/** Asks for everything that came since, by how far we have each log. */
export class Resumer {
  readonly #deps: ResumerDeps;

  constructor(deps: ResumerDeps) {
    this.#deps = deps;
  }

  /** @throws ChatError, ConnectionError */
  async run(): Promise<Resumed> {
    const keys = this.#loaded();
    let isLogCut = false;
    for (let start = 0; start === 0 || start < keys.length; start += limits.resumeCursors) {
      const some = keys.slice(start, start + limits.resumeCursors);
      isLogCut = (await this.#catchUp(some)) || isLogCut;
    }
    return { isLogCut };
  }

  /** Until there is no more behind these. */
  async #catchUp(keys: readonly ConversationKey[]): Promise<boolean> {
    let left = keys;
    let isLogCut = false;
    for (;;) {
      const { store, clock } = this.#deps;
      const before = store.get();
      const cursors = cursorsOf(before, left);
      const reply = await this.#ask(before, cursors);
      store.update((state) => applyResume(state, reply, { cursors, now: clock.now() }));
      isLogCut ||= isCut(before, reply);
      left = await this.#unfinished(reply, cursors);
      const isOwnLeft = (store.get().log?.userSeq ?? 0) < reply.user_head;
      if (left.length === 0 && !isOwnLeft) return isLogCut;
      // A server that says there is more and gives nothing is not asked for ever.
      if (!hasBrought(reply)) return isLogCut;
    }
  }

  async #ask(state: State, cursors: Cursors): Promise<Result<"resume">> {
    const { log, conversations } = state;
    return await this.#deps.online.call("resume", {
      ...(log !== undefined && { log_id: log.id, user_seq: log.userSeq }),
      cursors: [...cursors].map(([key, seq]) => wireCursor(conversations.get(key), key, seq)),
    });
  }

  /** Those to be asked for again; of what is too far behind, the end is fetched instead. */
  async #unfinished(
    reply: Result<"resume">,
    cursors: Cursors,
  ): Promise<readonly ConversationKey[]> {
    const { store, log } = this.#deps;
    const left: ConversationKey[] = [];
    for (const [key, found] of foundOf(reply, store.get())) {
      if (!cursors.has(key) || !("has_more" in found)) continue;
      log.nameDeleters(key, cursors.get(key) ?? 0);
      if (!found.has_more) continue;
      const conversation = store.get().conversations.get(key);
      const to = conversation && spanOf(conversation)?.to;
      if (to === undefined) continue;
      if (found.head - to > FAR_BEHIND) await log.startOver(key);
      else left.push(key);
    }
    return left;
  }

  /** Those of which we have something, what is on screen first. */
  #loaded(): readonly ConversationKey[] {
    const { open, conversations } = this.#deps.store.get();
    return [...conversations.values()]
      .filter((conversation) => conversation.joined && spanOf(conversation) !== undefined)
      .map(({ key }) => key)
      .sort((a, b) => Number(b === open) - Number(a === open));
  }
}

function cursorsOf({ conversations }: State, keys: readonly ConversationKey[]): Cursors {
  const cursors = new Map<ConversationKey, number>();
  for (const key of keys) {
    const conversation = conversations.get(key);
    const span = conversation && spanOf(conversation);
    if (span !== undefined) cursors.set(key, span.to);
  }
  return cursors;
}

function wireCursor(
  conversation: Conversation | undefined,
  key: ConversationKey,
  seq: number,
): Params<"resume">["cursors"][number] {
  const chain = conversation?.chain;
  const isHere = chain !== undefined && chain.seq === seq;
  return { target: targetOf(key), seq, ...(isHere && { chain: chain.value }) };
}

function isCut({ log }: State, reply: Result<"resume">): boolean {
  // Whoever hears of it for the first time asks for the lists in any case.
  if (log === undefined) return false;
  if (reply.user_rewound === true || log.id !== reply.log_id) return true;
  return reply.user_log_starts_at > log.userSeq + 1;
}

function hasBrought({ user_entries, conversations }: Result<"resume">): boolean {
  return (
    user_entries.length > 0 ||
    conversations.some((found) => "entries" in found && found.entries.length > 0)
  );
}
