import { setImmediate as turn } from "node:timers/promises";
import { spanOf } from "../../store/conversation.ts";
import type { ConversationKey, State } from "../../store/state.ts";
import { password, testClient } from "../client-fixture.ts";
import { showScreen } from "./shown-screen.ts";

/*
 * A client with its screen as a process of its own, so that it can be killed. It is told what to
 * write, and tells what it shows.
 */

export interface Given {
  readonly tcpPort: number;
  readonly httpUrl: string;
  readonly accountDir: string;
  readonly user: string;
  readonly key: ConversationKey;
}

export type Order =
  | { readonly write: string }
  | { readonly report: number; readonly isWhole: boolean };

export type Word =
  /** It is on this client's disk. */
  | { readonly kept: string }
  /** It hears what it is told from here on. */
  | { readonly ready: true }
  /** It was not taken. */
  | { readonly refused: string }
  | { readonly changed: true }
  | { readonly report: number; readonly shown: Shown };

export interface Shown {
  readonly link: State["link"];
  readonly unsent: number;
  readonly head: number;
  readonly to: number;
  /** Who wrote what, as it stands on the terminal. */
  readonly terminal: readonly string[];
  /** The same of the whole conversation, or of the end of it. */
  readonly list: readonly string[];
  readonly notices: readonly string[];
}

const END = 100;

async function main(given: Given): Promise<void> {
  const { key, user, accountDir } = given;
  const client = await testClient(given, { accountDir, user });
  const { app } = client;
  const say = (word: Word): void => void process.send?.(word);

  const signIn = async (): Promise<void> => {
    await app.actions.signIn({ username: user, password });
    app.actions.openConversation(key);
  };
  let isPlanned = false;
  let isSigningIn = false;
  const changed = (): void => {
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(() => {
      isPlanned = false;
      say({ changed: true });
    });
  };
  app.store.subscribe(() => {
    // A session that was lost with a token on its way is begun again, as a person would.
    if (client.state().link.state === "signed_out" && !isSigningIn) {
      isSigningIn = true;
      void signIn().finally(() => {
        isSigningIn = false;
      });
    }
    changed();
  });
  const screen = showScreen(app, changed);

  const shown = (isWhole: boolean): Shown => {
    const { conversations, link, notices } = client.state();
    const conversation = conversations.get(key);
    const list = screen.inList();
    return {
      link,
      unsent: conversation?.outgoing.length ?? 0,
      head: conversation?.head ?? 0,
      to: (conversation && spanOf(conversation)?.to) ?? 0,
      terminal: screen.onTerminal(),
      list: isWhole ? list : list.slice(-END),
      notices: notices.map(({ text }) => text),
    };
  };

  const obey = async (order: Order): Promise<void> => {
    if ("report" in order) {
      // As somebody does who scrolls up to the beginning.
      while (client.state().conversations.get(key)?.reachedStart === false) {
        const { ok } = await app.actions.loadOlder(key);
        if (!ok) break;
        await turn();
      }
      const now = shown(order.isWhole);
      // What is on screen is on the disk when the turn ends.
      await turn();
      say({ report: order.report, shown: now });
      return;
    }
    const outcome = app.actions.send(key, order.write);
    if (!outcome.ok) {
      say({ refused: outcome.message });
      return;
    }
    await turn();
    say({ kept: order.write });
  };
  if ((await app.start()) === "nobody") await signIn();
  app.actions.openConversation(key);
  // Nobody is left who would kill it.
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
  process.on("message", (order) => void obey(order as Order));
  say({ ready: true });
}

await main(JSON.parse(process.argv[2] ?? "{}") as Given);
