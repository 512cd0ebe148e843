import type { Handler } from "../../commands/handler.ts";
import type { AdminDeps } from "./admin-deps.ts";

type Deps = Pick<AdminDeps, "bus" | "log">;

export function createSendServerNotice({ bus, log }: Deps): Handler<"send_server_notice"> {
  return ({ session }, { message, severity = "info" }) => {
    const receivers = bus.toEveryone({ type: "server_notice", message, severity });
    log.info({ actorId: session.userId }, "audit: a notice was sent to everybody");
    return { receivers };
  };
}
