// Modules find files that lie beside them by `new URL("./name", import.meta.url)`. In a bundle they
// are all in one folder: this plugin copies those files there and points the addresses at them.
import { cpSync, readFileSync } from "node:fs";
import path from "node:path";

const address = /new URL\("(\.{1,2}\/[^"]+)", import\.meta\.url\)/g;

/**
 * @param {{ root: string, outdir: string, entries: readonly string[] }} options
 *   `entries`: the modules that are started by their address, as threads are: they are bundles too.
 * @returns {import("esbuild").Plugin}
 */
export function filesBeside({ root, outdir, entries }) {
  /** Where `target`, a file or folder of the checkout, is to be found from any file of the bundle. */
  function placed(target) {
    if (entries.includes(target)) return `./${path.basename(target, ".ts")}.js`;
    if (target.endsWith(".ts"))
      throw new Error(`${target} is started by its address: list it among the entries.`);
    const place = path.relative(root, target).split(path.sep).join("/");
    cpSync(target, path.join(outdir, "files", place), { recursive: true });
    return `./files/${place}`;
  }

  function rewritten(file) {
    const source = readFileSync(file, "utf8");
    const text = source.replace(address, (_, reference) => {
      const folder = reference.endsWith("/") ? "/" : "";
      const target = path.resolve(path.dirname(file), reference);
      return `new URL("${placed(target)}${folder}", import.meta.url)`;
    });
    const known = text.match(/new URL\("[^"]+", import\.meta\.url\)/g)?.length ?? 0;
    if ((text.match(/import\.meta\b/g)?.length ?? 0) > known) {
      throw new Error(
        `${file}: write addresses as new URL("./name", import.meta.url), which the bundle knows.`,
      );
    }
    return text;
  }

  return {
    name: "files-beside",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        if (file.includes(`${path.sep}node_modules${path.sep}`)) return undefined;
        return { contents: rewritten(file), loader: "ts" };
      });
    },
  };
}
