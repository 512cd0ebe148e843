import type { FastifyInstance, FastifyReply } from "fastify";
import type { ConnectionLog } from "../../connections/connection-log.ts";
import { refuseOtherMethods } from "./routes.ts";

/** Whether requests can be served, and how each thing that takes part in it is. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

export interface HealthDeps {
  readonly version: string;
  readonly checkReady: () => Promise<Readiness>;
  readonly log: Pick<ConnectionLog, "error">;
}

type Answer = (reply: FastifyReply) => object | Promise<object>;

/** What watches the server asks; open to everybody and told nothing but how it is. */
export function addHealthRoutes(app: FastifyInstance, deps: HealthDeps): void {
  const answers: Readonly<Record<string, Answer>> = {
    "/health": () => ({ status: "ok", version: deps.version }),
    "/livez": () => ({ status: "ok" }),
    "/readyz": (reply) => readiness(reply, deps),
    // Lair Chat 1.x's name for it.
    "/ready": (reply) => readiness(reply, deps),
  };
  for (const [url, answer] of Object.entries(answers)) {
    app.route({ method: ["GET", "HEAD"], url, handler: (_request, reply) => answer(reply) });
    refuseOtherMethods(app, url, ["GET", "HEAD"]);
  }
}

async function readiness(reply: FastifyReply, deps: HealthDeps): Promise<Readiness> {
  const found = await checked(deps);
  if (!found.ready) reply.code(503);
  return found;
}

async function checked({ checkReady, log }: HealthDeps): Promise<Readiness> {
  try {
    return await checkReady();
  } catch (error) {
    log.error({ err: error }, "the readiness check itself failed");
    return { ready: false, checks: {} };
  }
}
