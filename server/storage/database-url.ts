import { StorageError } from "./storage-error.ts";

/** Where the database is, as `LAIR_DATABASE_URL` says it. */
export interface DatabaseLocation {
  readonly kind: "sqlite";
  /** Path of the file, as written. */
  readonly file: string;
  /** Whether the file is made when it is missing (`mode=rwc`) or must be there (`mode=rw`). */
  readonly create: boolean;
}

const form = "sqlite:lair-chat.db?mode=rwc";

/**
 * Reads `sqlite:path`, `sqlite://path` and their `?mode=rw` or `?mode=rwc`.
 * @throws StorageError saying what was expected
 */
export function parseDatabaseUrl(url: string): DatabaseLocation {
  const [, scheme, rest = ""] = /^([a-z]+):(.*)$/s.exec(url) ?? [];
  if (scheme === "postgres" || scheme === "postgresql") {
    throw new StorageError(`Postgres is not yet supported; give a file, like ${form}.`);
  }
  if (scheme !== "sqlite") throw new StorageError(`Expected a database URL like ${form}.`);
  const mark = rest.indexOf("?");
  const place = mark === -1 ? rest : rest.slice(0, mark);
  return {
    kind: "sqlite",
    file: filePath(place),
    create: createsFile(mark === -1 ? "" : rest.slice(mark + 1)),
  };
}

/** As in Lair Chat, what stands behind `sqlite://` is a path and not a host. */
function filePath(place: string): string {
  const written = place.startsWith("//") ? place.slice(2) : place;
  const path = decoded(written);
  if (path === "" || path.includes("\0")) {
    throw new StorageError(`The database URL names no file; expected one like ${form}.`);
  }
  if (path.includes(":memory:")) {
    throw new StorageError(
      `A database in memory forgets every message when the server ends; give a file, like ${form}.`,
    );
  }
  return path;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new StorageError("The database URL has a % that is followed by no two hex digits.", {
      cause,
    });
  }
}

function createsFile(query: string): boolean {
  const parameters = [...new URLSearchParams(query)];
  const unknown = parameters.find(([key]) => key !== "mode");
  if (unknown !== undefined) {
    throw new StorageError(
      `The database URL has "${unknown[0]}", which is unknown; only mode is read.`,
    );
  }
  const modes = parameters.map(([, value]) => value);
  if (modes.length === 0) return true;
  const [mode] = modes;
  if (modes.length === 1 && mode === "rwc") return true;
  if (modes.length === 1 && mode === "rw") return false;
  throw new StorageError("The database URL's mode is rwc (make the file) or rw (it must exist).");
}
