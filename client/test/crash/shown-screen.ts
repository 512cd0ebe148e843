import { PassThrough, Writable } from "node:stream";
import type { App } from "../../app.ts";
import { systemClock } from "../../clock.ts";
import type { State } from "../../store/state.ts";
import { timeFormat } from "../../text/format-time.ts";
import { conversationBlocks } from "../../views/chat/conversation-blocks.ts";
import { messageShape } from "../../views/chat/message-rows.ts";
import { openScreen } from "../../views/open-screen.tsx";
import { createEmulator } from "../screen-emulator.ts";

const COLUMNS = 100;
const ROWS = 40;

/** The real screen of a client on a terminal that nobody looks at, and what a person would read on it. */
export interface ShownScreen {
  /** Who wrote what, as it stands on the terminal now, from the top. */
  onTerminal(): readonly string[];
  /** The same of the whole conversation that is open, as one reads it who scrolls through it. */
  inList(): readonly string[];
}

const shape = messageShape(COLUMNS, timeFormat("UTC", systemClock.now));

/** @throws Error where the terminal is mistreated, out of the stream's write */
export function showScreen({ store, actions }: App, onDrawn: () => void): ShownScreen {
  const emulator = createEmulator(COLUMNS, ROWS);
  const sink = new Writable({
    decodeStrings: false,
    write(chunk: Buffer | string, _encoding, done) {
      emulator.write(chunk.toString());
      onDrawn();
      done();
    },
  });
  const stream = Object.assign(sink, { isTTY: true, columns: COLUMNS, rows: ROWS });
  const stdout = stream as unknown as NodeJS.WriteStream;
  openScreen({
    store,
    actions,
    about,
    clock: systemClock,
    timeZone: "UTC",
    isColoured: false,
    terminal: { stdin: keyboard(), stdout, stderr: stdout },
  });
  return {
    onTerminal: () => emulator.rows().flatMap(lineOf),
    inList: () => listOf(store.get()),
  };
}

const about = {
  server: "127.0.0.1",
  httpUrl: "http://127.0.0.1",
  transport: "plaintext",
  version: "test",
  initial: "chat",
  canRegister: true,
} as const;

const keyboard = () =>
  Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => {},
    ref: () => {},
    unref: () => {},
  });

/** Out of the same rows that the screen is made of. */
export function listOf({ open, conversations, me, people }: State): readonly string[] {
  const conversation = open === undefined ? undefined : conversations.get(open);
  if (conversation === undefined) return [];
  const blocks = conversationBlocks({
    conversation,
    ownName: me?.username ?? "",
    unreadFrom: undefined,
    chosenSeq: undefined,
    nameOf: (id) => people.get(id)?.username,
    shape,
  });
  return Array.from({ length: blocks.count }, (_, index) => blocks.rowsAt(index))
    .flat()
    .flatMap((row) => lineOf(row.map(({ text }) => text).join("")));
}

/** The head of a message and what follows it on its row, whatever it is. */
function lineOf(row: string): readonly string[] {
  const [, author, text] = /\d\d:\d\d +(\S+) │ (.*)$/.exec(row) ?? [];
  return author === undefined || text === undefined ? [] : [`${author}: ${text.trimEnd()}`];
}
