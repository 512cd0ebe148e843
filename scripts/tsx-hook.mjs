// Teaches Node to load .tsx files (development and tests; what we publish is bundled).
// Plain .ts needs none of this: Node strips its types by itself.
// Given as `--import <file URL of this file>`, so esbuild is found from here, not from the
// directory somebody happens to stand in.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";

/** The part of a module's address before any `?query` or `#fragment`. */
const bare = (url) => url.replace(/[?#].*$/, "");

registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith("file:") || !bare(url).endsWith(".tsx")) return nextLoad(url, context);
    const file = fileURLToPath(bare(url));
    const { code } = transformSync(readFileSync(file, "utf8"), {
      loader: "tsx",
      jsx: "automatic",
      format: "esm",
      target: "node24",
      sourcemap: "inline",
      sourcefile: file,
    });
    return { format: "module", source: code, shortCircuit: true };
  },
});
