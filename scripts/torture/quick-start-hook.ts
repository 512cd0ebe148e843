import { type ResolveFnOutput, registerHooks } from "node:module";

// For `--import`: a server from its sources starts in half the time. For every import in a package
// Node parses the package's list of exports again, and one of ours has a list of 180 KB.
const large = "drizzle-orm";
const known = new Map<string, ResolveFnOutput>();

registerHooks({
  resolve(specifier, { parentURL = "", ...context }, next) {
    if (specifier.startsWith(".") && parentURL.includes(`/node_modules/${large}/`)) {
      return { url: new URL(specifier, parentURL).href, format: "module", shortCircuit: true };
    }
    const isOurs = !parentURL.includes("/node_modules/");
    if (!isOurs || !specifier.startsWith(large)) return next(specifier, { parentURL, ...context });
    const found = known.get(specifier) ?? next(specifier, { parentURL, ...context });
    known.set(specifier, { ...found, shortCircuit: true });
    return { ...found, shortCircuit: true };
  },
});
