/** What is known about where and how it went wrong, for the words below. */
interface Circumstances {
  /** HOST:PORT, or the address of the HTTP API. */
  readonly at: string;
  readonly detail: string;
}

/**
 * The one table of what can go wrong between here and the server, in words that say what to do.
 * What the server itself answers is a ChatError and stands in the protocol's table.
 */
const texts = {
  refused: ({ at }) =>
    `Nothing is listening at ${at}. Is the server running, and is the address right?`,
  host_not_found: ({ at }) =>
    `The host of ${at} was not found. Check how it is spelled, and your network.`,
  unreachable: ({ at }) => `${at} cannot be reached from here. Check your network.`,
  timed_out: ({ at }) =>
    `${at} did not answer in time. Is the address right, and does a firewall stand in between?`,
  wrong_http_port: ({ at }) =>
    `${at} speaks HTTP, so it is not the chat port (usually 8080). Change --server; the HTTP address goes to --http-url.`,
  wants_tls: ({ at }) =>
    `${at} wants TLS, and this client was told to do without. Give an https:// address as --http-url.`,
  hangs_up: ({ at }) =>
    `${at} takes connections, says nothing, and hangs up when spoken to without TLS. Does it want TLS (then give an https:// address as --http-url), or is it not the chat port (usually 8080)?`,
  without_tls: ({ at }) =>
    `${at} does not speak TLS. If the chat port of that server really is without it, say --noise: then its own encryption is used.`,
  says_nothing: ({ at }) =>
    `${at} takes connections but says nothing. Is it the chat port (usually 8080)?`,
  not_chat: ({ at, detail }) => `${at} is no Lair Chat server: ${detail}.`,
  not_http: ({ at }) =>
    `${at} does not speak HTTP. --http-url wants the HTTP port (usually 8082), not the chat port.`,
  not_chat_http: ({ at, detail }) =>
    `${at} answers HTTP, but not as a Lair Chat server does (${detail}). Check --http-url.`,
  certificate: ({ at, detail }) => `The certificate of ${at} cannot be trusted: ${detail}`,
  unknown_certificate: ({ at, detail }) =>
    `The certificate of ${at} cannot be trusted yet: nobody this machine knows has signed it. Its fingerprint is ${detail}. If the server prints the same one at its start, give it as --trust-fingerprint ${detail}; or get the certificate and give it as --ca FILE.`,
  certificate_changed: ({ at, detail }) =>
    `${at} shows another certificate than the one trusted before, so nothing was sent: somebody may stand in between. ${detail}`,
  other_fingerprint: ({ at, detail }) =>
    `${at} has not the certificate of --trust-fingerprint, so nothing was sent. Its fingerprint is ${detail}.`,
  unknown_noise_key: ({ at, detail }) =>
    `Nobody vouches for the key of ${at}, so nothing was sent. Ask the server's operator for it and give it as --noise-key KEY, or as --trust-fingerprint if this is it: ${detail}. (For a test, --insecure takes it as it is.)`,
  noise_key_changed: ({ at, detail }) =>
    `${at} shows another key than the one trusted before, so nothing was sent: somebody may stand in between. ${detail}`,
  noise_key_differs: ({ at, detail }) =>
    `${at} shows another key than it should have, so nothing was sent: somebody may stand in between. ${detail}`,
  given_key_differs: ({ at, detail }) =>
    `--noise-key is not the key of ${at} that was trusted before. ${detail}`,
  without_noise: ({ at }) =>
    `${at} offers no encryption (it has neither TLS nor the Noise channel), so nothing was sent. It may be older than this client, or somebody in between has taken the offer away. Is it meant to have TLS? Then give an https:// address as --http-url.`,
  noise_failed: ({ at, detail }) =>
    `No secure channel to ${at} could be made, so nothing was sent: ${detail}. Somebody in between may have altered what was said.`,
  tampered: ({ at }) =>
    `The connection to ${at} was closed because what came over it was altered on the way.`,
  pins_unusable: ({ detail }) => detail,
  incompatible: ({ at, detail }) =>
    `The server at ${at} and this client do not fit together: ${detail}.`,
  closed: ({ at, detail }) =>
    detail === "" ? `The server at ${at} closed the connection.` : detail,
  lost: ({ at }) => `The connection to ${at} broke off.`,
  silent: ({ at }) => `The server at ${at} has gone silent.`,
  broken_protocol: ({ at, detail }) =>
    `The connection to ${at} was closed because what came over it made no sense (${detail}).`,
  no_answer: ({ at }) => `The server at ${at} did not answer in time.`,
  too_busy: () => "Too much is waiting for the server's answer already. Try again in a moment.",
  not_connected: () => "There is no connection to the server right now.",
  stopped: () => "The client is closing.",
} as const satisfies Record<string, (where: Circumstances) => string>;

export type ConnectionErrorKind = keyof typeof texts;

export interface ConnectionErrorOptions {
  readonly detail?: string;
  readonly cause?: unknown;
  /** Seconds the server asked to stay away. */
  readonly reconnectAfter?: number | undefined;
}

/** The server is not known to be the right one: time mends nothing, only the person can. */
const distrust: ReadonlySet<ConnectionErrorKind> = new Set<ConnectionErrorKind>([
  "unknown_certificate",
  "certificate_changed",
  "other_fingerprint",
  "unknown_noise_key",
  "noise_key_changed",
  "noise_key_differs",
  "given_key_differs",
  "without_noise",
  "pins_unusable",
]);

export function isDistrust(error: Error): boolean {
  return error instanceof ConnectionError && distrust.has(error.kind);
}

/** Something between here and the server did not work; the message is for the person. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly kind: ConnectionErrorKind;
  readonly at: string;
  readonly detail: string;
  readonly reconnectAfter: number | undefined;

  constructor(kind: ConnectionErrorKind, at: string, options: ConnectionErrorOptions = {}) {
    super(
      texts[kind]({ at, detail: options.detail ?? "" }),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.kind = kind;
    this.at = at;
    this.detail = options.detail ?? "";
    this.reconnectAfter = options.reconnectAfter;
  }
}
