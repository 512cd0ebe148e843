import { Type } from "typebox";
import { command, event } from "../define.ts";
import { limits } from "../limits.ts";
import { Chain, MessageTarget, nullable, Seq, UserSeq } from "./shapes.ts";

const LogId = Type.String({
  maxLength: 64,
  description: "Which history this is: another one after the server was restored from a backup",
});

const Cursor = Type.Object(
  {
    target: MessageTarget,
    seq: Seq,
    chain: Type.Optional(nullable(Chain)),
  },
  {
    additionalProperties: false,
    description: "How far you have a conversation: its newest entry you have, and that one's chain",
  },
);

/** What stands behind a cursor. */
const Caught = Type.Object({
  target: MessageTarget,
  entries: Type.Array(
    Type.Object({ type: Type.String(), seq: Seq }, { description: "As get_log gives them" }),
  ),
  head: Seq,
  chain: nullable(Chain),
  has_more: Type.Boolean({ description: "Whether there are entries behind these: ask again" }),
  history_starts_at: Type.Optional(
    Type.Integer({ minimum: 1, description: "The first seq that you may read" }),
  ),
  rewound: Type.Optional(
    Type.Literal(true, {
      description:
        "What you have is not what is here. Forget it and begin at 0; no entries are given",
    }),
  ),
});

const Gone = Type.Object({
  target: MessageTarget,
  gone: Type.Literal(true, { description: "It is not there any more, or not for you" }),
});

export const resume = command("resume", {
  about:
    "Everything that you missed, behind the cursors you have: of many conversations and of your own log, in bounded pages. Ask again with moved cursors while has_more. Conversations that no cursor names are listed with their heads and no entries, by pages. You hear what is pushed since you signed in, so that nothing lies between that and this; what is in both has the same seq.",
  access: "session",
  rate: "api",
  params: {
    log_id: Type.Optional(nullable(LogId)),
    cursors: Type.Array(Cursor, { maxItems: limits.resumeCursors }),
    after: Type.Optional(
      Type.String({ maxLength: 64, description: "The next of the reply before: goes on listing" }),
    ),
    user_seq: Type.Optional(UserSeq),
  },
  result: {
    log_id: LogId,
    rewound: Type.Boolean({
      description:
        "This is another history than the one you know, or an older state of it: offer again what was acknowledged to you",
    }),
    conversations: Type.Array(Type.Union([Caught, Gone])),
    next: nullable(
      Type.String({
        description: "Conversations nobody named are left: ask again with it as after",
      }),
    ),
    user_entries: Type.Array(
      Type.Object(
        { type: Type.String(), user_seq: UserSeq },
        {
          description: "What is in your own log behind user_seq, as the events they are pushed as",
        },
      ),
    ),
    user_head: UserSeq,
    user_log_starts_at: Type.Integer({
      minimum: 1,
      description:
        "The oldest user_seq there is. Larger than the one behind yours: fetch the lists instead",
    }),
    user_rewound: Type.Optional(
      Type.Literal(true, {
        description: "Your own log does not go as far as you have it: fetch the lists instead",
      }),
    ),
    has_more: Type.Boolean({ description: "Whether anything is left to ask for" }),
  },
  errors: [],
});

export const heads = event("heads", {
  about:
    "Where the logs of those of your conversations end that changed since you were told last. Only with the feature heads. What is behind the head here was lost on its way: resume.",
  logged: false,
  unknownTo1x: true,
  payload: {
    log_id: LogId,
    heads: Type.Array(Type.Object({ target: MessageTarget, seq: Seq, chain: nullable(Chain) })),
    user_seq: Type.Optional(UserSeq),
  },
});

export const resync = event("resync", {
  about:
    "You did not read, so that events were left out for a while. From here on they come again: resume with your cursors. Only with the feature resume.",
  logged: false,
  unknownTo1x: true,
  payload: {},
});
