import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import { ConnectionError } from "../connection/connection-error.ts";
import { createStore } from "../store/create-store.ts";
import { initialState, type State } from "../store/state.ts";
import { manualClock } from "../test/manual-clock.ts";
import type { LiveSession } from "./live-session.ts";
import type { Sessions } from "./sessions.ts";
import { signOutAction } from "./sign-out.ts";

interface Given {
  /** What the server says to a logout over the link; without it there is no link. */
  readonly overLink?: () => void;
  /** What it says to one over HTTP, by the token. */
  overHttp(token: string): void;
  renew?(): Promise<string>;
}

/** Signs out of a session whose access token is called "old". */
async function signOut({ overLink, overHttp, renew = async () => "new" }: Given) {
  const store = createStore<State>(initialState);
  const asked: string[] = [];
  const session = {
    online: {
      link: overLink === undefined ? undefined : {},
      async call() {
        asked.push("link");
        overLink?.();
      },
    },
    tokens: { current: async () => "old", renew, known: "old" },
    account: { forget: async () => void asked.push("forget") },
  } as unknown as LiveSession;
  const { signOut: act } = signOutAction({
    store,
    clock: manualClock(),
    sessions: { current: session, end: async () => void asked.push("end") } as unknown as Sessions,
    accountApi: {
      async call(_name: string, _params: object, token = "none") {
        asked.push(`http ${token}`);
        overHttp(token);
      },
    } as never,
  });
  await act();
  return { asked, said: store.get().notices.map(({ text }) => text) };
}

const forgotten = ["end", "forget"];
const isStale = (token: string): void => {
  if (token === "old") throw new ChatError("token_expired");
};

test("with a connection the session ends over it", async () => {
  const { asked, said } = await signOut({ overLink: () => {}, overHttp: () => {} });
  assert.deepEqual([asked, said], [["link", ...forgotten], []]);
});

test("a token that has run out is renewed once, so that the session ends on the server too", async () => {
  const { asked, said } = await signOut({ overHttp: isStale });
  assert.deepEqual([asked, said], [["http old", "http new", ...forgotten], []]);
});

test("a connection that breaks just then leaves the other way to the server", async () => {
  const broken = () => {
    throw new ConnectionError("lost", "chat.example");
  };
  const { asked, said } = await signOut({ overLink: broken, overHttp: isStale });
  assert.deepEqual([asked, said], [["link", "http old", "http new", ...forgotten], []]);
});

test("a session that is over already is nothing to complain about", async () => {
  const renew = () => Promise.reject(new ChatError("session_expired"));
  const { asked, said } = await signOut({ overHttp: isStale, renew });
  assert.deepEqual([asked, said], [["http old", ...forgotten], []]);
});

test("a server that is not there is told of, and the session is forgotten here", async () => {
  const { asked, said } = await signOut({
    overHttp: () => {
      throw new ConnectionError("refused", "chat.example");
    },
  });
  assert.deepEqual(asked, ["http old", ...forgotten]);
  assert.match(said[0] ?? "", /signed out here, but the server could not be told/);
});
