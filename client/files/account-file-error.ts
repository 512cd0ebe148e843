/** A file of ours cannot be used; the message names it and says what to do. */
export class AccountFileError extends Error {
  override readonly name = "AccountFileError";
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of the path is not a directory",
  EISDIR: "it is a directory",
  ENAMETOOLONG: "the path is too long",
};

/** What the system's error means: `what` is what was tried. */
export function fromFileError(cause: unknown, what: string, path: string): AccountFileError {
  const code = codeOf(cause);
  const reason = reasons[code] ?? (code === "" ? "unexpected error" : code);
  return new AccountFileError(
    `${what} ${path} is not possible: ${reason}. Another place can be given with --account-dir.`,
    { cause },
  );
}

/** The system's name for an error, or "". */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}
