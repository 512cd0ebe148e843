import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { StorageError } from "./storage-error.ts";

export interface Migration {
  readonly tag: string;
  readonly statements: readonly string[];
  /** SHA-256 of the file, hex. */
  readonly hash: string;
}

/** Where the generator puts them, seen from this file. */
export const sqliteMigrations = new URL("../../migrations/sqlite/", import.meta.url);

/** The migrations of a folder in their order, as its journal lists them. */
export function readMigrations(folder: URL): readonly Migration[] {
  const journal: unknown = JSON.parse(readText(new URL("meta/_journal.json", folder)));
  return tagsOf(journal).map((tag) => readMigration(folder, tag));
}

function readMigration(folder: URL, tag: string): Migration {
  const text = readText(new URL(`${tag}.sql`, folder));
  const statements = text.split("--> statement-breakpoint").filter((part) => part.trim() !== "");
  // Git may have given the file other line ends on this machine; the migration is the same.
  const hash = createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");
  return { tag, statements, hash };
}

function readText(file: URL): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new StorageError(
      `The installation is incomplete: the migration file ${file.pathname} cannot be read.`,
      { cause },
    );
  }
}

function tagsOf(journal: unknown): readonly string[] {
  const entries = isRecord(journal) ? journal["entries"] : undefined;
  if (!Array.isArray(entries)) throw new StorageError("The journal of the migrations is damaged.");
  return entries.map((entry: unknown) => {
    const tag = isRecord(entry) ? entry["tag"] : undefined;
    if (typeof tag === "string") return tag;
    throw new StorageError("The journal of the migrations has an entry without a tag.");
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
