import { readFileSync, writeFileSync } from "node:fs";
import { configurationMarkdown } from "../server/config/configuration-doc.ts";
import { compatibilityMarkdown } from "./docs/compatibility-markdown.ts";
import { protocolMarkdown } from "./docs/protocol-markdown.ts";

/** Every generated page and what makes it. */
const pages: Readonly<Record<string, () => string>> = {
  "docs/PROTOCOL.md": protocolMarkdown,
  "docs/COMPATIBILITY.md": compatibilityMarkdown,
  "docs/configuration.md": configurationMarkdown,
};

/** Writes the generated pages, or with `--check` says which ones are out of date. */
function main(check: boolean): void {
  for (const [path, make] of Object.entries(pages)) {
    const file = new URL(`../${path}`, import.meta.url);
    const text = make();
    if (!check) writeFileSync(file, text);
    else if (readOrEmpty(file) !== text) {
      console.error(`${path} is out of date: run npm run docs and commit the result`);
      process.exitCode = 1;
    }
  }
}

function readOrEmpty(file: URL): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

main(process.argv.includes("--check"));
