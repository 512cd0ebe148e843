import type { Command, HttpRoute } from "@lair-chat/protocol/define.ts";
import { ChatError } from "@lair-chat/protocol/errors.ts";
import { type CommandName, commands } from "@lair-chat/protocol/registry.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Dispatch } from "../../commands/dispatch.ts";
import type { Call } from "../../commands/handler.ts";
import { type IsTrusted, requestAddress } from "../client-address.ts";
import { type Caller, type CallerDeps, identifyCaller } from "./caller.ts";
import { readParams } from "./read-request.ts";

export interface RouteDeps extends CallerDeps {
  readonly dispatch: Dispatch;
  /** Proxies of ours, whose word on where a request comes from is taken. */
  readonly isTrusted?: IsTrusted;
}

export interface CommandRoute {
  readonly name: CommandName;
  readonly command: Command;
  readonly http: HttpRoute;
}

/** What all addresses of commands begin with. */
export const prefix = "/api/v1";
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/** Every command that is declared with an address, at that address. */
export function addCommandRoutes(app: FastifyInstance, deps: RouteDeps): void {
  const routes = commandRoutes();
  for (const route of routes) {
    app.route({
      method: route.http.method,
      url: prefix + route.http.path,
      handler: (request, reply) => serve(route, deps, { request, reply }),
    });
  }
  const paths = Map.groupBy(routes, ({ http }) => http.path);
  for (const [path, there] of paths) {
    refuseOtherMethods(
      app,
      prefix + path,
      there.map(({ http }) => http.method),
    );
  }
}

/** Answers all other methods of an address. */
export function refuseOtherMethods(
  app: FastifyInstance,
  url: string,
  allowed: readonly string[],
): void {
  app.route({
    method: methods.filter((method) => !allowed.includes(method)),
    url,
    handler: (_request, reply) => {
      reply.header("allow", allowed.join(", "));
      throw new ChatError("method_not_allowed");
    },
  });
}

/** The commands that are declared with an address. */
export function commandRoutes(): readonly CommandRoute[] {
  return Object.values<Command>(commands).flatMap((command) =>
    command.http === undefined
      ? []
      : [{ name: command.name as CommandName, command, http: command.http }],
  );
}

async function serve(
  { name, command, http }: CommandRoute,
  deps: RouteDeps,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<object> {
  const address = requestAddress(request.raw, deps.isTrusted ?? nobody);
  const { authorization } = request.headers;
  const caller = await identifyCaller(deps, command.access, { address, authorization }).catch(
    (refused: unknown) => {
      addRateHeaders(reply, deps.rateLimits.standing("api", { address, session: undefined }));
      throw refused;
    },
  );
  const params = readParams(http, {
    path: request.params as Record<string, unknown>,
    query: request.query as Record<string, unknown>,
    body: (request.body ?? {}) as Record<string, unknown>,
  });
  try {
    const result = await deps.dispatch(callOf(caller), name, params);
    reply.code(http.status ?? 200);
    return http.toBody === undefined ? result : http.toBody(result as Record<string, unknown>);
  } catch (error) {
    throw betterReason(error, caller);
  } finally {
    addRateHeaders(reply, deps.rateLimits.standing(command.rate, caller));
  }
}

const nobody: IsTrusted = () => false;

function callOf({ address, session }: Caller): Call {
  return {
    session,
    address,
    transport: "http",
    strictness: "lenient",
    signIn: async () => undefined,
    signOut: () => undefined,
  };
}

/** Whoever came with a token that was refused is told why, and not only to sign in. */
function betterReason(error: unknown, { refused }: Caller): unknown {
  const isUnauthorized = error instanceof ChatError && error.code === "unauthorized";
  return isUnauthorized && refused !== undefined ? refused : error;
}

function addRateHeaders(
  reply: FastifyReply,
  standing: ReturnType<RouteDeps["rateLimits"]["standing"]>,
): void {
  if (standing === undefined) return;
  reply.header("x-ratelimit-limit", standing.limit);
  reply.header("x-ratelimit-remaining", standing.remaining);
  reply.header("x-ratelimit-reset", standing.resetSeconds);
}
