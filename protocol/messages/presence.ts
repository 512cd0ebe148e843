import { Type } from "typebox";
import { command, event } from "../define.ts";
import { UserIdSchema } from "../ids.ts";
import { MessageTarget } from "./shapes.ts";

export const typing = command("typing", {
  about:
    "You are writing. Not stored and not answered; one in three seconds per conversation goes out.",
  access: "session",
  rate: "typing",
  reply: "silent",
  params: { target: MessageTarget },
  result: {},
  errors: ["room_not_found", "not_room_member", "user_not_found"],
});

export const userTyping = event("user_typing", {
  about:
    "Somebody is writing in a conversation you share. In a direct one `target.recipient` is you.",
  logged: false,
  payload: { user_id: UserIdSchema, target: MessageTarget },
});

const who = { user_id: UserIdSchema, username: Type.String() };

export const userOnline = event("user_online", {
  about:
    "Somebody you share a conversation with has connected. Told at once after a quiet moment; else together with others, after a pause of 0.1 s (up to 2 s where very many are told). Who was here or away only within such a pause is mostly not told. Requests are answered with what is so now.",
  logged: false,
  payload: who,
});

export const userOffline = event("user_offline", {
  about:
    "The last connection of somebody you share a conversation with is gone. Comes as soon as `user_online` would.",
  logged: false,
  payload: who,
});
