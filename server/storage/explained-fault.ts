import { sqliteFault } from "./sqlite-errors.ts";
import { restoreAdvice, StorageError } from "./storage-error.ts";

/** The driver's errors in the words of whoever runs the server. */
export function explainedFault(file: string, cause: unknown): unknown {
  if (cause instanceof StorageError) return cause;
  const fault = sqliteFault(cause);
  if (fault === "corrupt") {
    return new StorageError(`${file} is damaged. It was left as it is. ${restoreAdvice}`, {
      cause,
    });
  }
  if (fault === "full") {
    return new StorageError(`There is no space to open ${file}.`, { cause });
  }
  if (fault === "unwritten") {
    return new StorageError(`${file} cannot be written: no quota is left, or the disk fails.`, {
      cause,
    });
  }
  if (fault === "busy") {
    return new StorageError(`${file} is in use by another program.`, { cause });
  }
  return cause;
}
