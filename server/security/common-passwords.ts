import { readFile } from "node:fs/promises";

let loading: Promise<ReadonlySet<string>> | undefined;

/** Some 18,000 common passwords of at least 8 bytes, in lower case. Read once, when first needed. */
export function commonPasswords(): Promise<ReadonlySet<string>> {
  loading ??= load();
  return loading;
}

async function load(): Promise<ReadonlySet<string>> {
  const text = await readFile(new URL("./common-passwords.txt", import.meta.url), "utf8");
  return new Set(text.split("\n").filter((line) => line !== ""));
}
