import assert from "node:assert/strict";
import type { Command } from "@lair-chat/protocol/define.ts";
import {
  type CommandName,
  commands,
  type Params,
  type Result,
} from "@lair-chat/protocol/registry.ts";
import { Type } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import type { Caller, RawParams, Transport } from "../rights/transports.ts";
import type { ServerProcess } from "../server-process.ts";

/** Somebody of a story, who asks over one transport. */
export interface Actor {
  /** @throws when it is refused, or the answer is not as declared */
  call<N extends CommandName>(name: N, params: Params<N>): Promise<Result<N>>;
  close(): Promise<void>;
}

/** What was done over a transport so far, by the commands' names. */
export type Done = Set<CommandName>;

const validators = new Map<string, Validator>();

function validatorOf(transport: Transport, name: CommandName): Validator {
  const key = `${transport.name} ${name}`;
  const known = validators.get(key);
  if (known !== undefined) return known;
  const { http, result }: Command = commands[name];
  const isOther = transport.name === "HTTP" && http?.response !== undefined;
  const made = Compile(isOther ? Type.Object(http.response ?? {}) : result) as Validator;
  validators.set(key, made);
  return made;
}

/** One who asks over this transport, with a token or without; what was answered is noted in `done`. */
export async function actor(
  transport: Transport,
  server: ServerProcess,
  { token, done }: { readonly token?: string; readonly done: Done },
): Promise<Actor> {
  const caller: Caller = await transport.open(server, token);
  return {
    async call(name, params) {
      const { outcome, body, raw } = await caller.ask(name, params as RawParams);
      assert.equal(outcome, "yes", `${name} over ${transport.name}: ${raw}`);
      const problems = [...validatorOf(transport, name).Errors(body)];
      assert.deepEqual(problems, [], `${name} over ${transport.name}: ${raw}`);
      done.add(name);
      return body as never;
    },
    close: () => caller.close(),
  };
}
