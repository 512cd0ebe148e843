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

const certificates: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: selfMade("it signs itself"),
  SELF_SIGNED_CERT_IN_CHAIN: selfMade("its chain ends in a self-made authority"),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: selfMade("nobody this machine knows has signed it"),
  UNABLE_TO_GET_ISSUER_CERT: selfMade("nobody this machine knows has signed it"),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: selfMade("nobody this machine knows has signed it"),
  CERT_HAS_EXPIRED: "it has expired. The server's administrator must renew it.",
  CERT_NOT_YET_VALID: "it is not valid yet. Is the clock of this machine right?",
  CERT_REVOKED: "it was revoked. Ask the server's administrator.",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "it was made for another name. Use the name in the certificate as --server.",
};

function selfMade(what: string): string {
  return `${what}. Get the certificate from the server's administrator and give it as --ca FILE (or, for a test only, --insecure).`;
}

/** What Node's network errors mean to a person. */
export function fromNetworkError(cause: unknown, at: string): ConnectionError {
  if (cause instanceof ConnectionError) return cause;
  const code = codeOf(cause);
  const certificate = certificates[code];
  if (certificate !== undefined) {
    return new ConnectionError("certificate", at, { detail: certificate, cause });
  }
  if (code.startsWith("CERT_")) {
    return new ConnectionError("certificate", at, { detail: `${code}.`, cause });
  }
  if (code.startsWith("ERR_SSL_")) return fromTlsError(code, at, cause);
  return new ConnectionError(kinds[code] ?? "lost", at, { cause });
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
