import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDatabaseUrl } from "./database-url.ts";
import { StorageError } from "./storage-error.ts";

const accepted: ReadonlyArray<readonly [url: string, file: string, create: boolean]> = [
  ["sqlite:lair-chat.db?mode=rwc", "lair-chat.db", true],
  ["sqlite:lair-chat.db", "lair-chat.db", true],
  ["sqlite:lair-chat.db?mode=rw", "lair-chat.db", false],
  ["sqlite://lair-chat.db?mode=rwc", "lair-chat.db", true],
  ["sqlite:///var/lib/lair/chat.db", "/var/lib/lair/chat.db", true],
  ["sqlite:/var/lib/lair/chat.db?mode=rw", "/var/lib/lair/chat.db", false],
  ["sqlite:data/my%20chat.db", "data/my chat.db", true],
  ["sqlite:C:/Lair/chat.db", "C:/Lair/chat.db", true],
];

for (const [url, file, create] of accepted) {
  test(`${url} is the file ${file}`, () => {
    assert.deepEqual(parseDatabaseUrl(url), { kind: "sqlite", file, create });
  });
}

const refused: ReadonlyArray<readonly [url: string, says: RegExp]> = [
  ["sqlite::memory:", /forgets every message/],
  ["sqlite://:memory:?mode=rwc", /forgets every message/],
  ["postgres://u:p@localhost/lair", /not yet supported/],
  ["postgresql://localhost/lair", /not yet supported/],
  ["mysql://localhost/lair", /sqlite:lair-chat\.db/],
  ["lair-chat.db", /sqlite:lair-chat\.db/],
  ["", /sqlite:lair-chat\.db/],
  ["sqlite:", /names no file/],
  ["sqlite:?mode=rwc", /names no file/],
  ["sqlite:a%zz.db", /hex digits/],
  ["sqlite:a%00.db", /names no file/],
  ["sqlite:a.db?mode=memory", /rwc .* or rw/],
  ["sqlite:a.db?mode=rw&mode=rwc", /rwc .* or rw/],
  ["sqlite:a.db?cache=shared", /"cache", which is unknown/],
];

for (const [url, says] of refused) {
  test(`"${url}" is refused with what was expected`, () => {
    assert.throws(
      () => parseDatabaseUrl(url),
      (error) => error instanceof StorageError && says.test(error.message),
    );
  });
}

test("a refusal does not repeat the password of a URL", () => {
  for (const url of ["postgres://u:hunter2@localhost/l", "mysql://u:hunter2@localhost/l"]) {
    assert.throws(
      () => parseDatabaseUrl(url),
      (error) => !String(error).includes("hunter2"),
    );
  }
});
