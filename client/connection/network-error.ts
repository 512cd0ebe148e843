import { ConnectionError, type ConnectionErrorKind } from "./connection-error.ts";

const kinds: Readonly<Record<string, ConnectionErrorKind>> = {
  ECONNREFUSED: "refused",
  ENOTFOUND: "host_not_found",
  EAI_AGAIN: "host_not_found",
  EAI_FAIL: "host_not_found",
  EAI_NODATA: "host_not_found",
  EAI_NONAME: "host_not_found",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  EHOSTDOWN: "unreachable",
  ENETDOWN: "unreachable",
  EACCES: "unreachable",
  EPERM: "unreachable",
  ETIMEDOUT: "timed_out",
  ECONNRESET: "lost",
  EPIPE: "lost",
  ECONNABORTED: "lost",
  EPROTO: "without_tls",
};

/** Nothing is wrong with these but that nobody this machine knows has signed them. */
const selfMade: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);

const certificates: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "it has expired. The server's administrator must renew it.",
  CERT_NOT_YET_VALID: "it is not valid yet. Is the clock of this machine right?",
  CERT_REVOKED: "it was revoked. Ask the server's administrator.",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "it was made for another name. Use the name in the certificate as --server.",
};

/** Whether a person may trust such a certificate by its fingerprint. */
export function isSelfMade(trouble: string | undefined): boolean {
  return trouble !== undefined && selfMade.has(trouble);
}

/** What is wrong with a certificate, by the system's name for it. */
export function certificateTrouble(trouble: string, at: string): ConnectionError {
  const detail = certificates[trouble] ?? `${trouble}.`;
  return new ConnectionError("certificate", at, { detail });
}

/** What Node's network errors mean to a person. */
export function fromNetworkError(cause: unknown, at: string): ConnectionError {
  if (cause instanceof ConnectionError) return cause;
  const code = codeOf(cause);
  if (code.startsWith("ERR_SSL_")) return fromTlsError(code, at, cause);
  return new ConnectionError(kinds[code] ?? "lost", at, { cause });
}

/** The same for what is spoken over HTTP, where the other side may speak something else. */
export function fromHttpError(cause: unknown, at: string): ConnectionError {
  if (codeOf(cause).startsWith("HPE_")) return new ConnectionError("not_http", at, { cause });
  return fromNetworkError(cause, at);
}

/** OpenSSL's complaints: nearly always that the other side does not speak TLS, or an old one. */
function fromTlsError(code: string, at: string, cause: unknown): ConnectionError {
  if (code === "ERR_SSL_UNSUPPORTED_PROTOCOL" || code.includes("ALERT_PROTOCOL_VERSION")) {
    return new ConnectionError("incompatible", at, { detail: "it has no TLS 1.3", cause });
  }
  return new ConnectionError("without_tls", at, { cause });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  // Several addresses were tried, and each failed in its way: the first one speaks for all.
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
