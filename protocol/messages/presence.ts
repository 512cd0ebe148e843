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
  about: "Somebody you share a conversation with has connected.",
  logged: false,
  payload: who,
});

export const userOffline = event("user_offline", {
  about: "The last connection of somebody you share a conversation with is gone.",
  logged: false,
  payload: who,
});
