import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServerProcess } from "../../server/test/server-process.ts";
import { type App, type AppDeps, createApp, systemDeps } from "../app.ts";
import { parseConfig } from "../config.ts";
import type { Conversation, ConversationKey, State } from "../store/state.ts";

const PATIENCE_MS = 60_000;
export const password = "correct horse battery";

/** A client without a screen. */
export interface TestClient extends AsyncDisposable {
  readonly app: App;
  state(): State;
  conversation(key: ConversationKey): Conversation;
  /** What is written in a conversation, as the person sees it: the log and, below, what is on its way. */
  lines(key: ConversationKey): string[];
  /** Resolves as soon as the state is so; fails with what it is instead. */
  until(what: string, isSo: (state: State) => boolean): Promise<State>;
  online(): Promise<State>;
}

export interface ClientOptions {
  readonly accountDir?: string;
  readonly user?: string;
  /** File with the certificate to trust. */
  readonly ca?: string;
  readonly websocket?: boolean;
  readonly deps?: Partial<AppDeps>;
}

type Where = Pick<ServerProcess, "tcpPort" | "httpUrl">;

/** A client of a real server, in this process, with an account folder of its own unless one is given. */
export async function testClient(where: Where, options: ClientOptions = {}): Promise<TestClient> {
  const { accountDir = await mkdtemp(join(tmpdir(), "lair-client-")), user } = options;
  const { ca, websocket } = options;
  const flags = {
    server: `127.0.0.1:${where.tcpPort}`,
    httpUrl: where.httpUrl,
    accountDir,
    user,
    ca,
    websocket,
  };
  const config = parseConfig(flags, { env: {}, platform: "linux", home: "/", version: "test" });
  // Waiting between tries is tested elsewhere.
  const app = createApp(config, { ...systemDeps, random: () => 0.02, ...options.deps });
  const state = () => app.store.get();
  const client: TestClient = {
    app,
    state,
    conversation(key) {
      const found = state().conversations.get(key);
      if (found === undefined) throw new Error(`there is no conversation ${key}`);
      return found;
    },
    lines(key) {
      const { entries, outgoing } = client.conversation(key);
      const logged = entries.flatMap((entry) =>
        entry.kind === "message" ? [`${entry.author}: ${entry.content}`] : [],
      );
      return [...logged, ...outgoing.map(({ content }) => `(${content})`)];
    },
    until: (what, isSo) => until(app, what, isSo),
    online: () => until(app, "online", ({ link }) => link.state === "online"),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      if (options.accountDir === undefined) await rm(accountDir, { recursive: true, force: true });
    },
  };
  return client;
}

function until(app: App, what: string, isSo: (state: State) => boolean): Promise<State> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const state = app.store.get();
      if (!isSo(state)) return;
      stop();
      resolve(state);
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`never came to be: ${what}\n${described(app.store.get())}`));
    }, PATIENCE_MS);
    const unsubscribe = app.store.subscribe(look);
    const stop = (): void => {
      clearTimeout(timer);
      unsubscribe();
    };
    look();
  });
}

function described(state: State): string {
  const conversations = [...state.conversations.values()].map(
    ({ title, head, readSeq, entries, outgoing, history }) =>
      JSON.stringify({
        title,
        head,
        readSeq,
        seqs: entries.map(({ seq }) => seq),
        outgoing,
        history,
      }),
  );
  return [JSON.stringify(state.link), JSON.stringify(state.notices), ...conversations].join("\n");
}

/** A client whose account was made just now, online. */
export async function registered(
  where: Where,
  username: string,
  options: ClientOptions = {},
): Promise<TestClient> {
  const client = await testClient(where, options);
  const account = { username, password, email: "", setupToken: "" };
  const outcome = await client.app.actions.register(account);
  if (!outcome.ok) throw new Error(outcome.message);
  await client.online();
  return client;
}
