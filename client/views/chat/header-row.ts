import type { Conversation, Link, Me, State } from "../../store/state.ts";
import { type SafeText, safe, safeText } from "../../text/safe-text.ts";
import { displayWidth } from "../../text/width.ts";
import { totalUnread } from "../rooms/conversation-list.ts";
import { isOnline } from "../rooms/sidebar-rows.ts";
import { fillRow, fitRow, type Row, type Span, span, spreadRow } from "../shared/row.ts";

type HeaderState = Pick<State, "link" | "me" | "conversations" | "open" | "people">;

const TITLE_COLUMNS_MIN = 11;
const BETWEEN = safe` · `;

/** Name of the conversation, who can read it, how the connection is, and what waits elsewhere. */
export function headerRow(state: HeaderState, now: number, columns: number): Row {
  const conversation = state.open === undefined ? undefined : state.conversations.get(state.open);
  const title = titleOf(conversation, state);
  const facts = fitFacts(factsOf(state, conversation, now), columns - TITLE_COLUMNS_MIN - 1);
  const row = spreadRow(title, [...facts, bar(safe` `)], columns);
  return fillRow(row.map(inBar), columns, "bar");
}

const bar = (text: SafeText): Span => span(text, "bar");
const inBar = (piece: Span): Span =>
  piece.style === undefined ? { ...piece, style: "bar" } : piece;

function titleOf(conversation: Conversation | undefined, state: HeaderState): Row {
  if (conversation === undefined) {
    return [span(safe` Lair Chat`, "barStrong"), bar(safe`  ${whereOf(state.me)}`)];
  }
  const name = safeText(conversation.title, { maxLength: 200 });
  if (conversation.kind === "dm") {
    const presence = isOnline(conversation.key, state.people) ? safe`online` : safe`offline`;
    return [span(safe` ${name}`, "barStrong"), bar(safe` (${presence})`)];
  }
  const topic = safeText(conversation.description ?? "", { maxLength: 300 });
  const kind = conversation.isPrivate ? safe` (private)` : safe``;
  return [
    span(safe` #${name}`, "barStrong"),
    bar(kind),
    bar(conversation.joined ? safe`` : safe` (left)`),
    bar(topic === "" ? safe`` : safe`  ${topic}`),
  ];
}

const whereOf = (me: Me | undefined): SafeText =>
  me === undefined ? safe`` : safe`${safeText(me.username)} at ${safeText(me.server)}`;

interface Fact {
  readonly text: SafeText;
  /** The least important one gives way first. */
  readonly rank: number;
}

/** Left to right as they are shown. */
function factsOf(state: HeaderState, conversation: Conversation | undefined, now: number): Fact[] {
  const unread = totalUnread(state);
  return [
    ...(unread > 0 ? [{ text: safe`${unread} unread`, rank: 2 }] : []),
    // Said of every conversation, because in this version it is true of every conversation.
    ...(conversation === undefined ? [] : [{ text: safe`server can read`, rank: 3 }]),
    ...(state.me === undefined ? [] : [{ text: transports[state.me.transport], rank: 1 }]),
    { text: linkText(state.link, now), rank: 4 },
  ];
}

/** What the bytes travel in; who can read the messages is said apart from it. */
const transports: Readonly<Record<Me["transport"], SafeText>> = {
  tls: safe`TLS`,
  noise: safe`Noise`,
  plaintext: safe`plaintext`,
};

const SECOND = 1000;

/** How we stand with the server, in words. */
export function linkText(link: Link, now: number): SafeText {
  if (link.state !== "offline") return linkWords[link.state];
  const seconds = Math.max(0, Math.ceil((link.retryAt - now) / SECOND));
  return seconds === 0 ? safe`○ offline, trying…` : safe`○ offline, retry in ${seconds} s`;
}

const linkWords = {
  signed_out: safe`○ signed out`,
  connecting: safe`◌ connecting…`,
  catching_up: safe`◌ catching up…`,
  online: safe`● online`,
} as const;

function fitFacts(facts: readonly Fact[], columns: number): Row {
  let kept = [...facts];
  while (kept.length > 1 && widthOf(kept) > columns) {
    const least = Math.min(...kept.map(({ rank }) => rank));
    kept = kept.filter(({ rank }) => rank !== least);
  }
  const row = kept.flatMap(({ text }, index) =>
    index === 0 ? [bar(text)] : [bar(BETWEEN), bar(text)],
  );
  return fitRow(row, Math.max(1, columns));
}

const widthOf = (facts: readonly Fact[]): number =>
  facts.reduce((sum, { text }) => sum + displayWidth(text) + displayWidth(BETWEEN), 0) -
  displayWidth(BETWEEN);
