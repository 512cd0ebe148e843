import { type Static, type TObject, type TProperties, Type } from "typebox";
import type { ErrorCode } from "./errors.ts";

/**
 * Who may call a command.
 * - `anonymous`: only a connection that has not signed in (over HTTP: anybody)
 * - `anyone`: signed in or not
 * - `session`: a signed-in user
 * - `admin`: a signed-in user whose role in the database is admin
 */
export type Access = "anonymous" | "anyone" | "session" | "admin";

/** Which bucket a call is counted in. */
export type RateClass = "register" | "login" | "refresh" | "api" | "message" | "typing" | "free";

/**
 * How a reply is named: `<name>_response`, a name of its own, or none unless a `request_id` asks for one.
 * A bare one is its result alone, without `request_id` and `success`.
 */
export type Reply = "response" | "silent" | { readonly type: string; readonly isBare?: true };

export interface HttpRoute {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Below `/api/v1`; `:name` is a path parameter. */
  readonly path: string;
  /** Status of success; 200 unless said. */
  readonly status?: number;
  /** What stands in the query string, where it differs from the parameters. */
  readonly query?: TProperties;
  /** Path, query and body values, put together, to the command's parameters. */
  readonly toParams?: (input: Readonly<Record<string, unknown>>) => Record<string, unknown>;
  /** What the response body holds, where `toBody` makes it other than the result. */
  readonly response?: TProperties;
  /** The command's result to the response body. */
  readonly toBody?: (result: Readonly<Record<string, unknown>>) => Record<string, unknown>;
}

export interface CommandSpec<
  P extends TProperties,
  R extends TProperties,
  E extends readonly ErrorCode[],
  A extends Access,
> {
  /** One or two sentences for the protocol's document. */
  readonly about: string;
  readonly access: A;
  readonly rate: RateClass;
  readonly params: P;
  readonly result: R;
  /** Beside the ones every command can answer with (wire, session, limits). */
  readonly errors: E;
  readonly reply?: Reply;
  readonly http?: HttpRoute;
}

export interface Command<
  N extends string = string,
  P extends TProperties = TProperties,
  R extends TProperties = TProperties,
  A extends Access = Access,
> {
  readonly kind: "command";
  readonly name: N;
  readonly about: string;
  readonly access: A;
  readonly rate: RateClass;
  readonly params: TObject<P>;
  readonly result: TObject<R>;
  readonly errors: readonly ErrorCode[];
  readonly reply: Reply;
  readonly http: HttpRoute | undefined;
}

/** Declares a request a client can make: its name on the wire, who may, what goes in and what comes out. */
export function command<
  const N extends string,
  P extends TProperties,
  R extends TProperties,
  const E extends readonly ErrorCode[],
  const A extends Access,
>(name: N, spec: CommandSpec<P, R, E, A>): Command<N, P, R, A> {
  return {
    kind: "command",
    name,
    about: spec.about,
    access: spec.access,
    rate: spec.rate,
    params: Type.Object(spec.params, { additionalProperties: false }),
    result: Type.Object(spec.result),
    errors: spec.errors,
    reply: spec.reply ?? "response",
    http: spec.http,
  };
}

export interface ChatEvent<N extends string = string, P extends TProperties = TProperties> {
  readonly kind: "event";
  readonly name: N;
  readonly about: string;
  /** True when it is an entry of a conversation's log: it carries `seq` and can be read again. */
  readonly logged: boolean;
  /** True when clients of 1.x do not know it: theirs hang up at such a thing, so it is not sent to them. */
  readonly unknownTo1x: boolean;
  readonly payload: TObject<P>;
}

/** Declares something the server says unasked. */
export function event<const N extends string, P extends TProperties>(
  name: N,
  spec: {
    readonly about: string;
    readonly logged: boolean;
    readonly unknownTo1x?: boolean;
    readonly payload: P;
  },
): ChatEvent<N, P> {
  return {
    kind: "event",
    name,
    about: spec.about,
    logged: spec.logged,
    unknownTo1x: spec.unknownTo1x ?? false,
    payload: Type.Object(spec.payload),
  };
}

export type ParamsOf<C> =
  C extends Command<string, infer P, TProperties> ? Static<TObject<P>> : never;
export type ResultOf<C> =
  C extends Command<string, TProperties, infer R> ? Static<TObject<R>> : never;
export type PayloadOf<V> = V extends ChatEvent<string, infer P> ? Static<TObject<P>> : never;
